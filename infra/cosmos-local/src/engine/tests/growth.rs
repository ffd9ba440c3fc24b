//! What an operation looks at does not grow with its stream. Rows are counted, so no clock is needed.

use super::*;
use crate::query::Request;

/// The query of a reader who knows all but the last ten events.
const TAIL: &str =
    "SELECT * FROM c WHERE c.version > @after AND NOT STARTSWITH(c.type, '$') ORDER BY c.version";
const LAST: &str = "SELECT TOP 1 c.version FROM c ORDER BY c.version DESC";

async fn stream_of(versions: u64) -> Account {
    let account = Account::in_memory(1).await;
    let events = (1..=versions).map(|version| create(versioned(version)));
    account.all("a", events.collect()).await.unwrap();
    account
}

fn versioned(version: u64) -> Value {
    let mut body = event("a", &format!("a:{version}"));
    body["version"] = version.into();
    body["type"] = "Happened".into();
    body
}

fn request(text: &str, parameters: &[(&str, u64)]) -> Request {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    Request { text: text.to_owned(), parameters: parameters.collect(), ..Request::default() }
}

/// Results and rows looked at, in a stream of each length.
async fn counted(query: impl Fn(u64) -> Request) -> [(usize, usize); 2] {
    let mut counts = [(0, 0); 2];
    for (versions, count) in [20, 2_000].into_iter().zip(&mut counts) {
        let account = stream_of(versions).await;
        let scope = Scope::Partition(key("a"));
        let page = account.engine.query(&account.container, &scope, &query(versions)).unwrap();
        *count = (page.results.len(), page.scanned);
    }
    counts
}

#[tokio::test]
async fn the_tail_of_a_stream_is_all_that_its_load_looks_at() {
    let counts = counted(|versions| request(TAIL, &[("@after", versions - 10)])).await;
    assert_eq!(counts, [(10, 10); 2]);
}

#[tokio::test]
async fn the_end_of_a_stream_is_one_row_away() {
    assert_eq!(counted(|_| request(LAST, &[])).await, [(1, 1); 2]);
}

#[tokio::test]
async fn an_event_is_found_by_its_version_among_any_number() {
    let query = "SELECT c.id FROM c WHERE c.version = @version";
    let counts = counted(|versions| request(query, &[("@version", versions / 2)])).await;
    assert_eq!(counts, [(1, 1); 2]);
}

/// As a procedure does that appends: the end is looked for again after a write of its own.
#[tokio::test]
async fn a_transaction_looks_no_further_for_what_it_wrote_itself() {
    for versions in [20, 2_000] {
        let account = stream_of(versions).await;
        let found = account.transact("a", move |mut transaction| {
            transaction.apply(create(versioned(versions + 1)))?;
            let page = transaction.query(&request(LAST, &[]))?;
            Ok((transaction, page))
        });
        let page = found.await.unwrap().value;
        assert_eq!((page.results, page.scanned), (vec![json!({ "version": versions + 1 })], 1));
    }
}
