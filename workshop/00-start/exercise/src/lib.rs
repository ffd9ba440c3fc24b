//! A first event: one document, created once and read back.
//!
//! Use it to see Cosmos DB keep an event, before there is an event store. From module 01 on, the event store
//! does this for whole streams.
//!
//! # Layout
//!
//! - `document`: the container, the document of an event, and the event that is stored here.
//! - `first_event`: creates a document and reads it back; a second one under the same id is refused.
//!
//! # Why this design
//!
//! The document and the container are those of the event store, so whatever reads events can read this one.
//!
//! # What it does not do
//!
//! It stores one event at a time, and it finds out nothing about the events that are there.

mod document;
mod first_event;

pub use document::{EVENTS, EventDocument, EventMeta, meters_delivered};
pub use first_event::{StoreError, Stored, store};
