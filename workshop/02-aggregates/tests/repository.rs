//! What a repository promises besides the steps: order, repeats, failures, and nothing left behind.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use aggregates_checks::account::{Account, Command, Event};
use aggregates_checks::meter::{self, Meter};
use aggregates_checks::unreliable::{Fault, Unreliable};
use aggregates_checks::words::{
    CODE, MAY_1, START, activate, collect, meter, others, register, sent, stream, timeline,
};
use aggregates_checks::{Context, ExecuteError, LoadError, Outcome, Repository};
use event_store::{
    AppendError, EventId, EventStore, Expected, Metadata, NewEvent, RecordedEvent, Version,
};
use time::Duration as Time;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

type Accounts = Repository<Unreliable, Account>;
type Meters = Repository<Unreliable, Meter>;

async fn deposit(accounts: &Accounts, amount: u64, context: &Context) -> Outcome<Account> {
    let done = accounts.execute(&"a".to_owned(), Command::Deposit(amount), context).await;
    done.unwrap_or_else(|error| panic!("{}: {error:?}", accounts.store().name))
}

async fn stored(store: &Unreliable) -> Vec<RecordedEvent> {
    store.stored(&stream("a")).await
}

/// A hundred other commands deposit 1 each.
async fn hundred_others(store: &Unreliable) {
    for half in ["x", "y"] {
        let event = [Event::Deposited { amount: 1 }];
        let events = (0..50).flat_map(|number| others(&format!("{half}{number}"), &event));
        let done = store.append(&stream("a"), Expected::Any, events.collect()).await;
        done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
    }
}

/// A repository on a store with an active meter.
async fn active(store: &Arc<Unreliable>) -> Meters {
    let meters = Meters::new(Arc::clone(store));
    for (id, command) in [("register", register()), ("activate", activate(CODE))] {
        let done = meters.execute(&meter(), command, &sent(id)).await;
        done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
    }
    meters
}

/// A command that is in the middle of its append.
struct Held {
    command: JoinHandle<Outcome<Account>>,
    go_on: Arc<Notify>,
}

async fn hold(store: &Unreliable, accounts: &Accounts, id: &'static str) -> Held {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    store.fail([Fault::Held { begun: Arc::clone(&begun), go_on: Arc::clone(&go_on) }]);
    let accounts = accounts.clone();
    let command = tokio::spawn(async move {
        let done = accounts.execute(&id.to_owned(), Command::Deposit(1), &sent("held")).await;
        done.expect("there is no rule against it")
    });
    begun.notified().await;
    Held { command, go_on }
}

