//! What others are told, what they make of it, and what can be watched of that in the cockpit.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use daybook::cosmos::Settings;
use daybook::service_bus::Counts;
use energy::bus::Elsewhere;
use time::macros::date;

use super::client::{Client, until};
use super::pages::fill;

/// How a subscription stands, once that is so.
async fn counted(client: &Client, subscription: &str, so: impl Fn(&Counts) -> bool) -> Counts {
    let messaging = client.app.bus.as_ref().expect("there is a bus").messaging();
    let place = messaging.consumers.iter().position(|listener| listener.name() == subscription);
    let place = place.expect("it is known");
    until("the subscription comes to that", async || {
        let counts = messaging.counts().await.expect("the broker answers").expect("it counts");
        Some(counts[place].clone()).filter(&so)
    })
    .await
}

#[tokio::test]
async fn each_consumer_makes_its_own_of_what_it_is_told() {
    let client = Client::played().await.telling().await;
    let latest = |told: &Elsewhere| told.load.as_ref()?.latest.clone().map(|day| day.date);
    let all = |told: &Elsewhere| {
        told.statements.weeks.values().flatten().count() == 18
            && latest(told).as_deref() == Some("2020-05-17")
            && !told.texts.texts.is_empty()
    };
    let told = client.told("87000001", all).await;
    let weeks = client.weeks("87000001").await;
    let known: Vec<_> = weeks.iter().map(|(week, total)| (week.as_str(), *total)).collect();
    assert_eq!(told.statements.totals().collect::<Vec<_>>(), known, "billing counts as we do");
    let texts: Vec<_> = told.texts.texts.iter().map(|text| text.text.as_str()).collect();
    assert_eq!(texts, ["Your meter 87000001 in district 10 delivers readings now."]);
    assert!(told.load.expect("it is in the operator's district").connected);
    // Its district is 99, which the filter of the grid operator holds back.
    let other = client.told("87000002", |told| !told.texts.texts.is_empty()).await;
    assert_eq!(other.load, None);
}

#[tokio::test]
async fn a_correction_and_a_deregistration_reach_the_statements() {
    let client = Client::new().await.telling().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    client.import("1", date!(2020 - 05 - 01)).await;
    client.told("1", |told| told.statements.totals().next().is_some()).await;
    let zeros = serde_json::json!(vec![0; 96]);
    let corrected = client.post("/api/meters/1/corrections/2020-05-01", &zeros).await;
    assert_eq!(corrected.status, StatusCode::OK, "{}", corrected.body);
    client.delete("/api/meters/1").await;
    let told = client.told("1", |told| told.statements.closed).await;
    assert_eq!(told.statements.totals().collect::<Vec<_>>(), [("2020-W18", 0)]);
    let page = client.get("/meters/1/elsewhere").await.body;
    assert!(page.contains("2020-W18") && page.contains("Not connected"), "{page}");
}

#[tokio::test]
async fn a_consumer_that_is_made_to_fail_leaves_dead_letters_that_can_be_sent_again() {
    let client = Client::new().await.telling().await;
    let path = "/cockpit/bus/notifications";
    let sent = fill(&client, path, &format!("{path}/fault"), "fails=yes").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert!(client.get("/cockpit/bus").await.body.contains("made to fail"));
    for id in ["1", "2"] {
        client.register(id).await;
        client.activate(id, "542-484").await;
    }
    counted(&client, "notifications", |counts| counts.dead_lettered == 2).await;
    let page = client.get(path).await.body;
    assert!(page.contains("MaxDeliveryCountExceeded"), "{page}");
    assert!(page.contains("after 5 delivery attempts") && page.contains("delivered 5 times"));
    assert!(page.contains("href=\"/cockpit/streams/meter:1?version=2\""), "{page}");
    fill(&client, path, &format!("{path}/fault"), "fails=no").await;
    let (_, number) = page.split_once("name=\"number\" value=\"").expect("a button for each");
    let (number, _) = number.split_once('"').expect("a number");
    let sent = fill(&client, path, &format!("{path}/again"), &format!("number={number}")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    counted(&client, "notifications", |counts| counts.dead_lettered == 1).await;
    let gone = fill(&client, path, &format!("{path}/again"), &format!("number={number}")).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.body);
    fill(&client, path, &format!("{path}/again"), "").await;
    for id in ["1", "2"] {
        let told = client.told(id, |told| !told.texts.texts.is_empty()).await;
        assert_eq!(told.texts.texts.len(), 1);
    }
    let page = client.get(path).await.body;
    assert!(page.contains("The broker has set nothing aside"), "{page}");
}

#[tokio::test]
async fn a_message_that_lies_there_is_shown_with_its_properties() {
    let client = Client::new().await.telling_with(Duration::from_secs(3600)).await;
    let path = "/cockpit/bus/billing";
    fill(&client, path, &format!("{path}/fault"), "fails=yes").await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    counted(&client, "billing", |counts| counts.locked == 1).await;
    client.told("1", |told| !told.texts.texts.is_empty() && told.load.is_some()).await;
    counted(&client, "grid", |counts| counts.locked == 0).await;
    counted(&client, "notifications", |counts| counts.locked == 0).await;
    let page = client.get(path).await.body;
    for part in ["MeterActivated.v1", "meter:1 at 2", "streamversion", "held by the consumer"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("delivered once"), "{page}");
    let flow = client.get("/cockpit").await.body;
    assert!(flow.contains("1 waiting") && flow.contains("0 dead letters"), "{flow}");
}

#[tokio::test]
async fn a_foreign_form_turns_no_switch() {
    let client = Client::new().await.telling().await;
    let kind = "application/x-www-form-urlencoded";
    let path = "/cockpit/bus/billing/fault";
    let sent = client.with(Method::POST, path, kind, "fails=yes".to_owned()).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(!client.get("/cockpit/bus").await.body.contains("made to fail"));
}

#[tokio::test]
async fn without_a_bus_pages_say_so_and_go_on() {
    let client = Client::without_worker(&Settings::ephemeral()).await;
    client.register("1").await;
    let page = client.get("/cockpit/bus").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("SERVICEBUS_NAMESPACE"), "{}", page.body);
    assert!(client.get("/cockpit").await.body.contains("no bus here"));
    assert!(client.get("/meters/1/elsewhere").await.body.contains("no bus"));
}
