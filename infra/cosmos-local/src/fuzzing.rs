//! The doors that fuzz targets come in by, where no socket slows them down. For nobody else.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use serde_json::Value;

use crate::clock::Clock;
use crate::engine::{Engine, OpenError, Storage};
use crate::faults::Faults;
use crate::gateway::{self, AccountKey, Gateway};
use crate::query::{Plan, Request as Query, Row, SqlError, distribute};
use crate::server::EMULATOR_KEY;

/// Plans a query, for one range and for clients that run it over many, and runs it over a document.
#[must_use]
pub fn sql(text: &str, document: &Value) -> Option<Vec<Value>> {
    let request = Query { text: text.to_owned(), ..Query::default() };
    let _ = distribute(&request);
    let plan = Plan::new(&request, &[vec!["n".to_owned()]]).ok()?;
    let rows = (0..3_u8)
        .map(|place| Ok::<_, SqlError>(Row { document: document.clone(), place: vec![place] }));
    plan.run(rows).ok().map(|page| page.results)
}

/// Reads a request's body as the gateway does, text or binary.
#[must_use]
pub fn body(bytes: &[u8]) -> Option<Value> {
    gateway::body_of(bytes)
}

/// The gateway over an empty storage in memory.
pub struct Door(Arc<Gateway>);

impl Door {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// The storage in memory cannot be made.
    pub fn open() -> Result<Self, OpenError> {
        let engine = Engine::open(Storage::Memory, 2, Clock::system())?;
        let key = AccountKey::parse(EMULATOR_KEY).expect("the published key is base64");
        Ok(Self(Arc::new(Gateway { engine, key, faults: Faults::default(), throttle: None })))
    }

    /// Answers a request.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        gateway::answer(State(Arc::downgrade(&self.0)), request).await
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door").finish_non_exhaustive()
    }
}
