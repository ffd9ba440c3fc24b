//! What a command costs, by how its state is had and how its events are appended: `just charges`.

pub mod model;
mod row;
mod saved;
mod table;

use std::sync::Arc;
use std::time::Instant;

use aggregates::{Folded, Repository, States};
use azure_data_cosmos::clients::ContainerClient;
use event_store::{CosmosEventStore, EVENTS, EventStore, Range, StreamId, Version, document};
use projections::CosmosDocuments;
use serde_json::Value;

pub use row::{Row, Strategy, Way};
pub use saved::{Saved, save, saved};
pub use table::table;

use crate::account::{Account, Command};
use crate::counted::Counted;
use crate::place::Place;
use crate::words::{deposits, fill, sent};
use crate::{Cached, Policy, SNAPSHOTS, Snapshots, Taker};

type Store = Counted<CosmosEventStore>;

/// A run of all strategies.
pub struct Charges<'a> {
    place: &'a Place,
    /// Part of all names, so that one run does not meet another.
    run: &'a str,
}

impl<'a> Charges<'a> {
    /// A run with a name that was not used there before.
    #[must_use]
    pub fn new(place: &'a Place, run: &'a str) -> Self {
        Self { place, run }
    }

    /// Fills a stream with so many events.
    ///
    /// # Panics
    ///
    /// Cosmos DB fails.
    pub async fn fill(&self, length: usize) {
        fill(&*self.place.batch, &stream(&self.id(length)), length).await;
    }

    /// Carries out commands by each strategy on the stream of that many events; each makes it a little longer.
    ///
    /// # Panics
    ///
    /// Cosmos DB fails.
    pub async fn of(&self, length: usize) -> Vec<Row> {
        let id = self.id(length);
        let mut rows = Vec::new();
        for events in [1, 10] {
            rows.push(self.floor(length, events).await);
            for way in [Way::Procedure, Way::Batch] {
                let store = match way {
                    Way::Procedure => Arc::clone(&self.place.store),
                    Way::Batch => Arc::clone(&self.place.batch),
                };
                let measured = Measured {
                    place: self.place,
                    store: Arc::new(Counted::new(store)),
                    id: &id,
                    row: Row { length, events, way: Some(way), ..Row::default() },
                };
                rows.push(measured.replay_all().await);
                rows.push(measured.snapshot_and_tail().await);
                rows.push(measured.cached().await);
            }
        }
        rows
    }

    fn id(&self, length: usize) -> String {
        format!("{}-{length}", self.run)
    }

    /// The same documents, created one by one: nothing that stores them can cost less.
    async fn floor(&self, length: usize, events: usize) -> Row {
        let stream = stream(&format!("{}-floor-{length}-{events}", self.run));
        let events_container = self.container(EVENTS.name).await;
        let mut row = Row { length, events, ..Row::default() };
        let begun = Instant::now();
        for (event, version) in deposits("floor", events).iter().zip(1..) {
            let item = document(&stream, Version(version), event);
            let id = item.id.clone();
            // Alone, an item is sent in a binary form, which has no raw text.
            let item = serde_json::to_value(item).expect("an event is JSON");
            let sent = events_container.create_item(stream.to_string(), &id, &item, None).await;
            row.measured += charge(sent.expect("the stream is new").headers());
            row.trips += 1;
            row.creates += 1;
        }
        Row { model: model::create() * model::count(events), milliseconds: since(begun), ..row }
    }

    async fn container(&self, name: &str) -> ContainerClient {
        self.place.cosmos.container(name).await.expect("it is provisioned")
    }
}

/// One way of appending that many events to one stream.
struct Measured<'a> {
    place: &'a Place,
    store: Arc<Store>,
    id: &'a str,
    row: Row,
}

impl Measured<'_> {
    async fn replay_all(&self) -> Row {
        let states = Folded::new(Arc::clone(&self.store));
        self.execute(Strategy::Replay, states).await
    }

    async fn snapshot_and_tail(&self) -> Row {
        let row = self.execute(Strategy::Snapshot, self.snapshots().await).await;
        // The documents do not tell what a read costs: so it is read once more.
        let (model, measured) = self.read_the_snapshot().await;
        Row { point_reads: 1, model: row.model + model, measured: row.measured + measured, ..row }
    }

    async fn cached(&self) -> Row {
        let states = Cached::new(self.snapshots().await, 10);
        let warm =
            Repository::<_, Account, _>::with_states(Arc::clone(&self.store), states.clone());
        let (id, context) = (self.id.to_owned(), sent("warm"));
        let refused = warm.execute(&id, Command::Withdraw(u64::MAX), &context).await;
        assert!(refused.is_err(), "nobody has that much, and now the state is in memory");
        self.execute(Strategy::Cached, states).await
    }

    /// States by the snapshot that is due, which is taken if it is not there.
    async fn snapshots(&self) -> Snapshots<Store, CosmosDocuments, Account> {
        let (store, documents) = (Arc::clone(&self.place.store), self.place.snapshots.clone());
        let end = store.load(&stream(self.id), Range::all().backward().limit(1)).await;
        let end = end.expect("the stream can be read").version;
        let taker = Taker::<_, _, Account>::new(store, documents.clone(), Policy::default());
        taker.take(&stream(self.id), end).await.expect("the snapshot can be written");
        Snapshots::new(Arc::clone(&self.store), documents)
    }

    async fn execute<T>(&self, strategy: Strategy, states: T) -> Row
    where
        T: States<Account, Error = event_store::StoreError>,
    {
        let row = Row { strategy, ..self.row };
        let accounts = Repository::with_states(Arc::clone(&self.store), states);
        let command = Command::Deposit(vec![1; row.events]);
        let context = sent(&format!("{strategy:?} {:?} {}", row.way, row.events));
        let _ = self.store.take();
        let begun = Instant::now();
        let done = accounts.execute(&self.id.to_owned(), command, &context).await;
        let done = done.expect("there is no rule against it");
        let milliseconds = since(begun);
        let asked = self.store.take();
        let pages = done.trips - 1 - u32::from(strategy == Strategy::Snapshot);
        let bytes = model::BYTES_OF_AN_EVENT * asked.events;
        let read = if asked.loads == 0 { 0.0 } else { model::query(pages, asked.events, bytes) };
        let append = match row.way {
            Some(Way::Batch) => model::batch(row.events),
            _ => model::procedure(row.events),
        };
        Row {
            trips: done.trips,
            pages,
            events_read: asked.events,
            model: read + append,
            measured: done.charge.0,
            milliseconds,
            ..row
        }
    }

    /// What a point read of the snapshot costs, by the model and in fact.
    async fn read_the_snapshot(&self) -> (f64, f64) {
        let container = self.place.cosmos.container(SNAPSHOTS.name).await.expect("provisioned");
        let id = stream(self.id).to_string();
        match container.read_item(id.clone(), &id, None).await {
            Ok(read) => {
                let measured = charge(read.headers());
                let snapshot: Value = read.into_model().expect("it is JSON");
                (model::read(snapshot.to_string().len()), measured)
            }
            Err(error) if error.status().is_not_found() => (model::FLAT, model::FLAT),
            Err(error) => panic!("the snapshot cannot be read: {error}"),
        }
    }
}

fn stream(id: &str) -> StreamId {
    StreamId::new("account", id).expect("a plain id")
}

fn charge(headers: &azure_data_cosmos::models::ResponseHeaders) -> f64 {
    headers.request_charge().map_or(0.0, |charge| charge.value())
}

fn since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}