/// What a future comes to if it needs nobody else.
async fn at_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| match Pin::new(&mut *future).poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_commands_at_once_on_one_meter_are_all_carried_out_in_turn() {
    for store in Unreliable::all().await {
        let meters = active(&store).await;
        let before = store.expected().len();
        let mut all = JoinSet::new();
        let days = std::iter::successors(Some(MAY_1), |day| day.next_day());
        for day in days.take(50) {
            let meters = meters.clone();
            let context = sent(&day.to_string());
            all.spawn(async move { meters.execute(&meter(), collect(day), &context).await });
        }
        let versions: BTreeSet<_> = all
            .join_all()
            .await
            .into_iter()
            .map(|done| done.unwrap_or_else(|error| panic!("{error:?}")).version.0)
            .collect();
        assert!(versions.into_iter().eq(3..=52), "{}", store.name);
        assert_eq!(store.expected().len() - before, 50, "{}: nobody collided", store.name);
        assert_eq!(meters.busy(), 0, "{}: no queue is left behind", store.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_from_four_processes_at_once_are_all_carried_out() {
    for store in Unreliable::all().await {
        let mut all = JoinSet::new();
        for process in 0..4 {
            let accounts = Accounts::new(Arc::clone(&store));
            for number in 0..10 {
                let (accounts, context) = (accounts.clone(), sent(&format!("{process}.{number}")));
                all.spawn(async move { deposit_in_the_end(&accounts, &context).await });
            }
        }
        let done = all.join_all().await;
        let balance = done.iter().map(|done| done.state.aggregate.balance).max();
        assert_eq!(balance, Some(40), "{}", store.name);
        let events = stored(&store).await;
        assert!(events.iter().map(|event| event.version.0).eq(1..=40), "{}", store.name);
    }
}

/// Deposits 1. Whoever is told that others were faster sends the command again.
async fn deposit_in_the_end(accounts: &Accounts, context: &Context) -> Outcome<Account> {
    loop {
        match accounts.execute(&"a".to_owned(), Command::Deposit(1), context).await {
            Ok(done) => return done,
            Err(ExecuteError::Contended { .. }) => {}
            Err(error) => panic!("{}: {error:?}", accounts.store().name),
        }
    }
}

#[tokio::test]
async fn commands_wait_for_their_own_aggregate_and_for_no_other() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let held = hold(&store, &accounts, "a").await;
    let (context, b) = (sent("c2"), "b".to_owned());
    let done = accounts.execute(&b, Command::Deposit(1), &context).await;
    assert_eq!(done.expect("nobody is in the way").version, Version(1));
    assert_eq!(accounts.busy(), 1, "the held one is still at work");
    let mut behind = Box::pin(deposit(&accounts, 1, &context));
    assert!(at_once(&mut behind).await.is_none(), "it waits behind the held one");
    held.go_on.notify_one();
    assert_eq!(behind.await.version, Version(2));
    assert_eq!(held.command.await.expect("it ends").version, Version(1));
    assert_eq!(accounts.busy(), 0, "no queue is left behind");
}

#[tokio::test]
async fn a_command_that_is_given_up_lets_the_next_one_go_on() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let held = hold(&store, &accounts, "a").await;
    let context = sent("c2");
    let mut behind = Box::pin(deposit(&accounts, 1, &context));
    assert!(at_once(&mut behind).await.is_none(), "it waits behind the held one");
    held.command.abort();
    assert_eq!(behind.await.version, Version(1));
    assert_eq!(accounts.busy(), 0, "no queue is left behind");
}

#[tokio::test]
async fn whoever_gives_up_when_its_turn_has_come_lets_the_next_one_go_on() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let held = hold(&store, &accounts, "a").await;
    let contexts = [sent("c2"), sent("c3"), sent("c4")];
    let [mut second, mut third, mut fourth] =
        contexts.each_ref().map(|context| Box::pin(deposit(&accounts, 1, context)));
    for waiting in [&mut second, &mut third, &mut fourth] {
        assert!(at_once(waiting).await.is_none(), "it waits behind the held one");
    }
    drop(third);
    held.go_on.notify_one();
    held.command.await.expect("it ends");
    drop(second);
    assert_eq!(fourth.await.version, Version(2));
    assert_eq!(accounts.busy(), 0, "no queue is left behind");
}

#[tokio::test]
async fn the_same_command_again_is_answered_from_the_books() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        let first = deposit(&accounts, 5, &sent("c1")).await;
        deposit(&accounts, 7, &sent("c2")).await;
        let again = deposit(&accounts, 5, &sent("c1")).await;
        assert_eq!((first.repeated, again.repeated), (false, true), "{}", store.name);
        assert_eq!((again.version, &again.events), (first.version, &first.events));
        assert_eq!(again.state.aggregate.balance, 12, "{}: the state is today's", store.name);
        assert_eq!(stored(&store).await.len(), 2, "{}", store.name);
    }
}

#[tokio::test]
async fn a_repeat_is_not_decided_again() {
    let store = Unreliable::memory();
    let meters = active(&store).await;
    let again = meters.execute(&meter(), activate(CODE), &sent("activate")).await;
    let again = again.expect("an active meter would refuse to decide this");
    assert_eq!((again.version, again.repeated), (Version(2), true));
}

#[tokio::test]
async fn a_command_of_several_events_is_repeated_as_a_whole() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        deposit(&accounts, 1, &sent("c0")).await;
        for repeated in [false, true] {
            let three = Command::DepositEach(vec![1, 2, 3]);
            let done = accounts.execute(&"a".to_owned(), three, &sent("c1")).await;
            let done = done.expect("there is no rule against it");
            assert_eq!((done.version, done.repeated), (Version(4), repeated), "{}", store.name);
            assert_eq!(done.events, [1, 2, 3].map(|amount| Event::Deposited { amount }));
        }
    }
}

#[tokio::test]
async fn a_command_sent_again_after_a_hundred_others_is_stored_once() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        deposit(&accounts, 5, &sent("c1")).await;
        hundred_others(&store).await;
        let again = deposit(&accounts, 5, &sent("c1")).await;
        assert_eq!((again.version, again.repeated), (Version(1), true), "{}", store.name);
        assert_eq!(again.state.aggregate.balance, 105, "{}", store.name);
        assert_eq!(stored(&store).await.len(), 101, "{}", store.name);
    }
}

