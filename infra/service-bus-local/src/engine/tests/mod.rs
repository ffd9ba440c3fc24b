//! The engine's promises, tested through its front door.

mod delivery;
mod duplicates;
mod durability;
mod growth;
mod model;
mod schedule;
mod topics;
mod waiting;

use std::time::Duration;

use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

use super::{Claim, Delivery, Engine, Failure, Mode, Settlement, Shown, Source, Storage};
use crate::clock::{Clock, Millis};
use crate::message::{Message, Properties, Scalar};

const SECOND: Millis = 1_000;
const MINUTE: Millis = 60 * SECOND;

/// A broker whose clock stands still until a test moves it.
struct Bus {
    engine: Engine,
}

impl Bus {
    async fn with(entities: Value) -> Self {
        Self::open(Storage::Memory, entities).await
    }

    async fn open(storage: Storage, entities: Value) -> Self {
        let clock = Clock::stopped(datetime!(2026-03-01 12:00 UTC));
        let engine = Engine::open(storage, clock).unwrap();
        engine.define(serde_json::from_value(entities).unwrap()).await.unwrap();
        Self { engine }
    }

    /// One queue called `q`.
    async fn queue(properties: Value) -> Self {
        Self::with(json!({"Queues": [{"Name": "q", "Properties": properties}]})).await
    }

    async fn send(&self, id: &str) {
        self.engine.send("q", vec![message(id)]).await.unwrap();
    }

    async fn lock(&self, source: &str) -> Option<Delivery> {
        self.engine.receive(&from(source), Mode::PeekLock, Duration::ZERO).await.unwrap()
    }

    async fn delete(&self, source: &str) -> Option<String> {
        let mode = Mode::ReceiveAndDelete;
        let found = self.engine.receive(&from(source), mode, Duration::ZERO).await.unwrap();
        found.map(|delivery| delivery.message.properties.message_id)
    }

    /// The ids of all that can be received, which then is gone.
    async fn drain(&self, source: &str) -> Vec<String> {
        let mut ids = Vec::new();
        while let Some(id) = self.delete(source).await {
            ids.push(id);
        }
        ids
    }

    async fn settle(
        &self,
        source: &str,
        delivery: &Delivery,
        settlement: Settlement,
    ) -> Result<(), Failure> {
        let token = delivery.lock.expect("it is locked").token;
        let message = delivery.sequence.to_string();
        let claim = Claim { source: from(source), message, token };
        self.engine.settle(claim, settlement).await
    }

    async fn advance(&self, by: Millis) {
        self.engine.advance(by).await.unwrap();
    }

    fn now(&self) -> Millis {
        self.engine.clock().millis()
    }

    fn browse(&self, source: &str) -> Vec<Shown> {
        self.engine.messages(&from(source), 0, 1_000).unwrap()
    }

    /// Active, locked, scheduled and dead-lettered messages of an entity.
    fn counts(&self, path: &str) -> [u64; 4] {
        let entities = self.engine.entities().unwrap();
        let found = entities.into_iter().find(|counted| counted.path == path).unwrap();
        let it = found.counts;
        [it.active, it.locked, it.scheduled, it.dead_lettered]
    }
}

/// `q`, or its dead letters as `q/$`.
fn from(source: &str) -> Source {
    let path = source.trim_end_matches("/$");
    Source { path: path.to_owned(), dead_letters: path != source }
}

fn message(id: &str) -> Message {
    let properties = Properties { message_id: id.to_owned(), ..Properties::default() };
    Message { properties, body: format!("body of {id}").into() }
}

fn changed(id: &str, change: impl FnOnce(&mut Properties)) -> Message {
    let mut message = message(id);
    change(&mut message.properties);
    message
}

fn id(delivery: &Delivery) -> &str {
    &delivery.message.properties.message_id
}
