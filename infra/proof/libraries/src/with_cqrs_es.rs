//! The counter in the words of cqrs-es.

use std::convert::Infallible;

use cqrs_es::event_sink::EventSink;
use cqrs_es::mem_store::MemStore;
use cqrs_es::{Aggregate, AggregateContext, CqrsFramework, DomainEvent, EventStore};
use serde::{Deserialize, Serialize};

use crate::peer::{Failure, Peer};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Counter {
    count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Event {
    Counted { by: u64 },
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        "Counted".to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

impl Aggregate for Counter {
    const TYPE: &'static str = "counter";
    type Command = u64;
    type Event = Event;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        by: u64,
        _services: &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Infallible> {
        sink.write(Event::Counted { by }, self).await;
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        let Event::Counted { by } = event;
        self.count += by;
    }
}

pub struct CqrsEs {
    store: MemStore<Counter>,
    framework: CqrsFramework<Counter, MemStore<Counter>>,
}

impl Default for CqrsEs {
    fn default() -> Self {
        let store = MemStore::default();
        Self { framework: CqrsFramework::new(store.clone(), Vec::new(), ()), store }
    }
}

impl Peer for CqrsEs {
    async fn count(&mut self, stream: &str, _number: u64) -> Result<(), Failure> {
        Ok(self.framework.execute(stream, 1).await?)
    }

    async fn total(&mut self, stream: &str) -> Result<u64, Failure> {
        let mut context = self.store.load_aggregate(stream).await?;
        Ok(context.aggregate().count)
    }
}
