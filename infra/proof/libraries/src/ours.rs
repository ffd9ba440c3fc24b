//! The counter in our words: a repository with states in memory.

use std::convert::Infallible;
use std::sync::Arc;

use aggregates::{Aggregate, Context, Folded, Loaded, Repository, States};
use event_store::{MemoryEventStore, StreamId};
use serde::{Deserialize, Serialize};
use snapshots::Cached;
use time::OffsetDateTime;

use crate::peer::{Failure, Peer};

#[derive(Debug, Clone, Default)]
struct Counter {
    count: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event {
    Counted { by: u64 },
}

impl Aggregate for Counter {
    const CATEGORY: &'static str = "counter";
    type Id = String;
    type Command = u64;
    type Event = Event;
    type Error = Infallible;

    fn decide(&self, by: u64) -> Result<Vec<Event>, Infallible> {
        Ok(vec![Event::Counted { by }])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Counted { by } = event;
        self.count += by;
    }
}

pub struct Ours {
    store: Arc<MemoryEventStore>,
    repository: Repository<MemoryEventStore, Counter, Cached<Folded<MemoryEventStore>, Counter>>,
}

impl Default for Ours {
    fn default() -> Self {
        let store = Arc::new(MemoryEventStore::default());
        let states = Cached::new(Folded::new(Arc::clone(&store)), 1_000);
        let repository = Repository::with_states(Arc::clone(&store), states);
        Self { store, repository }
    }
}

impl Peer for Ours {
    async fn count(&mut self, stream: &str, number: u64) -> Result<(), Failure> {
        let context = Context::new(format!("command-{number}"), OffsetDateTime::now_utc());
        self.repository.execute(&stream.to_owned(), 1, &context).await?;
        Ok(())
    }

    async fn total(&mut self, stream: &str) -> Result<u64, Failure> {
        let stream = StreamId::new(Counter::CATEGORY, stream)?;
        let folded: Loaded<Counter> = Folded::new(Arc::clone(&self.store)).load(&stream).await?;
        Ok(folded.state.aggregate.count)
    }
}
