//! How long it takes from a stored event to its message, and how fast a whole history is published. The events are in
//! memory; where the messages are is said.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregates::meter::{Command, Meter};
use aggregates::readings::Day;
use aggregates::{Context, Repository};
use energy::bus::TOPIC;
use event_store::{CosmosEventStore, EventStore};
use integration_events::meters::Meters;
use integration_events::{MemoryParking, Publisher};
use projections::{Options, Processor, Stop, Wake, Waking};
use service_bus::{Bus as _, EntitySpec, ServiceBus, Source};
use time::OffsetDateTime;
use time::macros::date;
use tokio::task::JoinHandle;

use super::place::Place;
use crate::figures::{milliseconds, per_second, rate, thousands};
use crate::place::Kind;
use crate::projected::Projected;
use crate::{Extent, Failure, meters, table};

const METERS: u64 = 50;
const LEASES: usize = 4;
const LOOK: Duration = Duration::from_millis(20);

/// How many times as long the second half of a history may take as the first.
const GROWTH: f64 = 1.5;

/// A publisher at work.
struct Publishing {
    stop: Stop,
    task: JoinHandle<()>,
}

impl Publishing {
    fn start(events: &Projected, bus: &ServiceBus, wake: &Wake) -> Self {
        let (stop, signals) = Stop::new(wake);
        let (store, bus) = (Arc::new(events.store.clone()), Arc::new(bus.clone()));
        let publisher: Publisher<CosmosEventStore, _, _, Meters> =
            Publisher::new("publisher", TOPIC.name, store, bus, MemoryParking::default());
        let options = Options { leases: LEASES, alone: true, ..Options::default() };
        let processor = Processor::new("publisher", events.sources(), Arc::new(publisher), options);
        Self { stop, task: tokio::spawn(processor.run(signals)) }
    }

    async fn stop(self) -> Result<(), Failure> {
        self.stop.stop();
        Ok(self.task.await?)
    }
}

pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    latency(kind, extent).await?;
    growth(kind, extent).await
}

/// Commands, one after the other, each waited for at the subscription that gets everything.
async fn latency(kind: Kind, extent: &Extent) -> Result<(), Failure> {
    let (events, place) = (Projected::start().await?, Place::start(kind).await?);
    place.bus.provision(&[EntitySpec::Topic(TOPIC)]).await?;
    meters::fill(&events.store, 0..METERS, 2 * METERS).await?;
    let wake = Wake::default();
    let publishing = Publishing::start(&events, &place.bus, &wake);
    for _ in 0..METERS {
        receive(&place.bus).await?;
    }
    let store = Arc::new(Waking::new(events.store.clone(), wake));
    let repository: Repository<_, Meter> = Repository::new(store);
    let mut times = Vec::new();
    for number in 0..extent.commands {
        let (stored, received) =
            futures::future::try_join(execute(&repository, number), receive(&place.bus)).await?;
        times.push(received.saturating_duration_since(stored));
    }
    publishing.stop().await?;
    times.sort_unstable();
    let cells = [50, 99].map(|percent| milliseconds(times[(times.len() - 1) * percent / 100]));
    let row = [vec!["commit to receipt".to_owned()], cells.into()].concat();
    let heading = ["", "p50", "p99"].map(str::to_owned);
    table::print(&format!("Service Bus: latency of a command’s message {kind}"), &heading, &[row]);
    Ok(())
}

/// Carries out a command and says when it was stored, as far as the sender knows.
async fn execute<S: EventStore>(
    repository: &Repository<S, Meter>,
    number: u64,
) -> Result<Instant, Failure> {
    let (meter, day) = (number % METERS, number / METERS);
    let date = date!(2020 - 01 - 01) + time::Duration::days(i64::try_from(day)?);
    let readings = meters::readings(date, meters::Size::Whole);
    let context = Context::new(format!("command-{number}"), OffsetDateTime::now_utc());
    let command = Command::CollectReadings(Day { date, readings });
    let done = repository.execute(&meters::id(meter)?, command, &context).await;
    done.map_err(|error| error.to_string())?;
    Ok(Instant::now())
}

/// Takes the next message and says when it came.
async fn receive(bus: &ServiceBus) -> Result<Instant, Failure> {
    let source = Source::subscription(TOPIC.name, "billing");
    let received = bus.receive(&source, Duration::from_secs(30)).await?;
    let arrived = Instant::now();
    bus.complete(&received.ok_or("no message came")?.lock).await?;
    Ok(arrived)
}

/// A whole history, which nobody receives: what is sent piles up.
async fn growth(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let (events, place) = (Projected::start().await?, Place::start(kind).await?);
    place.bus.provision(&[EntitySpec::Topic(TOPIC)]).await?;
    meters::fill(&events.store, 0..METERS, extent.events).await?;
    // All but the registrations are told.
    let messages = extent.events - METERS;
    let mut started = Instant::now();
    let publishing = Publishing::start(&events, &place.bus, &Wake::default());
    let mut halves = Vec::new();
    for half in [messages / 2, messages] {
        while sent(&place.bus).await? < half {
            tokio::time::sleep(LOOK).await;
        }
        halves.push(started.elapsed());
        started = Instant::now();
    }
    publishing.stop().await?;
    let (first, second) = (halves[0], halves[1]);
    let growth = second.div_duration_f64(first);
    let cells = [rate(per_second(messages / 2, first)), rate(per_second(messages / 2, second))];
    let heading = ["messages", "first half", "second half", "growth"].map(str::to_owned);
    let row = [vec![thousands(messages)], cells.into(), vec![format!("{growth:.2}")]].concat();
    table::print(&format!("Service Bus: publishing a history {kind}"), &heading, &[row]);
    let broken = format!(
        "publishing {kind}: the second half takes {growth:.2} times as long, at most {GROWTH} is allowed"
    );
    Ok(if growth > GROWTH { vec![broken] } else { vec![] })
}

async fn sent(bus: &ServiceBus) -> Result<u64, Failure> {
    let path = Source::subscription(TOPIC.name, "billing").to_string();
    let counts = bus.entities().await?;
    let billing = counts.iter().find(|counts| counts.path == path);
    Ok(billing.ok_or("the subscription is not there")?.active)
}
