//! Step 2. The cache: one round trip

use std::sync::Arc;

use aggregates::{ExecuteError, Folded, Outcome, Repository, State, States};
use event_store::{EventStore, Expected, MemoryEventStore, Version};
use snapshots_checks::Cached;
use snapshots_checks::account::{Account, Command, Overdrawn};
use snapshots_checks::counted::{Asked, Counted};
use snapshots_checks::words::{a, account, brief, deposits, fill, sent};

type Store = Counted<MemoryEventStore>;
type States1 = Cached<Folded<Store>, Account>;
type Accounts = Repository<Store, Account, States1>;

const ONE_APPEND: Asked = Asked { loads: 0, events: 0, appends: 1 };

/// One process: a repository and its own memory, on a store that others use, too.
struct Process {
    store: Arc<Store>,
    states: States1,
    accounts: Accounts,
}

impl Process {
    fn on(memory: &Arc<MemoryEventStore>) -> Self {
        let store = Arc::new(Counted::new(Arc::clone(memory)));
        let states = Cached::new(Folded::new(Arc::clone(&store)), 100);
        let accounts = Repository::with_states(Arc::clone(&store), states.clone());
        Self { store, states, accounts }
    }

    async fn execute(&self, id: &str, command: Command) -> Outcome<Account> {
        let done = self.accounts.execute(&a(), command, &sent(id)).await;
        done.unwrap_or_else(|error| panic!("{id}: {error}"))
    }

    async fn deposit(&self, id: &str, amount: u64) -> Outcome<Account> {
        self.execute(id, Command::Deposit(vec![amount])).await
    }

    /// A process that knows the account at its end.
    async fn warm(memory: &Arc<MemoryEventStore>) -> Self {
        let process = Self::on(memory);
        process.deposit("warm", 100).await;
        process.store.take();
        process
    }
}

#[tokio::test]
async fn a_warm_command_is_one_round_trip_whatever_the_length_of_the_stream() {
    for length in [10, 10_000] {
        let memory: Arc<MemoryEventStore> = Arc::default();
        fill(&*memory, &account("a"), length).await;
        let process = Process::warm(&memory).await;
        process.deposit("c1", 1).await;
        let why = format!("why: after {length} events the state is in memory: append, and no load");
        assert_eq!(process.store.take(), ONE_APPEND, "{why}");
    }
}

#[tokio::test]
async fn every_warm_command_is_one_round_trip() {
    let process = Process::warm(&Arc::default()).await;
    for number in 1..=5 {
        let done = process.deposit(&format!("c{number}"), 1).await;
        assert_eq!(brief(&done.state), format!("version {}, balance {}", number + 1, number + 100));
        assert_eq!(process.store.take(), ONE_APPEND, "why: the state is kept after each command");
    }
}

#[tokio::test]
async fn a_stale_state_is_found_out_by_the_append() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let process = Process::warm(&memory).await;
    Process::on(&memory).deposit("other", 20).await;
    let done = process.deposit("c1", 3).await;
    assert_eq!(brief(&done.state), "version 3, balance 123", "why: 100 + 20 + 3");
    let two_appends = Asked { appends: 2, ..ONE_APPEND };
    assert_eq!(process.store.take(), two_appends, "why: the conflict brought what was missed");
}

#[tokio::test]
async fn nothing_is_refused_on_a_stale_state_before_somebody_has_looked() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let process = Process::warm(&memory).await;
    Process::on(&memory).deposit("other", 50).await;
    let done = process.accounts.execute(&a(), Command::Withdraw(120), &sent("c1")).await;
    let found = done.map_or_else(|refused| refused.to_string(), |done| brief(&done.state));
    let why = "why: of 150 one can take 120, but the state in memory knows of 100. It is not checked: \
               say so, and the repository looks before it refuses";
    assert_eq!(found, "version 3, balance 30", "{why}");
}

#[tokio::test]
async fn nothing_is_left_undone_on_a_stale_state_before_somebody_has_looked() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let process = Process::warm(&memory).await;
    Process::on(&memory).deposit("other", 50).await;
    let done = process.execute("c1", Command::LeaveAtMost(100)).await;
    let why = "why: there were 150, and the state in memory, which is not checked, knew of 100";
    assert_eq!(brief(&done.state), "version 3, balance 100", "{why}");
}

#[tokio::test]
async fn a_refusal_on_a_state_that_is_not_stale_stands() {
    let process = Process::warm(&Arc::default()).await;
    let refused = process.accounts.execute(&a(), Command::Withdraw(120), &sent("c1")).await;
    assert!(matches!(refused, Err(ExecuteError::Rejected(Overdrawn { balance: 100 }))));
    let one_look = Asked { loads: 1, events: 0, appends: 0 };
    assert_eq!(process.store.take(), one_look, "why: only the tail is read, and it is empty");
}

