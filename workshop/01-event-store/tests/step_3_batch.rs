//! Step 3. The same promise without a procedure

use azure_data_cosmos::TransactionalBatch;
use event_store_checks::words::{activated, ids, meter, readings, registered, versions};
use event_store_checks::{
    AppendError, EVENTS, EventStore, Expected, Range, Version, document, stores,
};

#[tokio::test]
async fn events_are_appended_behind_the_last_one() {
    let store = stores::by_batch().await;
    let first = store.append(&meter(7), Expected::NoStream, vec![registered("a")]).await;
    assert_eq!(first.expect("the stream is new").version, Version(1));
    let more = store.append(&meter(7), Expected::Exact(Version(1)), readings("b", 2)).await;
    assert_eq!(more.expect("the stream is at 1").version, Version(3));
    let slice = store.load(&meter(7), Range::all()).await.expect("the stream can be read");
    assert_eq!(ids(&slice.events), ["a", "b/0", "b/1"]);
    assert_eq!(versions(&slice.events), [1, 2, 3]);
}

#[tokio::test]
async fn a_stale_writer_meets_409_and_it_is_a_conflict() {
    let store = stores::by_batch().await;
    store.append(&meter(7), Expected::NoStream, readings("a", 3)).await.expect("the stream is new");
    let stale = store.append(&meter(7), Expected::Exact(Version(2)), vec![activated("late")]).await;
    assert!(matches!(stale, Err(AppendError::Conflict { actual: Version(3), .. })), "{stale:?}");
}

#[tokio::test]
async fn a_writer_ahead_of_the_stream_meets_404_and_it_is_a_conflict() {
    let store = stores::by_batch().await;
    store.append(&meter(7), Expected::NoStream, readings("a", 3)).await.expect("the stream is new");
    let ahead =
        store.append(&meter(7), Expected::Exact(Version(5)), vec![activated("early")]).await;
    assert!(
        matches!(ahead, Err(AppendError::Conflict { actual: Version(3), .. })),
        "why: without the read of the last known document, versions 4 and 5 would be missing\n{ahead:?}"
    );
    let slice = store.load(&meter(7), Range::all()).await.expect("the stream can be read");
    assert_eq!(versions(&slice.events), [1, 2, 3]);
}

#[tokio::test]
async fn a_refused_batch_stores_none_of_its_events() {
    let store = stores::by_batch().await;
    store
        .append(&meter(7), Expected::NoStream, vec![registered("taken")])
        .await
        .expect("it is new");
    let half = vec![activated("new"), registered("taken")];
    let refused = store.append(&meter(7), Expected::Exact(Version(1)), half).await;
    assert!(matches!(refused, Err(AppendError::Conflict { .. })), "{refused:?}");
    let slice = store.load(&meter(7), Range::all()).await.expect("the stream can be read");
    assert_eq!(versions(&slice.events), [1], "why: half an append is worse than none");
}

#[tokio::test]
async fn events_sent_again_are_recognised() {
    let store = stores::by_batch().await;
    for duplicate in [false, true] {
        let done = store.append(&meter(7), Expected::NoStream, readings("a", 2)).await;
        let done = done.expect("nobody else writes");
        assert_eq!((done.version, done.duplicate), (Version(2), duplicate));
    }
}

#[tokio::test]
async fn an_append_is_one_request() {
    let store = stores::by_batch().await;
    store.append(&meter(7), Expected::NoStream, vec![registered("a")]).await.expect("it is new");
    let done = store.append(&meter(7), Expected::Exact(Version(1)), readings("b", 5)).await;
    assert_eq!(done.expect("the stream is at 1").trips, 1, "why: one transaction is one request");
}

#[tokio::test]
async fn the_service_tells_each_operation_its_outcome() {
    let events = stores::cosmos().await.container(EVENTS.name).await.expect("it is provisioned");
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
