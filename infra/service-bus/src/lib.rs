//! Sends and receives messages over Service Bus wherever it is: inside this process, a `service-bus-local`, or
//! Azure.
//!
//! Use it through the trait [`Bus`]: modules and samples know no other name of it but [`ServiceBus::connect`].
//!
//! # Layout
//!
//! - `bus`, `message`, `error`: the port: what can be done, with what, and what can go wrong.
//! - `settings`, `variables`, `connect`, `capabilities`: where Service Bus is, and what the place can do.
//! - `rest`: the port over `azure_messaging_servicebus`, with `retry`.
//! - `http`, `headers`: our own HTTP client under that crate, and how headers carry messages.
//! - `spec`, `administration`: entities created and looked at, where the place lets us.
//! - `dead_letters`: messages the broker set aside, sent again.
//!
//! # Why this design
//!
//! The crate is unofficial, frozen and REST only, and it has traps (README.md lists them with the tests that guard
//! each). So nothing of it is visible here, and a second adapter, over AMQP say, is another implementation of
//! [`Bus`].
//!
//! # What it does not do
//!
//! What REST cannot: sessions, deferral, dead-lettering with a reason of one's own, browsing (but for our own
//! broker), batches to receive. On Azure it creates nothing: there, Bicep does.

mod administration;
mod bus;
mod capabilities;
mod connect;
mod dead_letters;
mod error;
mod headers;
mod http;
mod message;
mod rest;
mod retry;
mod settings;
mod spec;
mod variables;

pub use administration::{Browsed, Counts};
pub use bus::{Bus, Delivery, Incoming, Source};
pub use capabilities::Capabilities;
pub use connect::ServiceBus;
pub use dead_letters::{resubmit, resubmit_where};
pub use error::{BusError, Error};
pub use message::{Message, Received, Value};
pub use rest::Lock;
pub use settings::{Key, Place, Settings, SettingsError};
pub use spec::{EntitySpec, Filter, QueueSpec, SubscriptionSpec, TopicSpec};

/// Runs the code of the README as a test.
#[cfg(all(doctest, feature = "embedded"))]
#[doc = include_str!("../README.md")]
struct Readme;
