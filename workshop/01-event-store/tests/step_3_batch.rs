//! Step 3. The same promise without a procedure

use azure_data_cosmos::TransactionalBatch;
use event_store_checks::steps::{append, stored, three_events};
use event_store_checks::words::{activated, meter, outcome, readings, registered};
use event_store_checks::{EVENTS, Expected, Version, document, stores};

#[tokio::test]
async fn events_are_appended_behind_the_last_one() {
    let store = stores::by_batch().await;
    let first = append(&store, Expected::NoStream, vec![registered("a")]).await;
    assert_eq!(outcome(&first), "appended, version 1");
    let more = append(&store, Expected::Exact(Version(1)), readings("b", 2)).await;
    assert_eq!(outcome(&more), "appended, version 3");
    assert_eq!(stored(&store).await, ["1 a", "2 b/0", "3 b/1"]);
}

#[tokio::test]
async fn a_stale_writer_meets_409_and_it_is_a_conflict() {
    let store = stores::by_batch().await;
    three_events(&store).await;
    let stale = append(&store, Expected::Exact(Version(2)), vec![activated("late")]).await;
    let why = "why: event 3 is in the books, and nothing is ever written over it";
    assert_eq!(outcome(&stale), "conflict, the stream is at 3", "{why}");
    assert_eq!(
        stored(&store).await,
        ["1 a/0", "2 a/1", "3 a/2"],
        "why: an event is never overwritten"
    );
}

#[tokio::test]
async fn a_writer_ahead_of_the_stream_meets_404_and_it_is_a_conflict() {
    let store = stores::by_batch().await;
    three_events(&store).await;
    let ahead = append(&store, Expected::Exact(Version(5)), vec![activated("early")]).await;
    assert_eq!(
        outcome(&ahead),
        "conflict, the stream is at 3",
        "why: versions 4 and 5 would be missing for ever"
    );
    assert_eq!(stored(&store).await, ["1 a/0", "2 a/1", "3 a/2"]);
}

#[tokio::test]
async fn a_refused_batch_stores_none_of_its_events() {
    let store = stores::by_batch().await;
    three_events(&store).await;
    let half_known = vec![activated("new"), readings("a", 1).remove(0)];
    let refused = append(&store, Expected::Exact(Version(3)), half_known).await;
    assert_eq!(
        stored(&store).await,
        ["1 a/0", "2 a/1", "3 a/2"],
        "why: the second event was stored before, so the first is taken back: half an append is worse than none"
    );
    let why = "why: a writer who is refused has to hear where the stream ends";
    assert_eq!(outcome(&refused), "conflict, the stream is at 3", "{why}");
}

#[tokio::test]
async fn events_sent_again_are_recognised() {
    let store = stores::by_batch().await;
    three_events(&store).await;
    let again = append(&store, Expected::NoStream, readings("a", 3)).await;
    assert_eq!(
        outcome(&again),
        "duplicate, version 3",
        "why: an answer was lost on the way, and the writer asks again"
    );
}

#[tokio::test]
async fn an_append_is_one_request() {
    let store = stores::by_batch().await;
    three_events(&store).await;
    let done = append(&store, Expected::Exact(Version(3)), readings("b", 5)).await;
    assert_eq!(outcome(&done), "appended, version 8");
    assert_eq!(done.map_or(0, |done| done.trips), 1, "why: one transaction is one request");
}

#[tokio::test]
async fn the_service_tells_each_operation_its_outcome() {
    let cosmos = stores::cosmos().await;
    let events = cosmos.container(EVENTS.name).await.expect("it is provisioned");
    let mut table = vec!["batch               answer".to_owned()];
    for (what, version) in [("create 1, create 2", 1), ("create 2, create 3", 2)] {
        let mut batch = TransactionalBatch::new("meter:7");
        for (version, event) in (version..).zip(readings(what, 2)) {
            let item = document(&meter(7), Version(version), &event);
            batch = batch.create_item(item).expect("an event can be written");
        }
        let answer =
            events.execute_transactional_batch(batch, None).await.expect("an answer comes");
        let status = u16::from(answer.status().status_code());
        let each = answer.into_model().expect("the answer is a list");
        let each: Vec<_> = each.results().iter().map(|one| one.status_code().to_string()).collect();
        table.push(format!("{what}  {status}: {}", each.join(" ")));
    }
    insta::with_settings!({ description => "one operation met 409; its neighbour was taken back with 424" }, {
        insta::assert_snapshot!(table.join("\n"), @r"
        batch               answer
        create 1, create 2  200: 201 201
        create 2, create 3  207: 409 424
        ");
    });
}
