//! What every event store promises about appending. Each promise is tried on every store.

use std::sync::Arc;

use event_store_checks::stores::{self, Store};
use event_store_checks::words::{activated, ids, meter, readings, registered, versions};
use event_store_checks::{AppendError, EventStore, Expected, NewEvent, Range, Version};

/// The versions in a meter's stream.
async fn stored(store: &Store, number: u32) -> Vec<u64> {
    let slice = store.load(&meter(number), Range::all()).await.expect("the stream can be read");
    versions(&slice.events)
}

/// A stream with three events.
async fn three(store: &Store, number: u32) {
    let events = readings("before", 3);
    store.append(&meter(number), Expected::NoStream, events).await.expect("the stream is new");
}

#[tokio::test]
async fn the_first_event_is_at_version_1() {
    for store in stores::all().await {
        let done = store.append(&meter(7), Expected::NoStream, vec![registered("a")]).await;
        assert_eq!(store.must(done).version, Version(1), "{}", store.name());
        assert_eq!(stored(&store, 7).await, [1], "{}", store.name());
    }
}

#[tokio::test]
async fn events_are_accepted_exactly_where_the_writer_believes_the_stream_to_be() {
    use Expected::{Any, Exact, NoStream, StreamExists};
    let cases = [
        (0, NoStream, true),
        (0, Exact(Version(0)), true),
        (0, Exact(Version(1)), false),
        (0, StreamExists, false),
        (0, Any, true),
        (3, Exact(Version(3)), true),
        (3, Exact(Version(2)), false),
        (3, Exact(Version(4)), false),
        (3, Exact(Version(0)), false),
        (3, NoStream, false),
        (3, StreamExists, true),
        (3, Any, true),
    ];
    for store in stores::all().await {
        for (number, (before, expected, accepted)) in (1..).zip(cases) {
            let case = format!("{}: {before} events, expected {expected:?}", store.name());
            if before == 3 {
                three(&store, number).await;
            }
            let sent = vec![registered("x"), activated("y")];
            let done = store.append(&meter(number), expected, sent).await;
            match done {
                Ok(done) => assert_eq!((accepted, done.version.0), (true, before + 2), "{case}"),
                Err(AppendError::Conflict { actual, .. }) => {
                    assert_eq!((accepted, actual.0), (false, before), "{case}");
                }
                Err(error) => panic!("{case}: {error}"),
            }
            let after = if accepted { before + 2 } else { before };
            assert_eq!(stored(&store, number).await, (1..=after).collect::<Vec<_>>(), "{case}");
        }
    }
}

#[tokio::test]
async fn a_conflict_may_bring_the_events_that_were_missed() {
    for store in stores::all().await {
        three(&store, 7).await;
        let stale = Expected::Exact(Version(1));
        let refused = store.append(&meter(7), stale, vec![activated("x")]).await;
        let Err(AppendError::Conflict { actual, since }) = refused else {
            panic!("{}: {refused:?}", store.name());
        };
        assert_eq!(actual, Version(3), "{}", store.name());
        match (since, &store) {
            (None, Store::Batch(_)) => {}
            (since, _) => {
                let since = since.expect("few events were missed");
                assert_eq!(ids(&since), ["before/1", "before/2"], "{}", store.name());
            }
        }
    }
}

#[tokio::test]
async fn of_fifty_writers_at_one_version_one_wins() {
    for store in stores::all().await {
        let store = Arc::new(store);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..50 {
            let store = Arc::clone(&store);
            writers.spawn(async move {
                let event = registered(&format!("writer-{writer}"));
                store.append(&meter(7), Expected::NoStream, vec![event]).await
            });
        }
        let mut winners = 0;
        for outcome in writers.join_all().await {
            match outcome {
                Ok(done) => {
                    assert!(!done.duplicate, "{}", store.name());
                    winners += 1;
                }
                Err(AppendError::Conflict { actual, .. }) => {
                    assert_eq!(actual, Version(1), "{}", store.name());
                }
                Err(error) => panic!("{}: {error:?}", store.name()),
            }
        }
        assert_eq!((winners, stored(&store, 7).await), (1, vec![1]), "{}", store.name());
    }
}

#[tokio::test]
async fn writers_who_do_not_care_where_all_get_their_place() {
    for store in stores::all().await {
        let store = Arc::new(store);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..20 {
            let store = Arc::clone(&store);
            writers.spawn(async move {
                let events = readings(&format!("writer-{writer}"), 2);
                while let Err(error) = store.append(&meter(7), Expected::Any, events.clone()).await
                {
                    assert!(matches!(error, AppendError::Conflict { .. }), "{error:?}");
                }
            });
        }
        writers.join_all().await;
        assert_eq!(stored(&store, 7).await, (1..=40).collect::<Vec<_>>(), "{}", store.name());
    }
}

#[tokio::test]
async fn events_sent_again_at_once_are_stored_once() {
    for store in stores::all().await {
        let sent = readings("imported", 3);
        for (duplicate, expected) in [(false, Expected::NoStream), (true, Expected::NoStream)] {
            let done = store.must(store.append(&meter(7), expected, sent.clone()).await);
            assert_eq!((done.version.0, done.duplicate), (3, duplicate), "{}", store.name());
        }
        assert_eq!(stored(&store, 7).await, [1, 2, 3], "{}", store.name());
    }
}

