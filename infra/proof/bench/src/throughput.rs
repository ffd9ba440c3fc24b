//! How many creates, point reads and appends by procedure a second, with one client and with sixteen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use event_store::{EventStore as _, Expected, StreamId, Version, document};
use futures::future::try_join_all;

use crate::figures::{median, microseconds, per_second, rate};
use crate::place::{Kind, Place};
use crate::{Extent, Failure, events, table};

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Create,
    Read,
    Append,
}

impl Operation {
    const ALL: [Self; 3] = [Self::Create, Self::Read, Self::Append];

    fn name(self) -> &'static str {
        match self {
            Self::Create => "creates",
            Self::Read => "point reads",
            Self::Append => "appends by procedure",
        }
    }
}

const CLIENTS: [u64; 2] = [1, 16];

/// What one round took.
#[derive(Clone, Copy)]
struct Round {
    operations: u64,
    took: Duration,
    /// Of client and server together.
    processor: Duration,
}

pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let place = Arc::new(Place::start(kind).await?);
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for operation in Operation::ALL {
        for clients in CLIENTS {
            let mut rounds = Vec::new();
            for round in 0..extent.rounds {
                let streams = streams(operation, clients, round)?;
                let each = extent.operations / clients;
                rounds.push(measure(&place, operation, &streams, each).await?);
                broken.extend(missing(&place, &streams, each).await?);
            }
            rows.push(row(operation, clients, &rounds));
        }
    }
    let heading = ["", "clients", "rate", "processor time each"].map(str::to_owned);
    table::print(&format!("Throughput {kind} (median)"), &heading, &rows);
    Ok(broken)
}

/// Each client has a stream of its own, new in each round.
fn streams(operation: Operation, clients: u64, round: usize) -> Result<Vec<StreamId>, Failure> {
    let name = operation.name().replace(' ', "-");
    (0..clients)
        .map(|client| events::stream(format!("{name}-{clients}-{round}-{client}")))
        .collect()
}

async fn measure(
    place: &Arc<Place>,
    operation: Operation,
    streams: &[StreamId],
    operations: u64,
) -> Result<Round, Failure> {
    if operation == Operation::Read {
        try_join_all(streams.iter().map(|stream| events::fill(&place.store, stream, operations)))
            .await?;
    }
    let (started, processor) = (Instant::now(), ProcessTime::now());
    let clients = streams.iter().map(|stream| {
        let (place, stream) = (Arc::clone(place), stream.clone());
        tokio::spawn(async move { client(&place, operation, &stream, operations).await })
    });
    for done in try_join_all(clients).await? {
        done?;
    }
    let (took, processor) = (started.elapsed(), processor.elapsed());
    Ok(Round { operations: operations * streams.len() as u64, took, processor })
}

/// What one client does, one after the other.
async fn client(
    place: &Place,
    operation: Operation,
    stream: &StreamId,
    operations: u64,
) -> Result<(), Failure> {
    for version in 1..=operations {
        match operation {
            Operation::Create => {
                let document = document(stream, Version(version), &events::event(version)?);
                // The SDK's binary JSON takes no raw text, which the document keeps its data in.
                let item = serde_json::to_value(&document)?;
                place.container.create_item(stream.to_string(), &document.id, item, None).await?;
            }
            Operation::Read => {
                let id = format!("{stream}:{version}");
                place.container.read_item(stream.to_string(), &id, None).await?;
            }
            Operation::Append => {
                let expected = Expected::Exact(Version(version - 1));
                place.store.append(stream, expected, vec![events::event(version)?]).await?;
            }
        }
    }
    Ok(())
}

/// Every acknowledged event has to be there.
async fn missing(
    place: &Place,
    streams: &[StreamId],
    operations: u64,
) -> Result<Vec<String>, Failure> {
    let mut broken = Vec::new();
    for stream in streams {
        let end = events::end(&place.store, stream).await?;
        if end != operations {
            broken.push(format!("{stream} has {end} events, {operations} were acknowledged"));
        }
    }
    Ok(broken)
}

fn row(operation: Operation, clients: u64, rounds: &[Round]) -> Vec<String> {
    let rates: Vec<_> =
        rounds.iter().map(|round| per_second(round.operations, round.took)).collect();
    let processor: Vec<_> = rounds
        .iter()
        .map(|round| round.processor.div_f64(per_second(round.operations, Duration::from_secs(1))))
        .collect();
    vec![
        operation.name().to_owned(),
        clients.to_string(),
        rate(median(&rates)),
        microseconds(median(&processor)),
    ]
}
