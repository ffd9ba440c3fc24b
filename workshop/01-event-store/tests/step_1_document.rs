//! Step 1. One event, one document

use event_store_checks::words::{meter, registered};
use event_store_checks::{RecordedEvent, Version, document};

#[test]
fn the_id_holds_stream_and_version() {
    let document = document(&meter(7), Version(3), &registered("c1/0"));
    assert_eq!(
        document.id, "meter:7:3",
        "why: a second writer at the same version must meet 409, which the id alone can promise"
    );
}

#[test]
fn the_document_holds_the_event_and_its_place() {
    let document = document(&meter(87_000_001), Version(1), &registered("c1/0"));
    let stored = serde_json::to_value(&document).expect("an event can be written");
    insta::with_settings!({
        description => "field names are a contract: the procedure, queries and other programs read them"
    }, {
        insta::assert_json_snapshot!(stored);
    });
}

#[test]
fn two_versions_of_one_stream_are_two_documents() {
    let ids = [1, 2].map(|version| document(&meter(7), Version(version), &registered("c1/0")).id);
    assert_ne!(ids[0], ids[1], "why: every event is a document of its own, never changed");
}

#[test]
fn the_version_is_a_number_of_its_own() {
    let document = document(&meter(7), Version(12), &registered("c1/0"));
    assert_eq!(document.version, Version(12), "why: a query orders by it, and 9 comes before 12");
}

#[test]
fn the_event_keeps_its_id_its_time_and_who_did_it() {
    let event = registered("c1/0");
    let read = RecordedEvent::from(document(&meter(7), Version(1), &event)).event;
    assert_eq!(read.id(), event.id(), "why: sent again, it must be recognised");
    assert_eq!(read.meta(), event.meta(), "why: what is not stored cannot be asked later");
}