#[tokio::test]
async fn events_sent_again_after_a_hundred_others_are_stored_once() {
    for store in stores::all().await {
        let sent = vec![registered("first/0"), activated("first/1")];
        store.must(store.append(&meter(7), Expected::NoStream, sent.clone()).await);
        for half in ["a", "b"] {
            store.must(store.append(&meter(7), Expected::Any, readings(half, 50)).await);
        }
        for expected in [Expected::NoStream, Expected::Any, Expected::Exact(Version(102))] {
            let again = store.append(&meter(7), expected, sent.clone()).await;
            let again =
                again.unwrap_or_else(|error| panic!("{} {expected:?}: {error:?}", store.name()));
            assert_eq!((again.version.0, again.duplicate), (2, true), "{}", store.name());
        }
        assert_eq!(stored(&store, 7).await.len(), 102, "{}", store.name());
    }
}

#[tokio::test]
async fn events_of_which_some_are_stored_already_are_refused_as_a_whole() {
    for store in stores::all().await {
        three(&store, 7).await;
        let taken_first = vec![readings("before", 3).remove(2), activated("new")];
        let taken_last = vec![activated("new"), readings("before", 3).remove(2)];
        let other_order = vec![readings("before", 3).remove(1), readings("before", 3).remove(0)];
        for sent in [taken_first, taken_last, other_order] {
            for expected in [Expected::Exact(Version(3)), Expected::Any] {
                let refused = store.append(&meter(7), expected, sent.clone()).await;
                let conflict =
                    matches!(refused, Err(AppendError::Conflict { actual: Version(3), .. }));
                assert!(conflict, "{}: {refused:?}", store.name());
                assert_eq!(stored(&store, 7).await, [1, 2, 3], "{}", store.name());
            }
        }
    }
}

#[tokio::test]
async fn two_events_with_one_id_are_refused() {
    for store in stores::all().await {
        let twins = vec![registered("twin"), activated("twin")];
        let refused = store.append(&meter(7), Expected::NoStream, twins).await;
        assert!(refused.is_err(), "{}: {refused:?}", store.name());
        assert_eq!(stored(&store, 7).await, [0; 0], "{}", store.name());
    }
}

#[tokio::test]
async fn nothing_to_append_changes_nothing() {
    for store in stores::all().await {
        three(&store, 7).await;
        let done = store.append(&meter(7), Expected::Exact(Version(3)), Vec::new()).await;
        assert_eq!(store.must(done).version, Version(3), "{}", store.name());
        assert_eq!(stored(&store, 7).await, [1, 2, 3], "{}", store.name());
    }
}

#[tokio::test]
async fn two_hundred_and_fifty_events_fit_one_append_but_not_one_batch() {
    for store in stores::all().await {
        let done = store.append(&meter(7), Expected::NoStream, readings("import", 250)).await;
        if let Store::Batch(_) = store {
            let refused = matches!(done, Err(AppendError::TooLarge { events: 250, .. }));
            assert!(refused, "{done:?}");
            assert_eq!(stored(&store, 7).await, [0; 0]);
        } else {
            assert_eq!(store.must(done).version, Version(250), "{}", store.name());
            assert_eq!(stored(&store, 7).await, (1..=250).collect::<Vec<_>>(), "{}", store.name());
        }
    }
}

#[tokio::test]
async fn ninety_nine_events_fit_a_batch() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, vec![registered("a")]).await);
        let done =
            store.append(&meter(7), Expected::Exact(Version(1)), readings("import", 99)).await;
        assert_eq!(store.must(done).version, Version(100), "{}", store.name());
    }
}

#[tokio::test]
async fn an_event_of_3_mb_is_refused_and_nothing_is_stored() {
    let base = registered("large");
    let data = serde_json::json!({ "note": "x".repeat(3 << 20) });
    let large = NewEvent::new(base.id().clone(), "NoteTaken", &data, base.meta().clone());
    let large = large.expect("size is a matter of the store");
    for store in stores::all().await {
        let sent = vec![registered("small"), large.clone()];
        let refused = store.append(&meter(7), Expected::NoStream, sent).await;
        let too_large =
            matches!(&refused, Err(AppendError::TooLarge { events: 2, bytes }) if *bytes > 3 << 20);
        assert!(too_large, "{}: {refused:?}", store.name());
        assert_eq!(stored(&store, 7).await, [0; 0], "{}", store.name());
    }
}

#[tokio::test]
async fn what_json_writes_with_six_characters_counts_six_times() {
    let base = registered("bells");
    let mut meta = base.meta().clone();
    meta.actor = Some("\u{7}".repeat(400_000));
    let bells = NewEvent::new(base.id().clone(), base.kind(), &base.data(), meta);
    let bells = bells.expect("size is a matter of the store");
    for store in stores::all().await {
        let refused = store.append(&meter(7), Expected::NoStream, vec![bells.clone()]).await;
        let too_large =
            matches!(&refused, Err(AppendError::TooLarge { bytes, .. }) if *bytes > 2_400_000);
        assert!(too_large, "{}: {refused:?}", store.name());
    }
}

#[tokio::test]
async fn an_append_is_one_request_whatever_the_length_of_the_stream() {
    for store in stores::all().await {
        if let Store::Memory(_) = store {
            continue;
        }
        let mut charges = Vec::new();
        for (version, size) in [(0, 1), (1, 80), (81, 1)] {
            let expected = Expected::Exact(Version(version));
            let done =
                store.append(&meter(7), expected, readings(&format!("c{version}"), size)).await;
            let done = store.must(done);
            assert_eq!(done.trips, 1, "{}", store.name());
            charges.push((size, done.charge.0));
        }
        assert!(charges[2].1 > 0.0, "{}: {charges:?}", store.name());
        // One event at version 82 costs what one event at version 2 would: more than at 1 by the read of its
        // predecessor, and no more.
        assert!(charges[2].1 < charges[0].1 + 3.0, "{}: {charges:?}", store.name());
    }
}