#[tokio::test]
async fn the_last_64_commands_are_remembered_and_stored_oldest_first() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    for newest in 1..=200_usize {
        let commands = deposit(&accounts, 1, &sent(&newest.to_string())).await.state.commands;
        let last = newest.saturating_sub(63).max(1)..=newest;
        for number in 1..=newest {
            assert_eq!(commands.contains(&number.to_string()), last.contains(&number), "{number}");
        }
        let stored = serde_json::to_value(&commands).expect("it is data");
        let ids: Vec<_> = last.map(|number| number.to_string()).collect();
        let listed = stored.as_array().expect("it is a list").iter();
        assert_eq!(listed.map(|one| one["command_id"].as_str().unwrap()).collect::<Vec<_>>(), ids);
        assert_eq!(commands, serde_json::from_value(stored).expect("it was stored"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_reaches_two_processes_at_once_is_carried_out_once() {
    for store in Unreliable::all().await {
        let mut all = JoinSet::new();
        for _ in 0..2 {
            let accounts = Accounts::new(Arc::clone(&store));
            all.spawn(async move { deposit(&accounts, 5, &sent("c1")).await });
        }
        let done = all.join_all().await;
        assert!(done.iter().all(|done| done.version == Version(1)), "{}", store.name);
        assert_eq!(done.iter().filter(|done| done.repeated).count(), 1, "{}", store.name);
        assert_eq!(stored(&store).await.len(), 1, "{}", store.name);
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_when_the_command_is_sent_again() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        store.fail([Fault::AnswerLost]);
        let lost = accounts.execute(&"a".to_owned(), Command::Deposit(5), &sent("c1")).await;
        let failed = matches!(lost, Err(ExecuteError::Append(AppendError::Store(_))));
        assert!(failed, "{}: {lost:?}", store.name);
        let again = deposit(&accounts, 5, &sent("c1")).await;
        assert_eq!((again.version, again.repeated), (Version(1), true), "{}", store.name);
        assert_eq!(stored(&store).await.len(), 1, "{}", store.name);
    }
}

#[tokio::test]
async fn events_that_the_client_sends_twice_by_itself_are_a_success() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        deposit(&accounts, 1, &sent("c0")).await;
        store.fail([Fault::SentTwice]);
        let done = deposit(&accounts, 5, &sent("c1")).await;
        assert_eq!((done.version, done.state.aggregate.balance), (Version(2), 6));
        assert_eq!(stored(&store).await.len(), 2, "{}", store.name);
    }
}

#[tokio::test]
async fn a_command_id_that_names_other_events_is_refused() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        let two = Command::DepositEach(vec![1, 2]);
        accounts.execute(&"a".to_owned(), two, &sent("c1")).await.expect("no rule is against it");
        hundred_others(&store).await;
        let three = Command::DepositEach(vec![1, 2, 3]);
        let refused = accounts.execute(&"a".to_owned(), three, &sent("c1")).await;
        let taken = matches!(refused, Err(ExecuteError::IdTaken { .. }));
        assert!(taken, "{}: {refused:?}", store.name);
        assert_eq!(stored(&store).await.len(), 102, "{}", store.name);
    }
}

#[tokio::test]
async fn a_throttled_command_says_how_long_to_wait_and_stores_nothing() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let wait = Duration::from_millis(70);
    store.fail([Fault::Throttled(wait)]);
    let refused = accounts.execute(&"a".to_owned(), Command::Deposit(5), &sent("c1")).await;
    let told =
        matches!(refused, Err(ExecuteError::Throttled { retry_after }) if retry_after == wait);
    assert!(told, "{refused:?}");
    assert!(stored(&store).await.is_empty());
    assert!(!deposit(&accounts, 5, &sent("c1")).await.repeated, "afterwards it is carried out");
}

#[tokio::test]
async fn whoever_is_overtaken_twelve_times_gives_up() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let overtaken = |number| {
        Fault::Overtaken(others(&format!("other {number}"), &[Event::Deposited { amount: 1 }]))
    };
    store.fail((0..12).map(overtaken));
    let refused = accounts.execute(&"a".to_owned(), Command::Deposit(5), &sent("c1")).await;
    let contended = matches!(refused, Err(ExecuteError::Contended { attempts: 12 }));
    assert!(contended, "{refused:?}");
    assert_eq!(stored(&store).await.len(), 12, "the others' events, and none of ours");
}

