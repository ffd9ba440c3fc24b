//! The owner of a meter is forgotten, by each of the three ways.

use axum::http::{HeaderMap, StatusCode, header};
use daybook::aggregates::registration::MeterId;
use daybook::gdpr::erasure::Way;
use energy::bus::Elsewhere;
use time::macros::date;

use super::client::{Answer, Client, until};
use super::pages::fill;

const REASON: &str = "reason=asked+for+it";

/// A meter with readings, whose owner is also known by name.
async fn owned() -> Client {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "000-000").await;
    client.activate("1", "542-484").await;
    client.import("1", date!(2020 - 05 - 01)).await;
    let entered = fill(&client, "/meters/1/privacy", "/meters/1/owner", "name=Ada+Lovelace").await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.body);
    client
}

async fn forgotten(client: &Client, way: &str) -> Answer {
    let form = format!("way={way}&{REASON}");
    fill(client, "/meters/1/privacy", "/meters/1/privacy", &form).await
}

async fn shown(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.body
}

#[tokio::test]
async fn the_address_is_stored_sealed_and_shown_to_those_who_may() {
    let client = owned().await;
    let stored = shown(&client, "/api/streams/meter:1").await;
    for plain in ["1000 AA", "542-484", "000-000"] {
        assert!(!stored.contains(plain), "{plain} is in {stored}");
    }
    assert_eq!(client.state("1").await["postal_code"], "1000 AA");
    assert!(shown(&client, "/cockpit/streams/meter:1").await.contains("in district 10"));
    let page = shown(&client, "/meters/1/privacy").await;
    assert!(page.contains("sealed/") && page.contains("1000 AA") && page.contains("Ada Lovelace"));
}

#[tokio::test]
async fn once_the_key_is_erased_everything_shows_erased_and_still_loads() {
    let client = owned().await;
    assert_eq!(forgotten(&client, "key").await.status, StatusCode::SEE_OTHER);
    let state = client.state("1").await;
    assert_eq!(
        (&state["postal_code"], &state["house_number"]),
        (&"Erased".into(), &"Erased".into())
    );
    assert_eq!(state["district"], "10", "why: it is not personal, and overviews need it");
    client.import("1", date!(2020 - 05 - 02)).await;
    assert_eq!(client.state("1").await["latest_reading_date"], "2020-05-02");
    let page = shown(&client, "/meters/1/privacy?verify=yes").await;
    assert!(page.contains("found nothing"), "{page}");
    assert!(page.contains("erasing the key ordered: asked for it"), "{page}");
}

