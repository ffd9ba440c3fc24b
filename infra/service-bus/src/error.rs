//! Everything that can go wrong between the kit and a Service Bus.

use std::time::Duration;

use crate::SettingsError;

/// Why Service Bus could not be reached or made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// This program was built without the embedded Service Bus.
    #[error(
        "this program was built without an embedded Service Bus; build it with the feature \
         `embedded`, or set SERVICEBUS_NAMESPACE or SERVICEBUS_LOCAL_URL"
    )]
    NotEmbedded,
    /// The embedded Service Bus could not be started; its message says what to do.
    #[error(transparent)]
    Embedded(Box<dyn std::error::Error + Send + Sync>),
    /// Nothing answers at the endpoint.
    #[error(
        "no answer from {endpoint}; check that service-bus-local runs there, and that SERVICEBUS_LOCAL_URL is right"
    )]
    Unreachable {
        /// The endpoint tried.
        endpoint: String,
        /// What the network said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something answers that is not `service-bus-local`.
    #[error(
        "{endpoint} answers with status {status}, but not as service-bus-local; check SERVICEBUS_LOCAL_URL"
    )]
    NotServiceBus {
        /// The endpoint.
        endpoint: String,
        /// The HTTP status.
        status: u16,
    },
    /// No Entra ID token could be had.
    #[error(
        "no Entra ID token; sign in with `az login` (on Azure: give the service a managed identity), \
         or set SERVICEBUS_KEY"
    )]
    Credential(#[source] azure_core::Error),
    /// The place cannot do this; its capabilities say so beforehand.
    #[error("{action} is not possible here; it takes a service-bus-local on this machine")]
    NotHere {
        /// What was asked for.
        action: &'static str,
    },
    /// The broker refused it, with its reason.
    #[error("cannot {action}: {reason}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// The broker's words.
        reason: String,
    },
}

/// Why a message was not sent, received or settled. Variants are what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BusError {
    /// The message can never be sent as it is: park it, with the reason.
    #[error("the message cannot be sent: {reason}")]
    Rejected {
        /// What is wrong with it.
        reason: String,
    },
    /// The broker does not accept us: check the key or the role of the identity, and the clock.
    #[error("not authorized: {reason}")]
    Unauthorized {
        /// The broker's words.
        reason: String,
    },
    /// The lock has ended or the message was settled: expect it again, and do nothing.
    #[error("the lock has ended")]
    LockLost,
    /// There is no such queue, topic or subscription: provision it.
    #[error("{entity} does not exist; provision it first")]
    NoSuchEntity {
        /// The entity asked for.
        entity: String,
    },
    /// The broker wants us to slow down, or is full: wait.
    #[error("throttled; try again in {retry_after:?}")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The outcome is unknown or the broker is not well: try again later. Sending again is safe, since the id of a
    /// message is its own.
    #[error("the broker could not be asked")]
    Transient(#[source] Box<dyn std::error::Error + Send + Sync>),
}
