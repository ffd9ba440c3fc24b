//! Looking without taking: from a snapshot, which neither blocks the broker nor is blocked by it.

use redb::{Database, ReadableDatabase as _};

use super::catalogue::{Catalogue, Entity, Queue};
use super::receive::Delivery;
use super::state::{Phase, State};
use super::storage::{MESSAGES, STATES, TRAYS};
use super::{Failure, Source, record};

/// How many messages of which kind there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub active: u64,
    pub locked: u64,
    pub scheduled: u64,
    pub dead_lettered: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub path: String,
    pub kind: &'static str,
    pub counts: Counts,
}

/// A message as it lies there.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub phase: Phase,
    pub delivery: Delivery,
}

/// All entities with their counts.
pub fn entities(file: &Database, catalogue: &Catalogue) -> Result<Vec<Counted>, Failure> {
    let trays = file.begin_read()?.open_table(TRAYS)?;
    let tray = |number: u64| -> Result<_, Failure> {
        Ok(trays.get(number)?.map_or((0, 0, 0, 0), |stored| stored.value()))
    };
    let queue = |queue: &Queue, kind| -> Result<_, Failure> {
        let (_, active, locked, scheduled) = tray(queue.number)?;
        let (_, dead, dead_locked, _) = tray(queue.dead_letters())?;
        let counts = Counts { active, locked, scheduled, dead_lettered: dead + dead_locked };
        Ok(Counted { path: queue.path.clone(), kind, counts })
    };
    let counted = catalogue.all().into_iter().map(|entity| match entity {
        Entity::Queue(found) => queue(found, "queue"),
        Entity::Subscription(found) => queue(found, "subscription"),
        Entity::Topic(topic) => {
            let counts = Counts { scheduled: tray(topic.number)?.3, ..Counts::default() };
            Ok(Counted { path: topic.path.clone(), kind: "topic", counts })
        }
    });
    counted.collect()
}

/// Messages of a queue, subscription or dead-letter queue after a sequence number, in their order.
pub fn messages(
    file: &Database,
    catalogue: &Catalogue,
    source: &Source,
    after: u64,
    limit: usize,
) -> Result<Vec<Shown>, Failure> {
    let tray = match catalogue.find(&source.path)? {
        Entity::Queue(queue) | Entity::Subscription(queue) if source.dead_letters => {
            queue.dead_letters()
        }
        Entity::Queue(queue) | Entity::Subscription(queue) => queue.number,
        Entity::Topic(topic) => topic.number,
    };
    let transaction = file.begin_read()?;
    let (states, records) = (transaction.open_table(STATES)?, transaction.open_table(MESSAGES)?);
    let mut shown = Vec::new();
    for entry in states.range((tray, after.saturating_add(1))..=(tray, u64::MAX))?.take(limit) {
        let (key, state) = entry?;
        let (key, state) = (key.value(), State::decode(state.value()));
        let stored = records.get(key)?.ok_or_else(|| super::failure::damaged("a message"))?;
        let delivery = Delivery::of(key.1, &state, record::decode(stored.value())?);
        shown.push(Shown { phase: state.phase, delivery });
    }
    Ok(shown)
}
