//! The counter in the words of eventually.

use std::convert::Infallible;

use eventually::inmemory::EventStoreBuilder;
use eventually::{Aggregate, AggregateRootBuilder, Repository};
use futures::future::BoxFuture;

use crate::peer::{Failure, Peer};

#[derive(Debug, Clone, Copy)]
struct Counter;

#[derive(Debug, Clone)]
enum Event {
    Counted { by: u64 },
}

impl Aggregate for Counter {
    type Id = String;
    type State = u64;
    type Event = Event;
    type Command = u64;
    type Error = Infallible;

    fn apply(count: u64, event: Event) -> Result<u64, Infallible> {
        let Event::Counted { by } = event;
        Ok(count + by)
    }

    fn handle<'a, 's: 'a>(
        &'a self,
        _id: &'s String,
        _count: &'s u64,
        by: u64,
    ) -> BoxFuture<'a, Result<Option<Vec<Event>>, Infallible>> {
        Box::pin(async move { Ok(Some(vec![Event::Counted { by }])) })
    }
}

pub struct Eventually {
    repository: Repository<Counter, eventually::inmemory::EventStore<String, Event>>,
}

impl Default for Eventually {
    fn default() -> Self {
        let store = EventStoreBuilder::for_aggregate(&Counter);
        Self { repository: Repository::new(AggregateRootBuilder::from(Counter), store) }
    }
}

impl Peer for Eventually {
    async fn count(&mut self, stream: &str, _number: u64) -> Result<(), Failure> {
        let mut counter = self.repository.get(stream.to_owned()).await?;
        counter.handle(1).await?;
        self.repository.add(counter).await?;
        Ok(())
    }

    async fn total(&mut self, stream: &str) -> Result<u64, Failure> {
        Ok(*self.repository.get(stream.to_owned()).await?.state())
    }
}
