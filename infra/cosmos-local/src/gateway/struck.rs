//! Faults that strike a request: which it can be struck by, and what then becomes of it.

use std::time::Duration;

use http::{Method, StatusCode};

use super::address::Address;
use super::answer::Answer;
use super::change_feed;
use super::dispatch::Call;
use super::failure::{Refusal, sub_status};
use crate::faults::{Effect, Faults, OperationKind};

/// What becomes of a request before it is carried out.
pub enum Fate {
    /// It is carried out.
    Served,
    /// It is carried out, and nobody hears of it.
    Unheard,
    /// It is carried out after this time.
    Delayed(Duration),
}

impl Call {
    /// Lets the fault strike that waits for such a request, if one does.
    ///
    /// # Errors
    ///
    /// The answer of the fault, for one that keeps the request from being carried out.
    pub fn meet(&self, faults: &Faults) -> Result<Fate, Refusal> {
        let Some((kind, container)) = self.kind() else {
            return Ok(Fate::Served);
        };
        let refusal = match faults.strike(kind, container) {
            None => return Ok(Fate::Served),
            Some(Effect::LoseAnswer) => return Ok(Fate::Unheard),
            Some(Effect::Wait { wait_ms }) => {
                return Ok(Fate::Delayed(Duration::from_millis(wait_ms)));
            }
            Some(Effect::Throttled { retry_after_ms }) => Refusal::throttled(retry_after_ms),
            Some(Effect::RetryWith) => {
                let status = StatusCode::from_u16(449).expect("three digits make a status");
                Refusal::new(status, "Conflicting request to resource has been attempted. Retry.")
            }
            Some(Effect::Unavailable) => {
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Service is currently unavailable.")
            }
            Some(Effect::Timeout) => {
                Refusal::new(StatusCode::REQUEST_TIMEOUT, "Request timed out.")
            }
        };
        Err(refusal)
    }

    /// What it does and in which container; nothing for the orders to this server, which no fault strikes.
    fn kind(&self) -> Option<(OperationKind, Option<&str>)> {
        use OperationKind as Kind;
        let (kind, name) = match &self.address {
            Address::Split(..) | Address::Faults => return None,
            Address::Items(name) => (self.items_kind(), name),
            Address::Item(name, _) => (self.item_kind(), name),
            Address::Procedure(name, _) if self.method == Method::POST => (Kind::Procedure, name),
            Address::Container(name)
            | Address::Ranges(name)
            | Address::Procedures(name)
            | Address::Procedure(name, _) => (Kind::Metadata, name),
            Address::Account
            | Address::Databases
            | Address::Database(_)
            | Address::Containers(_)
            | Address::Offers
            | Address::Offer(_)
            | Address::Unsupported(_) => return Some((Kind::Metadata, None)),
        };
        Some((kind, Some(&name.container)))
    }

    /// In the order in which the dispatcher looks at the headers.
    fn items_kind(&self) -> OperationKind {
        let headers = &self.headers;
        if self.method == Method::GET && change_feed::is_asked(headers) {
            OperationKind::Feed
        } else if self.is_plan() {
            // The gateway of the service answers it by itself.
            OperationKind::Metadata
        } else if self.method == Method::GET || self.is_query() {
            OperationKind::Query
        } else if headers.is_on("x-ms-cosmos-is-batch-request") {
            OperationKind::Batch
        } else if headers.is_on("x-ms-documentdb-is-upsert") {
            OperationKind::Upsert
        } else {
            OperationKind::Create
        }
    }

    fn item_kind(&self) -> OperationKind {
        match self.method {
            Method::PUT => OperationKind::Replace,
            Method::PATCH => OperationKind::Patch,
            Method::DELETE => OperationKind::Delete,
            _ => OperationKind::Read,
        }
    }
}

/// Ends the request without an answer. Its task unwinds past the server, which then has nothing to send: an
/// HTTP/1.1 connection closes, a stream of HTTP/2 is reset. No panic handler hears of it.
pub fn leave_unanswered(_: Result<Answer, Refusal>) -> ! {
    std::panic::resume_unwind(Box::new("a fault was ordered that loses this answer"))
}

impl Refusal {
    /// The throughput is used up, or a fault says so.
    pub fn throttled(retry_after_ms: u64) -> Self {
        let message = "The request rate is too large. Please retry after sometime.";
        Self {
            retry_after_ms: Some(retry_after_ms),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, message)
        }
        .with_sub_status(sub_status::THROTTLED)
    }
}
