//! The counter in the words of eventcore.

use eventcore::{
    Command, CommandError, CommandLogic, Event, NewEvents, RetryPolicy, StreamId, collect_events,
    execute,
};
use eventcore_memory::InMemoryEventStore;
use eventcore_types::EventStore;
use serde::{Deserialize, Serialize};

use crate::peer::{Failure, Peer};

#[derive(Debug, Clone, Serialize, Deserialize)]
enum CounterEvent {
    Counted { counter: StreamId, by: u64 },
}

impl Event for CounterEvent {
    fn stream_id(&self) -> &StreamId {
        let Self::Counted { counter, .. } = self;
        counter
    }

    fn event_type_name() -> &'static str {
        "CounterEvent"
    }
}

#[derive(Command)]
struct Count {
    #[stream]
    counter: StreamId,
    by: u64,
}

impl CommandLogic for Count {
    type Event = CounterEvent;
    type State = u64;

    fn apply(&self, count: u64, event: &CounterEvent) -> u64 {
        let CounterEvent::Counted { by, .. } = event;
        count + by
    }

    fn handle(&self, _count: u64) -> Result<NewEvents<CounterEvent>, CommandError> {
        let (counter, by) = (self.counter.clone(), self.by);
        Ok(vec![CounterEvent::Counted { counter, by }].into())
    }
}

#[derive(Default)]
pub struct Eventcore {
    store: InMemoryEventStore,
}

impl Peer for Eventcore {
    async fn count(&mut self, stream: &str, _number: u64) -> Result<(), Failure> {
        let command = Count { counter: StreamId::try_new(stream)?, by: 1 };
        execute(&self.store, command, RetryPolicy::new()).await?;
        Ok(())
    }

    async fn total(&mut self, stream: &str) -> Result<u64, Failure> {
        let counted = self.store.read_stream::<CounterEvent>(StreamId::try_new(stream)?).await?;
        let events = collect_events(counted).await?;
        Ok(events.iter().map(|CounterEvent::Counted { by, .. }| by).sum())
    }
}
