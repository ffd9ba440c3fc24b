//! A service-bus-local with one queue, and a client of it.

use std::path::Path;
use std::time::Duration;

use futures::future::try_join_all;
use service_bus::{Bus as _, EntitySpec, Message, QueueSpec, ServiceBus, Settings, Source, Value};
use service_bus_local::{Options, ServiceBusLocal, Storage};
use tempfile::TempDir;

use crate::Failure;
use crate::place::{Kind, folder};

/// Messages are sent by this many at once when a queue is filled.
const FILLERS: u64 = 16;

pub const QUEUE: &str = "bench";

const SPEC: EntitySpec = EntitySpec::Queue(QueueSpec {
    name: QUEUE,
    lock: Duration::from_secs(300),
    max_delivery_count: 10,
    time_to_live: Duration::from_secs(3600),
    duplicate_window: Some(Duration::from_secs(300)),
});

pub struct Place {
    pub bus: ServiceBus,
    _server: ServiceBusLocal,
    _home: Option<TempDir>,
}

impl Place {
    pub async fn start(kind: Kind) -> Result<Self, Failure> {
        let home = match kind {
            Kind::Memory => None,
            Kind::Disk => Some(folder()?),
        };
        let folder = home.as_ref().map(TempDir::path).map(Path::to_owned);
        let storage = folder.map_or(Storage::Memory, Storage::Directory);
        let server = ServiceBusLocal::start(Options { storage, ..Options::default() }).await?;
        let place = service_bus::Place::Local { url: server.endpoint().to_owned(), key: None };
        let bus = ServiceBus::connect(&Settings { place }).await?;
        bus.provision(&[SPEC]).await?;
        Ok(Self { bus, _server: server, _home: home })
    }

    pub async fn send(&self, id: impl std::fmt::Display) -> Result<(), Failure> {
        Ok(self.bus.send(QUEUE, &message(&id.to_string())).await?)
    }

    /// Receives the next message and removes it.
    pub async fn receive(&self) -> Result<(), Failure> {
        let received = self.bus.receive(&Source::queue(QUEUE), Duration::from_secs(10)).await?;
        let delivery = received.ok_or("the queue is empty before its time")?;
        Ok(self.bus.complete(&delivery.lock).await?)
    }

    /// Sends this many messages.
    pub async fn fill(&self, name: &str, messages: u64) -> Result<(), Failure> {
        let filler = async |filler: u64| {
            for number in (filler..messages).step_by(usize::try_from(FILLERS)?) {
                self.send(format!("{name}-{number}")).await?;
            }
            Ok::<_, Failure>(())
        };
        try_join_all((0..FILLERS).map(filler)).await.map(drop)
    }

    /// Messages in the queue, held or not.
    pub async fn messages(&self) -> Result<u64, Failure> {
        let counts = self.bus.entities().await?;
        Ok(counts.iter().map(|it| it.active + it.locked + it.dead_lettered).sum())
    }
}

/// A message with the properties and about the size of an integration event.
fn message(id: &str) -> Message {
    let properties = [
        ("streamid", Value::Text("meter:87000001".to_owned())),
        ("streamversion", Value::Integer(7)),
        ("previous", Value::Integer(6)),
    ];
    Message {
        session: Some("meter:87000001".to_owned()),
        label: Some("ReadingTaken".to_owned()),
        correlation_id: Some(format!("conversation-{id}")),
        properties: properties.map(|(name, value)| (name.to_owned(), value)).into(),
        ..Message::new(
            id,
            r#"{"meter":"87000001","interval":{"from":"2026-03-01T10:00:00Z","minutes":15},"kwh":"0.417"}"#,
        )
    }
}
