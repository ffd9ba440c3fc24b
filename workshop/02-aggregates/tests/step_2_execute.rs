//! Step 2. Load, fold, decide, append

use std::sync::Arc;

use aggregates_checks::meter::{Meter, Rejection, Status};
use aggregates_checks::unreliable::Unreliable;
use aggregates_checks::words::{
    CODE, MAY_1, activate, activated, collect, meter, register, sent, timeline,
};
use aggregates_checks::{ExecuteError, Repository};
use event_store::{Expected, Version};

type Meters = Repository<Unreliable, Meter>;

/// What to look for when a command on a stream with events never comes to an end.
const NOTED: &str =
    "\nwhy: an append goes behind the version that the state has noted: does `fold` call `passed`?";

/// Meters in a store, with the talk's first one registered by the command `c1`.
async fn with_a_meter(store: &Arc<Unreliable>) -> Meters {
    let meters = Meters::new(Arc::clone(store));
    let done = meters.execute(&meter(), register(), &sent("c1")).await;
    let done = done.unwrap_or_else(|error| panic!("{}: {error:?}", store.name));
    assert_eq!(done.version, Version(1), "{}", store.name);
    meters
}

async fn stored(store: &Unreliable) -> Vec<String> {
    timeline(&store.stored(&meter().stream()).await)
}

#[tokio::test]
async fn a_command_leaves_its_events_in_the_stream() {
    let store = Unreliable::memory();
    with_a_meter(&store).await;
    let why = "why: what was decided is kept, under the command's id and a number";
    assert_eq!(stored(&store).await, ["1 MeterRegistered c1/0"], "{why}");
}

#[tokio::test]
async fn a_decision_rests_on_what_happened_before() {
    for store in Unreliable::all().await {
        let meters = with_a_meter(&store).await;
        let done = meters.execute(&meter(), activate(CODE), &sent("c2")).await;
        let done = done.unwrap_or_else(|error| panic!("{}: {error:?}{NOTED}", store.name));
        let why = "why: the state that decides is folded from the stream";
        assert_eq!(done.events, [activated()], "{}: {why}", store.name);
        assert_eq!((done.version, done.repeated), (Version(2), false), "{}", store.name);
        assert_eq!(done.state.aggregate.status, Status::Active, "{}", store.name);
        let expected = ["1 MeterRegistered c1/0", "2 MeterActivated c2/0"];
        assert_eq!(stored(&store).await, expected, "{}", store.name);
    }
}

#[tokio::test]
async fn events_go_right_behind_those_the_decision_rests_on() {
    let store = Unreliable::memory();
    let meters = with_a_meter(&store).await;
    meters.execute(&meter(), activate(CODE), &sent("c2")).await.expect("the code is right");
    meters.execute(&meter(), collect(MAY_1), &sent("c3")).await.expect("the meter is active");
    assert_eq!(
        store.expected(),
        [0, 1, 2].map(|version| Expected::Exact(Version(version))),
        "why: what somebody else appended meanwhile was not part of the decision"
    );
}

#[tokio::test]
async fn a_refused_command_stores_nothing() {
    let store = Unreliable::memory();
    let meters = with_a_meter(&store).await;
    let refused = meters.execute(&meter(), register(), &sent("c2")).await;
    let rejected = matches!(refused, Err(ExecuteError::Rejected(Rejection::AlreadyRegistered)));
    assert!(rejected, "why: who asked has to hear the rule that is against it: {refused:?}");
    let why = "why: a rejection is an answer and no event";
    assert_eq!(stored(&store).await, ["1 MeterRegistered c1/0"], "{why}");
}

#[tokio::test]
async fn a_command_on_an_unknown_meter_makes_no_stream() {
    for store in Unreliable::all().await {
        let meters = Meters::new(Arc::clone(&store));
        let refused = meters.execute(&meter(), activate(CODE), &sent("c1")).await;
        let unknown = matches!(refused, Err(ExecuteError::Rejected(Rejection::Unknown)));
        assert!(unknown, "{}: {refused:?}", store.name);
        assert_eq!(stored(&store).await, [""; 0], "{}: why: nothing happened", store.name);
    }
}

#[tokio::test]
async fn where_there_is_nothing_to_do_nothing_is_sent() {
    let store = Unreliable::memory();
    let meters = with_a_meter(&store).await;
    for (id, command) in [("c2", activate(CODE)), ("c3", collect(MAY_1)), ("c4", collect(MAY_1))] {
        let done = meters.execute(&meter(), command, &sent(id)).await;
        done.unwrap_or_else(|error| panic!("{id}: {error:?}"));
    }
    assert_eq!(store.expected().len(), 3, "why: the fourth command appends no event");
    assert_eq!(stored(&store).await.len(), 3);
}

#[tokio::test]
async fn a_command_is_two_round_trips() {
    for store in [Unreliable::procedure().await, Unreliable::batch().await] {
        let meters = with_a_meter(&store).await;
        let done = meters.execute(&meter(), activate(CODE), &sent("c2")).await;
        let trips = done.expect("the code is right").trips;
        assert_eq!(trips, 2, "{}: why: one to load and one to append", store.name);
    }
}
