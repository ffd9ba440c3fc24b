//! Messages that were given up, with the reason.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use event_store::{StreamId, Version};
use projections::Error;
use serde::{Deserialize, Serialize};
use service_bus::Received;

use crate::IntegrationEvent;
use crate::integration_event::digest;

/// A message that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// Made of the message's id, so that it is parked once however often it comes.
    pub id: String,
    /// Who gave it up: a publisher or a consumer.
    pub processor: String,
    /// The message's id.
    pub message_id: String,
    /// The event's stream, if that is known.
    pub stream: Option<StreamId>,
    /// The event's place in it, if that is known.
    pub version: Option<Version>,
    /// The kind of message.
    pub label: Option<String>,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
    /// Why.
    pub reason: String,
    /// What was received. What was not sent is in its stream.
    pub body: Option<String>,
}

impl Parked {
    /// An event that no broker would take.
    pub(crate) fn unsent(processor: &str, event: &IntegrationEvent, reason: &str) -> Self {
        Self {
            id: digest(&event.id),
            processor: processor.to_owned(),
            message_id: event.id.clone(),
            stream: Some(event.stream.clone()),
            version: Some(event.version),
            label: Some(event.kind.clone()),
            correlation_id: event.correlation_id.clone(),
            reason: reason.to_owned(),
            body: None,
        }
    }

    /// A message that this consumer can never take.
    pub(crate) fn untaken(processor: &str, message: &Received, reason: String) -> Self {
        let event = IntegrationEvent::read(message).ok();
        Self {
            id: digest(&message.id),
            processor: processor.to_owned(),
            message_id: message.id.clone(),
            stream: event.as_ref().map(|event| event.stream.clone()),
            version: event.map(|event| event.version),
            label: message.label.clone(),
            correlation_id: message.correlation_id.clone(),
            reason,
            body: Some(message.body.clone()),
        }
    }
}

/// Keeps parked messages, by who parked them.
pub trait Parking: Clone + Send + Sync + 'static {
    /// Parks a message; one that is parked already takes the new reason.
    fn park(&self, parked: &Parked) -> impl Future<Output = Result<(), Error>> + Send;

    /// What this publisher or consumer parked.
    fn parked(&self, processor: &str) -> impl Future<Output = Result<Vec<Parked>, Error>> + Send;

    /// Removes one that was dealt with.
    fn release(&self, parked: &Parked) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Parked messages in memory, for tests. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryParking(Arc<Mutex<BTreeMap<(String, String), Parked>>>);

fn key(parked: &Parked) -> (String, String) {
    (parked.processor.clone(), parked.id.clone())
}

impl Parking for MemoryParking {
    async fn park(&self, parked: &Parked) -> Result<(), Error> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(key(parked), parked.clone());
        Ok(())
    }

    async fn parked(&self, processor: &str) -> Result<Vec<Parked>, Error> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(held.values().filter(|parked| parked.processor == processor).cloned().collect())
    }

    async fn release(&self, parked: &Parked) -> Result<(), Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(parked));
        Ok(())
    }
}
