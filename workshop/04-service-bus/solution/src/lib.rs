//! Integration events: what other systems are told of our streams, each event once and in stream order.
//!
//! Use it to let others react to what happened without showing them what is private, and without a second list of
//! what has yet to be sent: the change feed is that list.
//!
//! # Layout
//!
//! - `mapping`, [`meters`]: from a domain event to what others may know of it. Read these first.
//! - `integration_event`: the message that carries it.
//! - `publications`: a stream as others see it, also the part of it that a consumer missed.
//! - `publisher`: sends the pages of the feed to a topic.
//! - `inbox`, with `ordered` and `filtered`: what a consumer has handled, written with its effect.
//! - `ended`: what is left of a stream that was deleted.
//! - `consumer`: receives, hands to the inbox, settles.
//! - `parked`, `cosmos_parking`: messages that nobody can send or take, with the reason.
//!
//! # Why this design
//!
//! What is stored and what is sent cannot differ: a message is made from the stored event alone, so it is the
//! same however often it is sent. The bus delivers at least once and in any order, so a message says which one came before it
//! in its stream, and a consumer reads what it has not been sent.
//!
//! # What it does not do
//!
//! There is no order between streams. An effect outside the consumer's own document, such as a mail, can happen
//! twice: pass the message's id on to whoever carries it out.

mod consumer;
mod cosmos_parking;
mod ended;
mod error;
mod filtered;
mod inbox;
mod integration_event;
mod mapping;
pub mod meters;
mod ordered;
mod parked;
mod publications;
mod publisher;

pub use consumer::{Consumer, Patience, Turn};
pub use cosmos_parking::{CosmosParking, PARKED};
pub use ended::Ended;
pub use error::Error;
pub use filtered::{Filtered, SEEN, SeenDocument};
pub use inbox::{Accepted, Inbox, Subscriber, Told};
pub use integration_event::IntegrationEvent;
pub use mapping::{Mapping, Properties};
pub use ordered::{InboxDocument, Ordered};
pub use parked::{MemoryParking, Parked, Parking};
pub use publications::{Archive, Publications};
pub use publisher::Publisher;
