//! From module 03's documents to what the parts show.

use std::collections::BTreeMap;
use std::time::Duration;

use daybook::projections::{Generation, Lag, Lease, Standing as Leased};
use time::OffsetDateTime;

use crate::model::{self, Progress, ProjectionStatus, Standing, Worker};

/// A generation as the pages show it.
pub fn status(name: &str, leased: &Leased, live: bool, parked: usize) -> ProjectionStatus {
    let Generation { version, .. } = leased.generation;
    ProjectionStatus {
        name: name.to_owned(),
        version,
        live,
        standing: standing(leased, live, parked),
        behind: behind(leased),
        progress: (!live).then(|| progress(leased)),
        leases: leased.leases.iter().map(|(lease, lag)| shown(lease, *lag)).collect(),
    }
}

fn standing(leased: &Leased, live: bool, parked: usize) -> Standing {
    let halted = leased.leases.iter().find_map(|(lease, lag)| match (&lease.halted, lag) {
        (Some(reason), _) => Some(reason.clone()),
        (None, None) => Some("the feed has no such place any more: rebuild".to_owned()),
        (None, Some(_)) => None,
    });
    let behind = behind(leased);
    match halted {
        Some(reason) => Standing::Halted(reason),
        None if !live => Standing::Rebuilding,
        None if leased.leases.is_empty() => Standing::NotRun,
        None if parked > 0 => Standing::Parked(parked),
        None if behind > 0 => Standing::Behind(behind),
        None => Standing::Live,
    }
}

/// How many transactions are not read, by all leases together.
pub fn behind(leased: &Leased) -> u64 {
    by_partition(leased).values().map(|(left, _)| left).sum()
}

/// How many transactions are left and how many there are, by the physical partitions that leases read. Several
/// leases of one partition each count all of its transactions, so the one that is furthest behind counts.
fn by_partition(leased: &Leased) -> BTreeMap<Vec<&str>, (u64, u64)> {
    let mut partitions = BTreeMap::<_, (u64, u64)>::new();
    for (lease, lag) in &leased.leases {
        let names = lease.session.keys().map(String::as_str).collect();
        let left = lag.map_or(0, left);
        let all = lease.session.values().sum::<u64>() + left;
        let most = partitions.entry(names).or_default();
        *most = (most.0.max(left), most.1.max(all));
    }
    partitions
}

/// When the oldest event was recorded that is not read.
pub fn oldest(leased: &Leased) -> Option<OffsetDateTime> {
    leased.leases.iter().filter_map(|(_, lag)| lag.and_then(|lag| lag.since)).min()
}

/// How old an event is that is not read; no time if all are.
pub fn age(oldest: Option<OffsetDateTime>, now: OffsetDateTime) -> Duration {
    oldest.map_or(Duration::ZERO, |oldest| (now - oldest).try_into().unwrap_or_default())
}

fn left(lag: Lag) -> u64 {
    match (lag.since, lag.transactions) {
        (None, _) => 0,
        (Some(_), known) => known.unwrap_or(1),
    }
}

/// How far a build is, in transactions of the physical partitions that it reads.
fn progress(leased: &Leased) -> Progress {
    let of = by_partition(leased).values().map(|(_, all)| all).sum();
    Progress { done: of - behind(leased).min(of), of }
}

fn shown(lease: &Lease, lag: Option<Lag>) -> model::Lease {
    let pinned =
        |(first, last): &(daybook::event_store::Version, daybook::event_store::Version)| {
            usize::try_from(last.0 - first.0 + 1).unwrap_or(usize::MAX)
        };
    model::Lease {
        range: format!(
            "{} · {}–{}",
            lease.name(),
            edge(&lease.range.min, "00"),
            edge(&lease.range.max, "FF")
        ),
        owner: lease.owner.as_deref().map(short),
        page: lease.page,
        pinned: lease.pending.values().map(pinned).sum(),
        lag: lag.map_or(0, left),
        renewed_at: None,
        document: serde_json::to_string(lease).unwrap_or_default(),
    }
}

/// The first digits tell ranges apart.
fn edge(hash: &str, end: &str) -> String {
    if hash.is_empty() { end.to_owned() } else { hash.chars().take(4).collect() }
}

/// So much of a worker's name tells it apart.
pub fn short(owner: &str) -> String {
    owner.chars().take(6).collect()
}

/// The workers behind leases, by name.
pub fn workers<'a>(leases: impl Iterator<Item = &'a Lease>) -> Vec<Worker> {
    let mut workers: Vec<Worker> = Vec::new();
    for lease in leases {
        let Some(name) = lease.owner.as_deref().map(short) else {
            continue;
        };
        let reader = lease.processor.clone();
        match workers.iter_mut().find(|worker| worker.name == name) {
            Some(worker) => {
                worker.leases += 1;
                if !worker.readers.contains(&reader) {
                    worker.readers.push(reader);
                }
            }
            None => workers.push(Worker { name, leases: 1, readers: vec![reader] }),
        }
    }
    workers.sort_by(|a, b| a.name.cmp(&b.name));
    workers
}
