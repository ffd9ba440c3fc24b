//! What every event store promises about loading and about the end of a stream.

use event_store_checks::stores;
use event_store_checks::words::{START, activated, ids, meter, readings, registered, versions};
use event_store_checks::{
    AppendError, EventStore, Expected, InvalidEvent, Metadata, NewEvent, Range, Sealing, Version,
    stores::Store,
};
use time::Duration;
use time::macros::datetime;

/// A meter registered, and ten days of readings: eleven events.
async fn eleven(store: &Store) {
    let mut events = vec![registered("a")];
    events.extend(readings("days", 10));
    store.append(&meter(7), Expected::NoStream, events).await.expect("the stream is new");
}

#[tokio::test]
async fn an_unknown_stream_is_empty_at_version_0() {
    for store in stores::all().await {
        let slice = store.must(store.load(&meter(404), Range::all()).await);
        assert_eq!((slice.events.len(), slice.version), (0, Version(0)), "{}", store.name());
    }
}

#[tokio::test]
async fn a_range_names_its_events() {
    let day = Duration::days(1);
    let cases: [(Range, &[u64], u64); 13] = [
        (Range::all(), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 11),
        (Range::after(Version(9)), &[10, 11], 11),
        (Range::after(Version(11)), &[], 11),
        (Range::after(Version(15)), &[], 11),
        (Range::all().up_to(Version(2)), &[1, 2], 2),
        (Range::all().up_to(Version(99)), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 11),
        (Range::after(Version(3)).up_to(Version(5)), &[4, 5], 5),
        (Range::all().at(START), &[1], 1),
        (Range::all().at(START + day + day), &[1, 2, 3], 3),
        (Range::all().at(START - day), &[], 0),
        (Range::all().limit(2), &[1, 2], 2),
        (Range::all().backward().limit(3), &[11, 10, 9], 11),
        (Range::after(Version(5)).up_to(Version(8)).backward(), &[8, 7, 6], 8),
    ];
    for store in stores::all().await {
        eleven(&store).await;
        for (range, expected, version) in cases.clone() {
            let case = format!("{}: {range:?}", store.name());
            let slice = store.load(&meter(7), range).await.expect(&case);
            assert_eq!(versions(&slice.events), expected, "{case}");
            assert_eq!(slice.version, Version(version), "{case}");
        }
    }
}

#[tokio::test]
async fn a_time_beyond_all_that_can_be_stored_is_before_or_after_every_event() {
    for store in stores::all().await {
        eleven(&store).await;
        for (time, found) in [
            (datetime!(9999-12-31 23:59:59 -23:00), 11),
            (datetime!(0000-01-01 00:00 +01:00), 0),
            (datetime!(-9999-01-01 00:00 UTC), 0),
        ] {
            let slice = store.must(store.load(&meter(7), Range::all().at(time)).await);
            assert_eq!(slice.events.len(), found, "{}: {time}", store.name());
        }
    }
}

#[test]
fn an_event_of_a_year_that_cannot_be_stored_is_refused() {
    for time in [datetime!(9999-12-31 23:59:59 -23:00), datetime!(-0044-03-15 12:00 UTC)] {
        let event = activated("a");
        let refused = NewEvent::new(event.id().clone(), "T", &event.data(), Metadata::at(time));
        assert!(matches!(refused, Err(InvalidEvent::Time { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn a_thousand_events_come_back_in_order() {
    for store in stores::all().await {
        for part in 0..20 {
            let events = readings(&format!("part-{part}"), 50);
            store.must(store.append(&meter(7), Expected::Any, events).await);
        }
        let slice = store.must(store.load(&meter(7), Range::all()).await);
        let all: Vec<u64> = (1..=1000).collect();
        assert_eq!(versions(&slice.events), all, "{}", store.name());
    }
}

#[tokio::test]
async fn an_event_comes_back_as_it_was_sent() {
    for store in stores::all().await {
        let sent = registered("käthe/0");
        store.must(store.append(&meter(7), Expected::NoStream, vec![sent.clone()]).await);
        let slice = store.must(store.load(&meter(7), Range::all()).await);
        let found = &slice.events[0];
        assert_eq!((&found.stream, found.version), (&meter(7), Version(1)), "{}", store.name());
        assert_eq!(found.event.id(), sent.id(), "{}", store.name());
        assert_eq!(found.event.kind(), "MeterRegistered", "{}", store.name());
        assert_eq!(found.event.meta(), sent.meta(), "{}", store.name());
        let json = |event: &event_store_checks::NewEvent| {
            serde_json::from_str::<serde_json::Value>(event.data().get()).expect("data is JSON")
        };
        assert_eq!(json(&found.event), json(&sent), "{}", store.name());
    }
}

#[tokio::test]
async fn streams_do_not_see_each_other() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, readings("a", 2)).await);
        let same_ids = readings("a", 2);
        store.must(store.append(&meter(8), Expected::NoStream, same_ids).await);
        let slice = store.must(store.load(&meter(8), Range::all()).await);
        assert_eq!(ids(&slice.events), ["a/0", "a/1"], "{}", store.name());
    }
}

#[tokio::test]
async fn a_closed_stream_can_be_read_and_takes_no_more_events() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, readings("a", 2)).await);
        let closed = store.close(&meter(7), Expected::Exact(Version(2)), activated("end")).await;
        assert_eq!(store.must(closed).version, Version(3), "{}", store.name());
        let beliefs = [
            Expected::Any,
            Expected::NoStream,
            Expected::StreamExists,
            Expected::Exact(Version(2)),
            Expected::Exact(Version(3)),
        ];
        for expected in beliefs {
            let refused = store.append(&meter(7), expected, readings("late", 1)).await;
            let sealed = matches!(refused, Err(AppendError::Sealed { at: Version(3) }));
            assert!(sealed, "{} {expected:?}: {refused:?}", store.name());
        }
        let slice = store.must(store.load(&meter(7), Range::all()).await);
        assert_eq!(ids(&slice.events), ["a/0", "a/1", "end"], "{}", store.name());
        assert_eq!(slice.version, Version(3), "{}", store.name());
    }
}

