//! How many sends, and how many receives with their completes, a second, with one client and with sixteen.

use std::sync::Arc;
use std::time::Instant;

use cpu_time::ProcessTime;
use futures::future::try_join_all;

use super::place::Place;
use crate::figures::{median, microseconds, per_second, rate};
use crate::place::Kind;
use crate::{Extent, Failure, table};

#[derive(Clone, Copy, PartialEq)]
enum Operation {
    Send,
    Receive,
}

const CLIENTS: [u64; 2] = [1, 16];

pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let place = Arc::new(Place::start(kind).await?);
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for (operation, name) in
        [(Operation::Send, "sends"), (Operation::Receive, "receive + complete")]
    {
        for clients in CLIENTS {
            let (mut rates, mut processor) = (Vec::new(), Vec::new());
            for round in 0..extent.rounds {
                let each = extent.operations / clients;
                let prefix = format!("{name}-{clients}-{round}");
                let before = place.messages().await?;
                if operation == Operation::Receive {
                    place.fill(&prefix, each * clients).await?;
                }
                let (started, used) = (Instant::now(), ProcessTime::now());
                let tasks = (0..clients).map(|client| {
                    let (place, prefix) = (Arc::clone(&place), format!("{prefix}-{client}"));
                    tokio::spawn(async move { one(&place, operation, &prefix, each).await })
                });
                for done in try_join_all(tasks).await? {
                    done?;
                }
                let operations = each * clients;
                rates.push(per_second(operations, started.elapsed()));
                processor.push(used.elapsed() / u32::try_from(operations)?);
                let sent = if operation == Operation::Send { operations } else { 0 };
                let found = place.messages().await?;
                if found != before + sent {
                    broken.push(format!(
                        "{prefix} {kind}: {found} messages, expected {}",
                        before + sent
                    ));
                }
            }
            let cells = [rate(median(&rates)), microseconds(median(&processor))];
            rows.push([vec![name.to_owned(), clients.to_string()], cells.into()].concat());
        }
    }
    let heading = ["", "clients", "rate", "processor time each"].map(str::to_owned);
    table::print(&format!("Service Bus: throughput {kind} (median)"), &heading, &rows);
    Ok(broken)
}

/// What one client does, one after the other.
async fn one(
    place: &Place,
    operation: Operation,
    prefix: &str,
    operations: u64,
) -> Result<(), Failure> {
    for number in 0..operations {
        match operation {
            Operation::Send => place.send(format!("{prefix}-{number}")).await?,
            Operation::Receive => place.receive().await?,
        }
    }
    Ok(())
}
