//! The change feed: the latest version of each changed item, or all versions and deletes, from a place on.

use http::StatusCode;
use serde_json::{Value, json};

use super::address::ContainerName;
use super::answer::Answer;
use super::failure::Refusal;
use super::headers::{Headers, unquoted};
use super::session::Position;
use super::{date, scope};
use crate::charge;
use crate::engine::{Change, ChangeKind, Container, Engine, FeedMode, FeedStart, Scope};

/// Whether a read of all items means the change feed.
pub fn is_asked(headers: &Headers) -> bool {
    headers.text("a-im").is_some()
}

/// One page of changes, or 304 when nothing is new. Either way its ETag says where to go on.
pub fn read(engine: &Engine, name: &ContainerName, headers: &Headers) -> Result<Answer, Refusal> {
    let mode = mode(headers)?;
    let container = scope::open(engine, name, headers)?;
    scope::check_session(engine, &container, headers)?;
    let scope = scope::read(&container, headers)?;
    let many = matches!(scope, Scope::Container | Scope::Prefix(_)) && container.ranges.len() > 1;
    if many && scope.span(&container)?.range.is_none() {
        return Err(Refusal::not_implemented(
            "a change feed over several partition key ranges in one request",
        ));
    }
    let start = start(headers)?;
    let position = scope::position_of(engine, &container, &scope)?;
    if matches!(start, FeedStart::After(lsn) if lsn > position.lsn) {
        return Err(Refusal::bad_request(format!(
            "if-none-match is ahead of the change feed, which stands at {}: the container is not the one \
             this continuation comes from; start from the beginning",
            position.lsn
        )));
    }
    let page = engine.changes(&container, &scope, mode, start, headers.page_size()?)?;
    let answer = if page.changes.is_empty() {
        Answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        let answer = documents(&container, &page.changes, headers);
        let charge = charge::feed(answer.size());
        answer.charged(charge)
    };
    // The range may have gone on since it was asked where it stands.
    let seen = Position { lsn: position.lsn.max(page.next), ..position };
    Ok(answer.etag(&page.next.to_string()).at(seen))
}

fn mode(headers: &Headers) -> Result<FeedMode, Refusal> {
    match headers.text("a-im") {
        Some(mode) if mode.eq_ignore_ascii_case("Incremental Feed") => Ok(FeedMode::LatestVersion),
        Some(mode) if mode.eq_ignore_ascii_case("Full-Fidelity Feed") => {
            Ok(FeedMode::AllVersionsAndDeletes)
        }
        mode => Err(Refusal::bad_request(format!(
            "a-im is '{}', expected 'Incremental Feed' or 'Full-Fidelity Feed'",
            mode.unwrap_or_default()
        ))),
    }
}

/// A token wins over a time.
fn start(headers: &Headers) -> Result<FeedStart, Refusal> {
    match (headers.text("if-none-match"), headers.text("if-modified-since")) {
        (Some("*"), _) => Ok(FeedStart::Now),
        (Some(etag), _) => unquoted(etag).parse().map(FeedStart::After).map_err(|_| {
            Refusal::bad_request(format!(
                "if-none-match is {etag}, which this change feed did not give out"
            ))
        }),
        (None, Some(time)) => match date::parse(time) {
            Some(time) => Ok(FeedStart::Since(time.unix_timestamp())),
            None => Err(Refusal::bad_request(format!(
                "if-modified-since is '{time}', expected the form 'Tue, 01 Nov 1994 08:12:31 GMT'"
            ))),
        },
        (None, None) => Ok(FeedStart::Beginning),
    }
}

fn documents(container: &Container, changes: &[Change], headers: &Headers) -> Answer {
    let asked = headers.text("x-ms-cosmos-changefeed-wire-format-version").is_some();
    let in_envelopes = asked || changes.iter().any(|change| change.kind.is_some());
    let write = if in_envelopes { envelope } else { with_lsn };
    let items: Vec<_> = changes.iter().map(write).collect();
    Answer::feed(&container.rid, "Documents", &items)
}

/// A deleted document is not there any more: its identity is in the metadata.
fn envelope(change: &Change) -> Vec<u8> {
    let mut metadata = json!({ "lsn": change.lsn, "crts": change.at });
    let operation = match change.kind {
        None => None,
        Some(ChangeKind::Created) => Some("create"),
        Some(ChangeKind::Replaced) => Some("replace"),
        Some(ChangeKind::Deleted | ChangeKind::Expired) => Some("delete"),
    };
    if let Some(operation) = operation {
        metadata["operationType"] = operation.into();
    }
    let mut text = br#"{"current":"#.to_vec();
    if operation == Some("delete") {
        let identity: Value = serde_json::from_slice(&change.body).unwrap_or_default();
        for name in ["id", "partitionKey"] {
            metadata[name] = identity[name].clone();
        }
        metadata["timeToLiveExpired"] = (change.kind == Some(ChangeKind::Expired)).into();
        text.extend_from_slice(b"{}");
    } else {
        text.append(&mut with_lsn(change));
    }
    text.extend_from_slice(format!(r#","metadata":{metadata}}}"#).as_bytes());
    text
}

/// The document as it is stored, with the number of its transaction. It has system properties, so it is
/// an object with members, and one more can be put at its end.
fn with_lsn(change: &Change) -> Vec<u8> {
    let mut text = change.body.trim_ascii_end().to_vec();
    text.pop();
    text.extend_from_slice(format!(r#","_lsn":{}}}"#, change.lsn).as_bytes());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> Change {
        Change { body: br#"{"id":"a","_ts":7}"#.as_slice().into(), lsn: 5, at: 7, kind: None }
    }

    #[test]
    fn a_flat_document_carries_the_number_of_its_transaction() {
        let flat: Value = serde_json::from_slice(&with_lsn(&change())).unwrap();
        assert_eq!(flat, json!({"id": "a", "_ts": 7, "_lsn": 5}));
    }

    #[test]
    fn an_envelope_has_the_document_and_its_metadata_and_nothing_else() {
        let envelope: Value = serde_json::from_slice(&envelope(&change())).unwrap();
        let current = json!({"id": "a", "_ts": 7, "_lsn": 5});
        let metadata = json!({"lsn": 5, "crts": 7});
        assert_eq!(envelope, json!({"current": current, "metadata": metadata}));
    }
}