#[tokio::test]
async fn closing_a_stream_again_with_the_same_event_is_a_duplicate() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, readings("a", 2)).await);
        for duplicate in [false, true] {
            let expected = Expected::Exact(Version(2));
            let closed = store.must(store.close(&meter(7), expected, activated("end")).await);
            assert_eq!((closed.version.0, closed.duplicate), (3, duplicate), "{}", store.name());
        }
    }
}

#[tokio::test]
async fn a_stale_writer_cannot_close_a_stream() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, readings("a", 2)).await);
        let refused = store.close(&meter(7), Expected::Exact(Version(1)), activated("end")).await;
        let conflict = matches!(refused, Err(AppendError::Conflict { actual: Version(2), .. }));
        assert!(conflict, "{}: {refused:?}", store.name());
    }
}

#[tokio::test]
async fn a_sealed_stream_can_be_read_as_it_was_and_takes_no_more_events() {
    for store in stores::all().await {
        store.must(store.append(&meter(7), Expected::NoStream, readings("a", 2)).await);
        for _ in 0..2 {
            store.must(store.seal(&meter(7), Metadata::at(START)).await);
        }
        let slice = store.must(store.load(&meter(7), Range::all()).await);
        assert_eq!((ids(&slice.events), slice.version), (vec!["a/0", "a/1"], Version(2)));
        for expected in [Expected::Any, Expected::Exact(Version(2))] {
            let refused = store.append(&meter(7), expected, readings("late", 1)).await;
            let sealed = matches!(refused, Err(AppendError::Sealed { at: Version(2) }));
            assert!(sealed, "{} {expected:?}: {refused:?}", store.name());
        }
        // A name that is not in use stays free, also after somebody tried it.
        let refused = store.append(&meter(8), Expected::StreamExists, readings("b", 1)).await;
        assert!(refused.is_err(), "{}", store.name());
        store.must(store.seal(&meter(8), Metadata::at(START)).await);
        store.must(store.append(&meter(8), Expected::NoStream, readings("b", 1)).await);
    }
}

#[tokio::test]
async fn a_deleted_stream_is_empty_and_its_name_is_never_used_again() {
    for store in stores::all().await {
        eleven(&store).await;
        for removed in [11, 0] {
            let gone = store.must(store.delete(&meter(7), Metadata::at(START)).await);
            assert_eq!(gone, removed, "{}", store.name());
            let slice = store.must(store.load(&meter(7), Range::all()).await);
            assert_eq!((slice.events.len(), slice.version), (0, Version(0)), "{}", store.name());
        }
        // A batch sees that something is at the expected version and not what; no load tells of the marker at 12.
        let versions = if matches!(store, Store::Batch(_)) { 1..12 } else { 1..13 };
        let exact = versions.map(|version| Expected::Exact(Version(version)));
        for expected in [Expected::Any, Expected::NoStream].into_iter().chain(exact) {
            let refused = store.append(&meter(7), expected, vec![registered("reborn")]).await;
            let sealed = matches!(refused, Err(AppendError::Sealed { .. }));
            assert!(sealed, "{} {expected:?}: {refused:?}", store.name());
        }
    }
}

#[tokio::test]
async fn deleting_a_stream_that_is_not_there_leaves_its_name_free() {
    for store in stores::all().await {
        let gone = store.must(store.delete(&meter(7), Metadata::at(START)).await);
        assert_eq!(gone, 0, "{}", store.name());
        let done = store.append(&meter(7), Expected::NoStream, vec![registered("a")]).await;
        assert_eq!(store.must(done).version, Version(1), "{}", store.name());
    }
}
