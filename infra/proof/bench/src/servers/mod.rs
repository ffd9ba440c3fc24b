//! cosmos-local beside what people use in its place, in one run and over the same HTTP: Microsoft's in-memory emulator
//! of the Rust SDK, and npm's `@vercel/cosmosdb-server` when npm is there.
//!
//! # Layout
//!
//! - `peer`: the three as processes of their own, with their memory.
//! - `wire`: plain requests. `requests`: what is asked. `subject`: a peer that holds so many documents.
//! - `report`: the table, and what must hold.

mod peer;
mod report;
mod requests;
mod subject;
mod wire;

use std::time::Duration;

use crate::{Extent, Failure};
use peer::Peer;
pub use peer::{Served, serve};
use subject::Subject;

/// How the documents lie.
#[derive(Clone, Copy, PartialEq)]
pub enum Layout {
    /// In the partition that is asked.
    One,
    /// Over a thousand others, beside a short one that is asked.
    Thousand,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq)]
pub enum Operation {
    Create,
    Read,
    Batch,
    Procedure,
    Tail,
    Highest,
    Poll,
}

impl Operation {
    const ALL: [Self; 7] = [
        Self::Create,
        Self::Read,
        Self::Batch,
        Self::Procedure,
        Self::Tail,
        Self::Highest,
        Self::Poll,
    ];
}

/// Turns that each operation is measured in; what else the machine does hits all alike.
const ROUNDS: usize = 11;

/// A round ends after so many operations, or when this time is over.
const OPERATIONS: u32 = 160;
const ROUND: Duration = Duration::from_millis(400);

/// What one operation takes at each size, or that it cannot be done there.
type Row = [Option<Duration>; 3];

/// What was measured of a peer.
pub struct Measured {
    pub peer: Peer,
    pub rows: Vec<(Operation, Row)>,
    /// Bytes at the largest size.
    pub memory: Option<u64>,
}

/// Runs the comparison and returns the assertions that do not hold.
pub async fn bench(extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut broken = Vec::new();
    for layout in [Layout::One, Layout::Thousand] {
        let measured = compare(layout, extent).await?;
        report::print(layout, extent.streams, &measured);
        broken.extend(report::broken(layout, extent.streams, &measured));
    }
    Ok(broken)
}

async fn compare(layout: Layout, extent: &Extent) -> Result<Vec<Measured>, Failure> {
    let mut places: Vec<(Peer, [Option<Subject>; 3])> = Vec::new();
    for peer in Peer::present()? {
        let mut subjects = [const { None }; 3];
        for (place, size) in extent.streams.into_iter().enumerate() {
            subjects[place] = Subject::fill(peer, layout, size).await?;
        }
        places.push((peer, subjects));
    }
    let mut measured = Vec::new();
    for (peer, subjects) in &places {
        let memory = subjects[2].as_ref().and_then(Subject::memory);
        measured.push(Measured { peer: *peer, rows: Vec::new(), memory });
    }
    for operation in Operation::ALL {
        let mut times = vec![[const { Vec::new() }; 3]; places.len()];
        for round in 0..=ROUNDS {
            for (turn, (_, subjects)) in places.iter_mut().enumerate() {
                for (size, subject) in subjects.iter_mut().enumerate() {
                    let Some(subject) = subject else { continue };
                    let time = subject.round(operation, round, OPERATIONS, ROUND).await?;
                    times[turn][size].extend(time);
                }
            }
        }
        for (measured, times) in measured.iter_mut().zip(&times) {
            let row = times
                .each_ref()
                .map(|times| (!times.is_empty()).then(|| crate::figures::median(warmed_up(times))));
            measured.rows.push((operation, row));
        }
    }
    Ok(measured)
}

/// The first round warms up, unless it is the only one.
fn warmed_up(times: &[Duration]) -> &[Duration] {
    if times.len() > 1 { &times[1..] } else { times }
}