#[tokio::test]
async fn an_unknown_kind_stops_the_aggregate_and_is_named_with_its_place() {
    let store = Unreliable::memory();
    let meters = active(&store).await;
    let painted = NewEvent::new(
        EventId::from("painted"),
        "MeterPainted",
        &serde_json::json!({ "colour": "red" }),
        Metadata::at(START),
    );
    let painted = vec![painted.expect("it can be stored")];
    store.append(&meter().stream(), Expected::Any, painted).await.expect("anywhere will do");
    let refused = meters.execute(&meter(), collect(MAY_1), &sent("c1")).await;
    let Err(ExecuteError::Load(error @ LoadError::Unknown { version: Version(3), .. })) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(
        error.to_string(),
        "meter:87000001 holds an unknown MeterPainted at version 3: is this program too old?"
    );
}

#[tokio::test]
async fn data_that_does_not_fit_is_named_with_its_place() {
    let store = Unreliable::memory();
    let meters = active(&store).await;
    let broken = NewEvent::new(
        EventId::from("broken"),
        "MeterActivationFailed",
        &serde_json::json!({ "activation_code": 7 }),
        Metadata::at(START),
    );
    let broken = vec![broken.expect("it can be stored")];
    store.append(&meter().stream(), Expected::Any, broken).await.expect("anywhere will do");
    let refused = meters.execute(&meter(), collect(MAY_1), &sent("c1")).await;
    let Err(ExecuteError::Load(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.to_string(), "meter:87000001 cannot be read at version 3");
}

#[tokio::test]
async fn events_keep_who_sent_the_command_and_why() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    deposit(&accounts, 1, &sent("c1")).await;
    let context = Context {
        correlation_id: Some("conversation".to_owned()),
        causation_id: Some("order:7/0".to_owned()),
        actor: Some("clerk".to_owned()),
        ..sent("c2")
    };
    deposit(&accounts, 1, &context).await;
    let events = stored(&store).await;
    let begun = Metadata { correlation_id: Some("c1".to_owned()), ..Metadata::at(START) };
    assert_eq!(events[0].event.meta(), &begun, "a command begins a conversation");
    let Context { correlation_id, causation_id, actor, .. } = context;
    let kept = Metadata { recorded_at: START, correlation_id, causation_id, actor };
    assert_eq!(events[1].event.meta(), &kept);
}

#[tokio::test]
async fn a_clock_that_goes_back_does_not_take_the_stream_along() {
    for store in Unreliable::all().await {
        let accounts = Accounts::new(Arc::clone(&store));
        for (id, minutes) in [("c1", 0), ("c2", -5), ("c3", 5), ("c4", 4)] {
            let time = START + Time::minutes(minutes);
            deposit(&accounts, 1, &Context { time, ..sent(id) }).await;
        }
        let events = stored(&store).await;
        let times =
            events.iter().map(|event| (event.event.meta().recorded_at - START).whole_minutes());
        assert_eq!(times.collect::<Vec<_>>(), [0, 0, 5, 5], "{}", store.name);
    }
}

#[tokio::test]
async fn an_id_that_cannot_name_a_stream_is_refused() {
    let accounts = Accounts::new(Unreliable::memory());
    for id in ["", "a/b", "a#b"] {
        let refused = accounts.execute(&id.to_owned(), Command::Deposit(1), &sent("c1")).await;
        assert!(matches!(refused, Err(ExecuteError::Id(_))), "{id}: {refused:?}");
    }
}

#[tokio::test]
async fn a_command_without_an_id_is_refused() {
    let store = Unreliable::memory();
    let accounts = Accounts::new(Arc::clone(&store));
    let refused = accounts.execute(&"a".to_owned(), Command::Deposit(1), &sent("")).await;
    assert!(matches!(refused, Err(ExecuteError::Event(_))), "{refused:?}");
    assert!(stored(&store).await.is_empty());
}

#[tokio::test]
async fn the_story_of_a_meter_is_in_its_stream() {
    let store = Unreliable::procedure().await;
    let meters = active(&store).await;
    let correct = meter::Command::CorrectReadings(aggregates_checks::words::zeros(MAY_1));
    let rest =
        [("collect", collect(MAY_1)), ("correct", correct), ("end", meter::Command::Deregister)];
    for (id, command) in rest {
        meters.execute(&meter(), command, &sent(id)).await.expect("no rule is against it");
    }
    let expected = [
        "1 MeterRegistered register/0",
        "2 MeterActivated activate/0",
        "3 MeterReadingsCollected collect/0",
        "4 MeterReadingsCorrected correct/0",
        "5 MeterDeregistered end/0",
    ];
    assert_eq!(timeline(&store.stored(&meter().stream()).await), expected);
}
