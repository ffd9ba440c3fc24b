//! Who listens to the topic, and what must have come of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use event_store::{CosmosEventStore, EventStore as _, Range, StreamId, Version};
use integration_events::meters::{Meters, Notice};
use integration_events::{Archive as _, InboxDocument, Publications, Subscriber, Told};
use projections::{CosmosDocuments, Documents as _, Signals};
use serde::{Deserialize, Serialize};
use service_bus::{Bus as _, ServiceBus, Source};

use crate::TOPIC;

/// How long a receive waits. It is shorter than the test, so that it can end.
const WAIT: Duration = Duration::from_secs(1);

/// Counts how often each message comes, by its id.
pub type Received = BTreeMap<String, u32>;

/// Writes down what it is told of each stream, as often as it is told.
pub struct Recorder;

/// What was told of a stream: versions and contents, in the order in which they were applied.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record(pub Vec<(Version, Notice)>);

impl Subscriber for Recorder {
    const NAME: &'static str = "consumed";
    type Event = Notice;
    type State = Record;

    fn apply(&self, record: &mut Record, told: &Told<Notice>) -> Result<(), projections::Source> {
        record.0.push((told.version, told.event.clone()));
        Ok(())
    }
}

impl Recorder {
    /// Empties the other subscription until it is told to stop and nothing is left, and counts.
    ///
    /// # Panics
    ///
    /// The broker does not answer.
    pub async fn count(bus: Arc<ServiceBus>, signals: Signals) -> Received {
        let source = Source::subscription(TOPIC.name, "counted");
        let mut received = Received::new();
        loop {
            match bus.receive(&source, WAIT).await.expect("the broker answers") {
                Some(delivery) => {
                    *received.entry(delivery.message.id.clone()).or_default() += 1;
                    bus.complete(&delivery.lock).await.expect("nobody else has it");
                }
                None if signals.stopping() => return received,
                None => {}
            }
        }
    }
}

/// What must have been told of a stream: by message id, and as a record.
///
/// # Panics
///
/// The store does not answer.
pub async fn expected(store: &CosmosEventStore, stream: &StreamId) -> (Vec<String>, Record) {
    let head = store.load(stream, Range::all()).await.expect("the store answers").version;
    let publications = Publications::<_, Meters>::new(Arc::new(store.clone()));
    let all = publications.between(stream, Version::ZERO, head).await.expect("it is all there");
    let ids = all.iter().map(|event| event.id.clone()).collect();
    let told = |event: &integration_events::IntegrationEvent| {
        let notice: Option<Notice> = event.decode().expect("we wrote it");
        (event.version, notice.expect("its kind is known"))
    };
    (ids, Record(all.iter().map(told).collect()))
}

/// What the recorder wrote down of a stream.
///
/// # Panics
///
/// Cosmos DB does not answer.
pub async fn recorded(documents: &CosmosDocuments, stream: &StreamId) -> Record {
    let id = format!("{}:{stream}", Recorder::NAME);
    let read = documents.read::<InboxDocument<Record>>(&id).await.expect("Cosmos DB answers");
    read.map(|read| read.document.state).unwrap_or_default()
}