#[tokio::test]
async fn a_forgotten_owner_registers_and_activates_nothing_more() {
    let client = Client::new().await;
    client.register("1").await;
    assert_eq!(forgotten(&client, "key").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.activate("1", "542-484").await.status, StatusCode::GONE);
    assert_eq!(client.register("1").await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_deleted_meter_leaves_the_list_and_the_overviews() {
    let client = owned().await;
    client.register("2").await;
    assert_eq!(client.listed().await, ["1", "2"]);
    assert_eq!(forgotten(&client, "stream").await.status, StatusCode::SEE_OTHER);
    assert_eq!(client.listed().await, ["2"]);
    assert_eq!(client.get("/api/meters/1").await.status, StatusCode::NOT_FOUND);
    until("views of several meters are built anew", async || {
        let totals = client.somebody_else().get("/api/totals").await.json();
        (totals["registered"] == 1 && totals["activated"] == 0).then_some(())
    })
    .await;
    let id = MeterId::parse("1").expect("a number");
    until("nothing is left of the stream", async || {
        let left = client.app.privacy.left(&id, &[Way::Stream], &[]).await.expect("searched");
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_consumers_keep_of_a_deleted_meter_goes_too_and_does_not_come_back() {
    let client = owned().await.telling().await;
    let all = |told: &Elsewhere| {
        !told.texts.texts.is_empty() && !told.statements.weeks.is_empty() && told.load.is_some()
    };
    client.told("1", all).await;
    let id = MeterId::parse("1").expect("a number");
    let left = async |texts: &[String]| {
        let left = client.app.privacy.left(&id, &[Way::Stream], texts).await.expect("searched");
        let ours = ["billing", "notifications", "grid"];
        left.into_iter().filter(|it| ours.contains(&it.container.as_str())).count()
    };
    assert_eq!(left(&[]).await, 3, "why: a search that finds nothing before proves nothing after");
    assert_eq!(forgotten(&client, "stream").await.status, StatusCode::SEE_OTHER);
    assert_eq!(left(&["Your meter 1 in".to_owned()]).await, 0);
    // What is told of another meter comes, and nothing of this one.
    client.register("2").await;
    client.activate("2", "542-484").await;
    client.told("2", |told| !told.texts.texts.is_empty()).await;
    let told = client.told("1", |told| told.texts.texts.is_empty()).await;
    assert!(told.statements.weeks.is_empty() && told.load.is_none());
    until("nothing is left of the stream", async || {
        let left = client.app.privacy.left(&id, &[Way::Stream], &[]).await.expect("searched");
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn each_way_shows_what_is_stored_before_and_what_is_there_after() {
    let client = owned().await;
    let page = until("four views are made of it", async || {
        let page = shown(&client, "/meters/1/privacy").await;
        page.contains("4 documents: ").then_some(page)
    })
    .await;
    let [key, stream, person] = ways(&page);
    for (way, before, after) in [
        (key, ["wrapped", "It shows “1000 AA”"], ["the reason that is given", "It shows “Erased”"]),
        (
            stream,
            ["4 events: 1 MeterRegistered", "weeks@1:1:2020-W18"],
            ["$deleted", "each of the 4"],
        ),
        (person, ["Ada Lovelace", "nobody else"], ["the reason that is given", "nobody else"]),
    ] {
        let (then, now) = way.split_once("<h4>After</h4>").expect("two sides");
        for told in before {
            assert!(then.contains(told), "{told}: {then}");
        }
        for told in after {
            assert!(now.contains(told), "{told}: {now}");
        }
    }
    for way in ["key", "person", "stream"] {
        assert_eq!(forgotten(&client, way).await.status, StatusCode::SEE_OTHER);
    }
    let page = shown(&client, "/meters/1/privacy").await;
    for plain in ["1000 AA", "Ada", "542-484", "MeterRegistered"] {
        assert!(!page.contains(plain), "{plain}: {page}");
    }
    for way in ways(&page) {
        let (then, now) = way.split_once("<h4>After</h4>").expect("two sides");
        assert!(then.contains("kept") && way.contains(">done<"), "its shape: {then}");
        let real = now.contains("asked for it") || now.contains("A stub for each of 4 events");
        assert!(real, "what is there: {now}");
    }
}

/// The three cards of a page.
fn ways(page: &str) -> [&str; 3] {
    let (_, rest) = page.split_once("class=\"ways\"").expect("the three ways");
    let mut cards = rest.split("<h3 ").skip(1);
    std::array::from_fn(|_| cards.next().expect("a card"))
}

#[tokio::test]
async fn the_cockpit_shows_whose_key_is_held_and_what_was_forgotten() {
    let client = owned().await;
    client.register("2").await;
    let page = shown(&client, "/cockpit/privacy").await;
    assert!(page.contains("Nobody was forgotten yet") && page.contains("wrapped by"), "{page}");
    assert_eq!(page.matches(">held<").count(), 3, "two keys and a record: {page}");
    assert!(page.contains("<b>2</b> keys and markers are in the memory"), "{page}");
    for way in ["key", "person"] {
        assert_eq!(forgotten(&client, way).await.status, StatusCode::SEE_OTHER);
    }
    let page = until("the erasure is in the list of streams", async || {
        let page = shown(&client, "/cockpit/privacy?verify=yes").await;
        (page.matches(">done<").count() == 2).then_some(page)
    })
    .await;
    assert!(page.contains("Nothing is left of what was ordered"), "{page}");
    assert_eq!(page.matches(">held<").count(), 1, "the other one’s key: {page}");
    assert_eq!(page.matches(">erased<").count(), 2, "{page}");
    let row = |container: &str| {
        let (_, row) = page.split_once(&format!("<th scope=\"row\">{container}</th>")).expect("it");
        let (row, _) = row.split_once("</tr>").expect("a row");
        let cell = |cell: &str| cell.split('<').next().and_then(|text| text.parse().ok());
        row.split("number\">").skip(1).filter_map(cell).collect::<Vec<usize>>()
    };
    // Two registrations and a failure are sealed; the marker of the one is a document among two keys.
    assert_eq!((row("keys"), row("people")), (vec![2, 0, 1], vec![1, 0, 1]));
    assert_eq!(row("events")[1..], [3, 0]);
    assert!(!page.contains("1000 AA") && !page.contains("Ada"), "{page}");
}

#[tokio::test]
async fn many_subjects_are_turned_page_by_page() {
    let client = Client::new().await;
    for meter in 100..155 {
        client.register(&meter.to_string()).await;
    }
    let page = shown(&client, "/cockpit/privacy").await;
    assert_eq!(page.matches("meter:1").count(), 50, "{page}");
    let next = shown(&client, "/cockpit/privacy?prefix=&after=meter%3A149").await;
    assert!(page.contains("after=meter%3A149") && next.contains(">meter:154<"), "{next}");
    assert!(!next.contains("rel=\"next\"") && next.contains("The first ones"), "{next}");
    let one = shown(&client, "/cockpit/privacy?prefix=meter:12").await;
    assert_eq!(one.matches(">meter:12").count(), 10, "{one}");
}

#[tokio::test]
async fn a_removed_person_is_gone_and_the_meter_stays() {
    let client = owned().await;
    assert_eq!(forgotten(&client, "person").await.status, StatusCode::SEE_OTHER);
    let page = shown(&client, "/meters/1/privacy").await;
    assert!(!page.contains("Ada") && page.contains("1000 AA"), "{page}");
    let again = fill(&client, "/meters/1/privacy", "/meters/1/owner", "name=Ada").await;
    assert_eq!(again.status, StatusCode::GONE);
}

#[tokio::test]
async fn everything_that_is_held_comes_as_a_file() {
    let client = owned().await;
    let answer = client.get("/meters/1/held").await;
    let headers: &HeaderMap = &answer.headers;
    let name = "attachment; filename=\"meter-1.json\"";
    assert_eq!(headers[header::CONTENT_DISPOSITION], name);
    for held in ["1000 AA", "542-484", "000-000", "Ada Lovelace", "MeterReadingsCollected"] {
        assert!(answer.body.contains(held), "{held} is missing in {}", answer.body);
    }
    assert!(!answer.body.contains("wrapped"), "why: the key is not theirs to have");
}

#[tokio::test]
async fn nobody_is_forgotten_without_a_reason() {
    let client = owned().await;
    let refused = fill(&client, "/meters/1/privacy", "/meters/1/privacy", "way=key&reason=+").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(client.state("1").await["postal_code"], "1000 AA");
}
