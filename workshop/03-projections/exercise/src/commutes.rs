//! A test that every projection over several streams should have: that it does not matter how they are
//! interleaved.

use std::collections::BTreeMap;

use aggregates::Recorded;
use event_store::StreamId;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use crate::{Projection, ViewKey};

/// Folds the events in `orders` orders, those of a stream always one after the other, and compares the views by
/// value. The first order is the one given; `seed` makes the others, the same ones each time.
///
/// # Errors
///
/// A view came out in two ways: which one, and how.
pub fn commutes<P: Projection>(
    events: &[Recorded<P::Event>],
    orders: usize,
    seed: u64,
) -> Result<(), String> {
    let first = fold::<P>(events.iter());
    let mut dice = SmallRng::seed_from_u64(seed);
    for _ in 1..orders {
        let again = fold::<P>(interleaved(events, &mut dice).into_iter());
        for (key, view) in &first {
            let other = &again[key];
            if other != view {
                return Err(format!("view {key} is {view} in one order and {other} in another"));
            }
        }
    }
    Ok(())
}

fn fold<'a, P: Projection>(
    events: impl Iterator<Item = &'a Recorded<P::Event>>,
) -> BTreeMap<ViewKey, Value>
where
    P::Event: 'a,
{
    let mut views = BTreeMap::<_, Option<P::View>>::new();
    for event in events {
        for key in P::keys(event) {
            P::apply(views.entry(key).or_default(), event);
        }
    }
    let value = |view| serde_json::to_value(view).unwrap_or_default();
    views.into_iter().map(|(key, view)| (key, value(view))).collect()
}

/// Takes the next event of a stream chosen at random, again and again.
fn interleaved<'a, E>(events: &'a [Recorded<E>], dice: &mut SmallRng) -> Vec<&'a Recorded<E>> {
    let mut streams = BTreeMap::<&StreamId, Vec<_>>::new();
    for event in events.iter().rev() {
        streams.entry(&event.stream).or_default().push(event);
    }
    let mut streams: Vec<_> = streams.into_values().collect();
    let mut order = Vec::with_capacity(events.len());
    while !streams.is_empty() {
        let chosen = dice.random_range(0..streams.len());
        order.extend(streams[chosen].pop());
        streams.retain(|stream| !stream.is_empty());
    }
    order
}
