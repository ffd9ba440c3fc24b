//! Time to live, by a clock that the tests turn.

use std::time::Duration;

use redb::ReadableDatabase as _;
use redb::ReadableTableMetadata as _;

use super::super::storage;
use super::*;
use crate::query::Request;

const START: i64 = 1_000_000;

fn expiring(default: i32) -> Value {
    let mut definition = definition();
    definition["defaultTtl"] = json!(default);
    definition
}

async fn account(default: i32) -> (Account, Clock) {
    let clock = Clock::manual(START);
    (Account::at(&clock, expiring(default)).await, clock)
}

fn pass(clock: &Clock, seconds: u64) {
    clock.advance(Duration::from_secs(seconds));
}

fn lasting(id: &str, ttl: impl Into<Value>) -> Operation {
    let mut body = event("a", id);
    body["ttl"] = ttl.into();
    create(body)
}

fn stored(account: &Account, table: redb::TableDefinition<&'static [u8], &'static [u8]>) -> u64 {
    let file = &account.engine.shared.file;
    file.begin_read().unwrap().open_table(table).unwrap().len().unwrap()
}

#[tokio::test]
async fn a_document_is_gone_when_the_containers_time_is_over() {
    let (account, clock) = account(10).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    pass(&clock, 9);
    assert_eq!(json_of(&account.read("a", "1").unwrap())["_ts"], START);
    pass(&clock, 1);
    let gone = account.read("a", "1");
    assert!(matches!(gone, Err(Failure::NotFound { .. })), "{gone:?}");
    assert!(account.one("a", replace("1", event("a", "1"))).await.is_err());
    assert!(account.one("a", delete("1")).await.is_err());
    assert!(account.feed(FeedStart::Beginning, 10).changes.is_empty());
}

#[tokio::test]
async fn a_document_may_say_itself_how_long_it_lives() {
    for default in [-1, 10] {
        let (account, clock) = account(default).await;
        for (id, ttl) in [("never", json!(-1)), ("short", json!(5)), ("long", json!(50))] {
            account.one("a", lasting(id, ttl)).await.unwrap();
        }
        account.one("a", lasting("unsaid", Value::Null)).await.unwrap();
        pass(&clock, 20);
        let left = ids(&account.feed(FeedStart::Beginning, 10));
        let expected =
            if default == -1 { vec!["never", "long", "unsaid"] } else { vec!["never", "long"] };
        assert_eq!(left, expected);
    }
}

#[tokio::test]
async fn without_a_time_to_live_of_the_container_nothing_expires() {
    let clock = Clock::manual(START);
    let account = Account::at(&clock, definition()).await;
    account.one("a", lasting("1", 5)).await.unwrap();
    account.one("a", lasting("2", "whatever")).await.unwrap();
    pass(&clock, 100);
    account.engine.sweep().await.unwrap();
    assert_eq!(ids(&account.feed(FeedStart::Beginning, 10)), ["1", "2"]);
}

#[tokio::test]
async fn a_time_that_makes_no_sense_is_refused() {
    let (account, _) = account(-1).await;
    for ttl in [json!(0), json!(-2), json!(1.5), json!("5"), json!(2_147_483_648_u64)] {
        let refused = account.one("a", lasting("1", ttl.clone())).await;
        assert!(matches!(refused, Err(Failure::Invalid { .. })), "{ttl}");
    }
}

#[tokio::test]
async fn queries_do_not_see_what_has_expired() {
    let (account, clock) = account(-1).await;
    for n in 1..=4 {
        let mut body = event("a", &n.to_string());
        body["version"] = json!(n);
        body["ttl"] = json!(n * 10);
        account.one("a", create(body)).await.unwrap();
    }
    pass(&clock, 20);
    for text in [
        "SELECT VALUE c.id FROM c",
        "SELECT VALUE c.id FROM c ORDER BY c.version",
        "SELECT VALUE c.id FROM c WHERE c.version > 0",
    ] {
        for scope in [Scope::Partition(key("a")), Scope::Container] {
            let request = Request { text: text.to_owned(), ..Request::default() };
            let page = account.engine.query(&account.container, &scope, &request).unwrap();
            assert_eq!(page.results, [json!("3"), json!("4")], "{text}");
        }
    }
    let gone =
        Request { text: "SELECT * FROM c WHERE c.id = '1'".to_owned(), ..Request::default() };
    let scope = Scope::Partition(key("a"));
    assert!(account.engine.query(&account.container, &scope, &gone).unwrap().results.is_empty());
}

#[tokio::test]
async fn what_has_expired_makes_room_for_its_id_and_its_unique_key() {
    let (account, clock) = account(10).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    account.one("a", create(event("a", "2"))).await.unwrap();
    pass(&clock, 10);
    let again = account.one("a", create(event("a", "1"))).await.unwrap();
    assert!(matches!(again, Outcome::Created(_)));
    let same_key = json!({ "id": "3", "stream": "a", "meta": { "event_id": "2" } });
    account.one("a", create(same_key.clone())).await.unwrap();
    assert_eq!(ids(&account.feed(FeedStart::Beginning, 10)), ["1", "3"]);
    account.engine.sweep().await.unwrap();
    let mut other = same_key;
    other["id"] = json!("4");
    let taken = account.one("a", create(other)).await;
    assert!(matches!(taken, Err(Failure::Conflict { .. })), "{taken:?}");
}

#[tokio::test]
async fn the_sweep_removes_what_has_expired_and_nothing_else() {
    let (account, clock) = account(10).await;
    for id in ["1", "2"] {
        account.one("a", create(event("a", id))).await.unwrap();
    }
    account.one("b", create(event("b", "3"))).await.unwrap();
    pass(&clock, 5);
    account.one("a", replace("2", event("a", "2"))).await.unwrap();
    pass(&clock, 5);
    account.engine.sweep().await.unwrap();
    assert_eq!((stored(&account, storage::DOCUMENTS), stored(&account, storage::LOG)), (1, 1));
    assert_eq!(ids(&account.feed(FeedStart::Beginning, 10)), ["2"]);
    pass(&clock, 5);
    account.engine.sweep().await.unwrap();
    assert_eq!((stored(&account, storage::DOCUMENTS), stored(&account, storage::LOG)), (0, 0));
}

#[tokio::test]
async fn a_changed_time_to_live_holds_for_what_is_there() {
    let (account, clock) = account(10).await;
    account.one("a", create(event("a", "1"))).await.unwrap();
    let change = |default| account.engine.replace_container("daybook", "events", expiring(default));
    change(100).await.unwrap();
    pass(&clock, 50);
    account.engine.sweep().await.unwrap();
    assert!(account.read("a", "1").is_ok());
    change(20).await.unwrap();
    assert!(account.read("a", "1").is_err());
    account.engine.sweep().await.unwrap();
    assert_eq!(stored(&account, storage::DOCUMENTS), 0);
}
