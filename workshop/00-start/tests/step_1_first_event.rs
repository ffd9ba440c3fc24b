//! Step 1. Store your first event and read it back

use std::error::Error;
use std::time::Duration;

use azure_data_cosmos::clients::ContainerClient;
use serde_json::Value;
use start_checks::{EventDocument, StoreError, Stored, meters_delivered, place};

#[tokio::test]
async fn the_document_comes_back_with_what_cosmos_db_adds() {
    let place = place::empty().await;
    let stored = stored(&place.events, &meters_delivered(1, 2)).await;
    insta::with_settings!({
        description => "what begins with _ is added by Cosmos DB: _rid and _self are its own names for the \
                        document, _etag changes with every write, _ts is the second of the last one, \
                        _attachments is left over from the past"
    }, {
        insta::assert_json_snapshot!(stored.document, {
            "._rid" => "…",
            "._self" => "…",
            "._etag" => "…",
            "._ts" => "…",
        });
    });
}

#[tokio::test]
async fn the_event_lies_in_the_partition_of_its_stream_under_its_id() {
    let place = place::empty().await;
    for delivery in [1, 2] {
        let event = meters_delivered(delivery, 2);
        let stored = stored(&place.events, &event).await;
        let found = read(&place.events, &event.stream, &event.id).await;
        assert_eq!(stored.document, found, "why: stream and id are all that a point read needs");
    }
}

#[tokio::test]
async fn an_event_that_is_stored_already_meets_409_and_it_is_said() {
    let place = place::empty().await;
    let mut table = vec!["event         answer".to_owned()];
    for _ in 0..2 {
        let event = meters_delivered(1, 2);
        let answer = match store(&place.events, &event).await {
            Ok(_) => "stored".to_owned(),
            Err(error @ StoreError::Exists { .. }) => format!("Exists: {error}"),
            Err(error) => first_line(&error),
        };
        table.push(format!("{}  {answer}", event.id));
    }
    insta::with_settings!({ description => "who stores an event must learn that its id is taken" }, {
        insta::assert_snapshot!(table.join("\n"), @r"
        event         answer
        delivery:1:1  stored
        delivery:1:1  Exists: event delivery:1:1 is stored already (409)
        ");
    });
}

#[tokio::test]
async fn what_is_stored_never_changes() {
    let place = place::empty().await;
    let event = meters_delivered(1, 2);
    let before = stored(&place.events, &event).await.document;
    // Whether it is refused is another check's question.
    let _ = store(&place.events, &meters_delivered(1, 200)).await;
    let after = read(&place.events, &event.stream, &event.id).await;
    assert_eq!(after["data"], before["data"], "why: an event is a fact, and facts do not change");
    assert_eq!(after["_etag"], before["_etag"], "why: not even the same may be written again");
}

#[tokio::test]
async fn each_request_has_its_charge() {
    let place = place::empty().await;
    let stored = stored(&place.events, &meters_delivered(1, 2)).await;
    let table = format!(
        "what I did   RU (model)\ncreate       {:.2}\npoint read   {:.2}",
        stored.create, stored.read
    );
    insta::with_settings!({ description => "reading 1 KB by partition and id is what one unit means" }, {
        insta::assert_snapshot!(table, @r"
        what I did   RU (model)
        create       5.40
        point read   1.00
        ");
    });
}

/// Stores an event; a check must not wait for ever.
async fn store(events: &ContainerClient, event: &EventDocument) -> Result<Stored, StoreError> {
    let storing = start_checks::store(events, event);
    tokio::time::timeout(Duration::from_secs(10), storing).await.expect("an answer within 10 s")
}

/// Stores an event whose id is free.
async fn stored(events: &ContainerClient, event: &EventDocument) -> Stored {
    match store(events, event).await {
        Ok(stored) => stored,
        Err(error) => panic!("{} could not be stored: {}", event.id, first_line(&error)),
    }
}

/// Reads a document without the exercise.
async fn read(events: &ContainerClient, stream: &str, id: &str) -> Value {
    match events.read_item(stream.to_owned(), id, None).await {
        Ok(found) => found.into_model().expect("the document is JSON"),
        Err(error) => panic!("{id} is not in the partition {stream}: {}", error.status()),
    }
}

/// What went wrong, without the SDK's diagnostics.
fn first_line(error: &StoreError) -> String {
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    let reason = reason.lines().next().unwrap_or_default();
    format!("{error}: {reason}")
}
