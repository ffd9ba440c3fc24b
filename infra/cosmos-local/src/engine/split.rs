//! Splits a partition-key range in two.
//!
//! No document and no entry of the log is moved: a document's key begins with its effective partition key, not
//! with its range, and the halves read the log of the range they come from. All that changes is the container's
//! record, and each half gets the LSN of the range it comes from, to count on from there.

use redb::{ReadableTable as _, WriteTransaction};

use super::catalogue::State;
use super::limits::invalid;
use super::storage::RANGES;
use super::{Container, Epk, Failure, KeyRange, containers, epk};

/// As many as a container can be created with.
const RANGES_MOST: usize = 256;

pub fn range(
    transaction: &WriteTransaction,
    state: &mut State,
    handle: &Container,
    id: u32,
    at: Option<Epk>,
) -> Result<[KeyRange; 2], Failure> {
    let old = state.entry(handle)?.container.clone();
    let place = old.ranges.iter().position(|range| range.id == id);
    let place = place.ok_or_else(|| Failure::RangeGone { id: id.to_string() })?;
    if old.ranges.len() >= RANGES_MOST {
        return Err(invalid(format!(
            "the container has {RANGES_MOST} partition key ranges, no more fit"
        )));
    }
    let halves = halves(&old, &old.ranges[place], at)?;
    let mut container = Container::clone(&old);
    container.ranges.splice(place..=place, halves.clone());
    containers::save(transaction, &container)?;
    count_on(transaction, &container, id, &halves)?;
    state.add(container);
    Ok(halves)
}

fn halves(
    container: &Container,
    range: &KeyRange,
    at: Option<Epk>,
) -> Result<[KeyRange; 2], Failure> {
    let (min, max) = (&range.min, &range.max);
    let middle = at.unwrap_or_else(|| epk::middle(min, max, container.definition.hash));
    if middle <= *min || middle >= *max {
        return Err(invalid(format!(
            "range '{}' from '{}' to '{}' cannot be split at '{}', which does not lie inside",
            range.id, min.0, max.0, middle.0
        )));
    }
    let known = container.ranges.iter().flat_map(|range| range.parents.iter().chain([&range.id]));
    let last = known.max().copied().unwrap_or_default();
    let mut parents = range.parents.clone();
    parents.push(range.id);
    let low = KeyRange { id: last + 1, min: min.clone(), max: middle.clone(), parents };
    let high =
        KeyRange { id: last + 2, min: middle, max: max.clone(), parents: low.parents.clone() };
    Ok([low, high])
}

/// The entry of the range that was split stays: a reader that does not know of the split may ask for it.
fn count_on(
    transaction: &WriteTransaction,
    container: &Container,
    from: u32,
    halves: &[KeyRange; 2],
) -> Result<(), Failure> {
    let mut ranges = transaction.open_table(RANGES)?;
    let counters = ranges.get((container.number, from))?.map_or((0, 0), |entry| entry.value());
    for half in halves {
        ranges.insert((container.number, half.id), counters)?;
    }
    Ok(())
}