#[tokio::test]
async fn a_newer_state_is_not_replaced_by_an_older_one() {
    let process = Process::on(&Arc::default());
    let newer = State { version: Version(9), ..State::default() };
    let older = State { version: Version(8), ..State::default() };
    process.states.keep(&account("a"), &newer);
    process.states.keep(&account("a"), &older);
    let loaded = process.states.load(&account("a")).await.expect("nothing fails");
    let why = "why: two commands may end in the other order, and the older state costs a conflict";
    assert_eq!(loaded.state.version, Version(9), "the version in memory: {why}");
    let newest = State { version: Version(10), ..State::default() };
    process.states.keep(&account("a"), &newest);
    let loaded = process.states.load(&account("a")).await.expect("nothing fails");
    assert_eq!(
        loaded.state.version,
        Version(10),
        "the version in memory: why: what is newest is kept"
    );
}

#[tokio::test]
async fn what_is_not_in_memory_comes_from_behind() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    fill(&*memory, &account("a"), 10).await;
    let process = Process::on(&memory);
    let loaded = process.states.load(&account("a")).await.expect("nothing fails");
    assert_eq!(
        (brief(&loaded.state).as_str(), loaded.checked),
        ("version 10, balance 10", true),
        "why: what is not in memory is loaded"
    );
}

#[tokio::test]
async fn a_repeat_is_known_in_memory() {
    let process = Process::warm(&Arc::default()).await;
    process.deposit("c1", 1).await;
    let again = process.deposit("c1", 1).await;
    assert!(again.repeated, "why: the state in memory remembers its commands");
    assert_eq!(again.state.aggregate.balance, 101, "why: it was deposited once");
}

#[tokio::test]
async fn a_repeat_that_another_process_carried_out_is_found_out() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let process = Process::warm(&memory).await;
    Process::on(&memory).deposit("c1", 1).await;
    let again = process.deposit("c1", 1).await;
    let why = "why: a command that is sent again was carried out already, whoever did it";
    assert_eq!((again.repeated, again.state.aggregate.balance), (true, 101), "{why}");
}

#[tokio::test]
async fn two_processes_take_turns_and_lose_nothing() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let two = [Process::on(&memory), Process::on(&memory)];
    for number in 0..20 {
        two[number % 2].deposit(&format!("c{number}"), 1).await;
    }
    let done = two[0].deposit("last", 1).await;
    assert_eq!(brief(&done.state), "version 21, balance 21", "why: each deposit counts once");
}

#[tokio::test]
async fn no_more_states_are_kept_than_were_asked_for() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let states = Cached::<_, Account>::new(Folded::new(memory), 100);
    for number in 0..10_000 {
        states.keep(&account(&number.to_string()), &State::default());
    }
    let kept = states.hits().kept;
    assert!((50..=100).contains(&kept), "{kept} of at most 100");
}

#[tokio::test]
async fn hits_are_counted_once_for_each_load() {
    let process = Process::on(&Arc::default());
    for number in 0..5 {
        process.deposit(&format!("c{number}"), 1).await;
    }
    let found = process.states.hits();
    assert_eq!((found.hits, found.misses, found.kept), (4, 1, 1), "why: keeping is no asking");
}

#[tokio::test]
async fn a_state_that_was_forgotten_is_loaded_again() {
    let process = Process::warm(&Arc::default()).await;
    process.states.forget(&account("a"));
    process.deposit("c1", 1).await;
    let asked = Asked { loads: 1, events: 1, appends: 1 };
    assert_eq!(process.store.take(), asked, "why: what is not in memory is read again");
}

#[tokio::test]
async fn a_refused_command_warms_the_memory_as_well() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    fill(&*memory, &account("a"), 10).await;
    let process = Process::on(&memory);
    let refused = process.accounts.execute(&a(), Command::Withdraw(120), &sent("c1")).await;
    assert!(refused.is_err());
    process.store.take();
    process.deposit("c2", 1).await;
    let why = "why: a state that was loaded in order to refuse is as good as any";
    assert_eq!(process.store.take(), ONE_APPEND, "{why}");
}

#[tokio::test]
async fn a_state_from_behind_that_is_old_is_caught_up_by_a_conflict() {
    let memory: Arc<MemoryEventStore> = Arc::default();
    let process = Process::warm(&memory).await;
    let stream = account("a");
    memory.append(&stream, Expected::Any, deposits("import", 300)).await.expect("memory");
    let done = process.deposit("c1", 1).await;
    assert_eq!(brief(&done.state), "version 302, balance 401");
}
