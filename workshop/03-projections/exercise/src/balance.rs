//! Who takes which lease: a pure decision, so that every worker comes to a fair share without a leader.

use std::collections::{BTreeMap, BTreeSet};

/// A lease as a worker sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding<'a> {
    /// Nobody holds it, or whoever did has not renewed the claim for as long as it lasts.
    Free,
    /// This worker holds it.
    Ours,
    /// That worker holds it.
    Theirs(&'a str),
    /// It halted, and trying again is useless.
    Halted,
}

/// The leases to claim now. Free ones up to a fair share; without any, one of a worker that has at least two
/// more than we, so that leases do not wander to and fro.
#[must_use]
pub fn choose(leases: &[Holding<'_>]) -> Vec<usize> {
    let mut shares = BTreeMap::<_, Vec<usize>>::new();
    for (lease, holding) in leases.iter().enumerate() {
        if let Holding::Theirs(owner) = holding {
            shares.entry(*owner).or_default().push(lease);
        }
    }
    let count = |wanted| leases.iter().filter(|holding| **holding == wanted).count();
    let ours = count(Holding::Ours);
    let workers = shares.len() + 1;
    let fair = (leases.len() - count(Holding::Halted)).div_ceil(workers);
    let free = (0..leases.len()).filter(|lease| leases[*lease] == Holding::Free);
    let free: BTreeSet<_> = free.take(fair.saturating_sub(ours)).collect();
    if !free.is_empty() {
        return free.into_iter().collect();
    }
    let richest = shares.values().max_by_key(|share| share.len());
    richest.filter(|share| share.len() >= ours + 2).map_or(vec![], |share| vec![share[0]])
}
