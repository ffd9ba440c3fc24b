//! An event store: streams of events with an append that is all or nothing, and one winner per version.
//!
//! Use it to keep what happened, in order, and to find out afterwards what was true when. [`MemoryEventStore`]
//! serves tests; [`CosmosEventStore`] keeps events in Azure Cosmos DB, wherever that runs.
//!
//! # Layout
//!
//! - `stream`, `version`, `event`: the words: [`StreamId`], [`Version`], [`Expected`], [`NewEvent`].
//! - `store`, `range`: the two verbs, [`EventStore::append`] and [`EventStore::load`], and how a stream ends.
//! - `memory`: the contract in a hash map; read it first.
//! - `document`: the item an event is stored as.
//! - `cosmos_store`, `load`, `seal`: the store on Cosmos DB.
//! - `procedure` with `append_to_stream.js`, `batch`: the two ways to append.
//! - `charge`, `session`, `fit`, `exact`, `timestamp`, `name`: what an operation costs, how to read one's own writes,
//!   what fits one transaction, which numbers are kept exactly, how a time is written, how a name is made.
//!
//! # Why this design
//!
//! A stream is one logical partition, the only place where Cosmos DB can promise all or nothing. The
//! version is part of the document's id, so two writers at one version collide even where no procedure runs.
//! Event ids are a unique key, so an answer lost on the way never makes a second event.
//!
//! # What it does not do
//!
//! Nothing is written across streams, and there is no order between streams.

mod batch;
mod charge;
mod cosmos_store;
mod document;
mod event;
mod exact;
mod fit;
mod load;
mod memory;
mod name;
mod procedure;
mod range;
mod seal;
mod session;
mod store;
mod stream;
pub mod timestamp;
mod version;

pub use charge::Charge;
pub use cosmos_store::{APPEND, CosmosEventStore, Documents, EVENTS, StoreError, StoredDocument};
pub use document::{EventDocument, EventMeta, document};
pub use event::{EventId, InvalidEvent, Metadata, NewEvent, RecordedEvent};
pub use memory::MemoryEventStore;
pub use range::Range;
pub use session::SessionToken;
pub use store::{AppendError, Appended, EventStore, Sealing, Slice};
pub use stream::{InvalidStreamId, StreamId};
pub use version::{Expected, Version};
