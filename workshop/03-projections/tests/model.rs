//! The protocol, against everything that can go wrong. `MODEL_SEED=17` tells one story again, `MODEL_SEEDS=100000`
//! tells more of them.

use std::env::var;
use std::ops::Range;
use std::thread;

use projections_checks::model::{Broken, run, tell};

/// What a developer waits for.
const SEEDS: u64 = 1000;

/// The first seed whose story breaks the law. The machine's cores share the seeds.
fn first_broken(seeds: Range<u64>, broken: Broken) -> Option<u64> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let share = |core: usize| {
            let mut seeds = seeds.clone().skip(core).step_by(cores);
            scope.spawn(move || seeds.find(|seed| run(*seed, broken).is_err()))
        };
        let workers: Vec<_> = (0..cores).map(share).collect();
        let found =
            workers.into_iter().filter_map(|worker| worker.join().expect("no story panics"));
        found.min()
    })
}

fn number(variable: &str) -> Option<u64> {
    var(variable).ok().map(|number| number.parse().expect("seeds are numbers"))
}

#[test]
fn every_view_equals_the_fold_of_the_events() {
    let seeds = match number("MODEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MODEL_SEEDS").unwrap_or(SEEDS),
    };
    if let Some(seed) = first_broken(seeds, Broken::Nothing) {
        panic!("{}\ntell it again with MODEL_SEED={seed}", tell(seed, Broken::Nothing));
    }
}

#[test]
fn a_seed_always_tells_the_same_story() {
    let seed = first_broken(0..500, Broken::Condition).expect("one breaks the law");
    let story = tell(seed, Broken::Condition);
    assert!(story.contains(&format!("seed {seed}: ")), "{story}");
    assert_eq!(story, tell(seed, Broken::Condition));
}

#[test]
fn in_some_stories_a_view_is_given_up() {
    let parks = |seed: &u64| tell(*seed, Broken::Nothing).contains("\"parked\"");
    assert!((0..50).any(|seed| parks(&seed)), "no view outgrows its document");
}

/// A model that nothing can break proves nothing.
fn is_noticed(broken: Broken) {
    assert!(
        first_broken(0..SEEDS, broken).is_some(),
        "{broken:?} changes nothing in {SEEDS} stories"
    );
}

#[test]
fn without_the_pin_the_law_breaks() {
    is_noticed(Broken::Pin);
}

#[test]
fn without_a_look_at_the_checkpoint_the_law_breaks() {
    is_noticed(Broken::Checkpoint);
}

#[test]
fn without_if_match_the_law_breaks() {
    is_noticed(Broken::Condition);
}

#[test]
fn without_a_create_that_refuses_the_law_breaks() {
    is_noticed(Broken::Create);
}

#[test]
fn with_replicas_that_take_what_they_have_not_seen_for_gone_the_law_breaks() {
    is_noticed(Broken::Replica);
}
