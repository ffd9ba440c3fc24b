//! What our own broker can do beyond the service's REST: create entities, count and show messages, move its clock.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use url::Url;

use crate::{EntitySpec, Error, ServiceBus, Source, Value, spec};

const TIMEOUT: Duration = Duration::from_secs(30);

/// A client of the broker's own routes.
#[derive(Debug)]
pub(crate) struct Administration {
    http: reqwest::Client,
    url: Url,
}

/// What the broker says of itself.
#[derive(Deserialize)]
pub(crate) struct Health {
    service: String,
    /// What clients sign for.
    pub(crate) namespace: String,
    /// Whether we may administer: only programs on its own machine may.
    pub(crate) administration: bool,
}

/// How many messages an entity has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Counts {
    /// Such as `events/subscriptions/billing`.
    pub path: String,
    /// `queue`, `topic` or `subscription`.
    pub kind: String,
    /// To be received.
    pub active: u64,
    /// Held by receivers.
    pub locked: u64,
    /// Hidden until their time.
    pub scheduled: u64,
    /// Set aside by the broker.
    pub dead_lettered: u64,
}

/// A message looked at without receiving it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Browsed {
    /// Its place in the queue or subscription.
    pub sequence_number: u64,
    /// `active`, `locked` or `scheduled`.
    pub state: String,
    /// When the lock ends, or the schedule; RFC 3339.
    pub until: Option<String>,
    /// How often it was delivered.
    pub delivery_count: u32,
    /// When the broker took it; RFC 3339.
    pub enqueued_at: String,
    /// The sender's id.
    pub message_id: String,
    /// What belongs together.
    pub session_id: Option<String>,
    /// The kind of message.
    pub label: Option<String>,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
    /// Of the body.
    pub content_type: Option<String>,
    /// The sender's properties, and among dead letters `DeadLetterReason` and `DeadLetterErrorDescription`.
    pub properties: BTreeMap<String, Value>,
    /// The content.
    pub body: String,
}

impl ServiceBus {
    /// Creates the entities, or changes them to be as described; others stay, and so do messages. Safe to repeat.
    /// Where that is not possible it does nothing; on Azure, Bicep creates them. What is missing shows as
    /// [`NoSuchEntity`](crate::BusError::NoSuchEntity).
    ///
    /// # Errors
    ///
    /// The broker refuses a description, or cannot be reached.
    pub async fn provision(&self, specs: &[EntitySpec]) -> Result<(), Error> {
        let Some(administration) = self.administration() else {
            return Ok(());
        };
        let body = spec::entities(specs);
        let action = "create the entities";
        let _nothing: Json =
            administration.ask(action, Method::PUT, "entities", Some(body)).await?;
        Ok(())
    }

    /// All queues, topics and subscriptions with the number of their messages.
    ///
    /// # Errors
    ///
    /// The place cannot browse, or the broker cannot be reached.
    pub async fn entities(&self) -> Result<Vec<Counts>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            entities: Vec<Counts>,
        }
        let administration = self.administering("counting messages")?;
        let asked = administration.ask("count messages", Method::GET, "entities", None);
        asked.await.map(|answer: Answer| answer.entities)
    }

    /// At most `limit` messages after a sequence number, in their order, whoever holds them.
    ///
    /// # Errors
    ///
    /// The place cannot browse, there is no such entity, or the broker cannot be reached.
    pub async fn browse(
        &self,
        source: &Source,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Browsed>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            messages: Vec<Browsed>,
        }
        let administration = self.administering("looking at messages")?;
        let path = format!("entities/{source}/messages?after={after}&limit={limit}");
        let asked = administration.ask("look at messages", Method::GET, &path, None);
        asked.await.map(|answer: Answer| answer.messages)
    }

    /// Moves the broker's clock ahead by whole seconds; returns when all that has become due is done.
    ///
    /// # Errors
    ///
    /// The place's clock is everybody's, or the broker cannot be reached.
    pub async fn advance(&self, by: Duration) -> Result<(), Error> {
        let administration = self.administering("moving the clock")?;
        let body = json!({ "advance": spec::duration(by) });
        let action = "move the clock";
        let _now: Json = administration.ask(action, Method::POST, "clock", Some(body)).await?;
        Ok(())
    }

    fn administering(&self, action: &'static str) -> Result<&Administration, Error> {
        self.administration().ok_or(Error::NotHere { action })
    }
}

impl Administration {
    pub(crate) fn new(url: Url) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().http1_only().build()?;
        Ok(Self { http, url })
    }

    /// Asks the broker who it is.
    pub(crate) async fn health(&self) -> Result<Health, Error> {
        let endpoint = self.url.to_string();
        let asked = self.http.get(format!("{endpoint}_admin/health")).send().await;
        let answer = asked.map_err(|source| self.unreachable(source))?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|source| self.unreachable(source))?;
        match serde_json::from_slice::<Health>(&body) {
            Ok(health) if health.service == "service-bus-local" => Ok(health),
            _ => Err(Error::NotServiceBus { endpoint, status }),
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        action: &'static str,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> Result<T, Error> {
        let mut request = self.http.request(method, format!("{}_admin/{path}", self.url));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request.send().await.map_err(|source| self.unreachable(source))?;
        let (status, body) = (answer.status(), answer.bytes().await);
        let body = body.map_err(|source| self.unreachable(source))?;
        if !status.is_success() {
            let reason = crate::http::detail(&String::from_utf8_lossy(&body));
            return Err(Error::Refused { action, reason });
        }
        serde_json::from_slice(&body)
            .map_err(|error| Error::Refused { action, reason: error.to_string() })
    }

    fn unreachable(&self, source: reqwest::Error) -> Error {
        Error::Unreachable { endpoint: self.url.to_string(), source: source.into() }
    }
}
