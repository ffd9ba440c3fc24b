//! Step 3. Conflict: fold what was missed, decide again

use std::sync::Arc;

use aggregates_checks::account::{Account, Command, Event, Overdrawn};
use aggregates_checks::unreliable::{Fault, Unreliable};
use aggregates_checks::words::{others, sent, stream, timeline};
use aggregates_checks::{ExecuteError, Repository};
use event_store::Version;

type Accounts = Repository<Unreliable, Account>;

/// Accounts in a store; there are 100 in the account `a`, by the command `c1`.
async fn with_100(store: &Arc<Unreliable>) -> Accounts {
    let accounts = Accounts::new(Arc::clone(store));
    let done = accounts.execute(&"a".to_owned(), Command::Deposit(100), &sent("c1")).await;
    done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
    accounts
}

/// Somebody else is faster.
fn meanwhile(event: Event) -> [Fault; 1] {
    [Fault::Overtaken(others("other", &[event]))]
}

#[tokio::test]
async fn two_deposits_at_once_both_count() {
    for store in Unreliable::all().await {
        let accounts = with_100(&store).await;
        store.fail(meanwhile(Event::Deposited { amount: 20 }));
        let done = accounts.execute(&"a".to_owned(), Command::Deposit(3), &sent("c2")).await;
        let done = done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
        let found = (done.version, done.state.aggregate.balance);
        assert_eq!(found, (Version(3), 123), "{}: why: 100 + 20 + 3", store.name);
        let expected = ["1 Deposited c1/0", "2 Deposited other/0", "3 Deposited c2/0"];
        assert_eq!(timeline(&store.stored(&stream("a")).await), expected, "{}", store.name);
    }
}

#[tokio::test]
async fn what_was_missed_changes_the_decision() {
    for store in Unreliable::all().await {
        let accounts = with_100(&store).await;
        store.fail(meanwhile(Event::Withdrawn { amount: 60 }));
        let refused = accounts.execute(&"a".to_owned(), Command::Withdraw(60), &sent("c2")).await;
        let overdrawn = matches!(refused, Err(ExecuteError::Rejected(Overdrawn { balance: 40 })));
        assert!(overdrawn, "{}: why: only 40 are left: {refused:?}", store.name);
        assert_eq!(store.stored(&stream("a")).await.len(), 2, "{}", store.name);
    }
}

#[tokio::test]
async fn several_conflicts_are_several_decisions() {
    for store in Unreliable::all().await {
        let accounts = with_100(&store).await;
        let deposit = |id| Fault::Overtaken(others(id, &[Event::Deposited { amount: 1 }]));
        store.fail(["x", "y", "z"].map(deposit));
        let done = accounts.execute(&"a".to_owned(), Command::Withdraw(100), &sent("c2")).await;
        let done = done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
        assert_eq!(done.state.aggregate.balance, 3, "{}: why: 100 + 3 - 100", store.name);
        assert_eq!(done.version, Version(5), "{}", store.name);
    }
}

#[tokio::test]
async fn a_conflict_that_brings_what_was_missed_needs_no_second_read() {
    let store = Unreliable::procedure().await;
    let accounts = with_100(&store).await;
    let loads = store.loads();
    store.fail(meanwhile(Event::Deposited { amount: 20 }));
    let done = accounts.execute(&"a".to_owned(), Command::Deposit(3), &sent("c2")).await;
    assert_eq!(store.loads() - loads, 1, "why: the refusal told of event 2");
    let trips = done.expect("there is no rule against it").trips;
    assert_eq!(trips, 3, "why: load, append, and append again");
}

#[tokio::test]
async fn a_conflict_that_brings_nothing_is_followed_by_one_read_of_the_tail() {
    for store in [Unreliable::silent(), Unreliable::batch().await] {
        let accounts = with_100(&store).await;
        let loads = store.loads();
        store.fail(meanwhile(Event::Deposited { amount: 20 }));
        let done = accounts.execute(&"a".to_owned(), Command::Deposit(3), &sent("c2")).await;
        let balance = done.expect("there is no rule against it").state.aggregate.balance;
        assert_eq!(balance, 123, "{}: why: event 1 was folded before", store.name);
        assert_eq!(store.loads() - loads, 2, "{}: why: the state and the tail", store.name);
    }
}
