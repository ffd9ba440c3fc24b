//! Daybook: event sourcing on Azure Cosmos DB, the library that the workshop's modules build.
//!
//! Samples and adopters depend on this crate and on nothing else of the workshop.
//!
//! # Layout
//!
//! - [`cosmos`]: connect to Cosmos DB wherever it is.
//! - [`service_bus`]: send and receive messages wherever Service Bus is.
//! - [`start`]: module 00, a first event.
//! - [`event_store`]: module 01, streams and their events.
//! - [`aggregates`]: module 02, rules and the repository that carries out commands.
//! - [`projections`]: module 03, views that are folded from the change feed.
//! - [`integration_events`]: module 04, what others are told, over Service Bus.
//! - [`snapshots`]: module 05, states that are kept, and streams that are closed.
//! - [`gdpr`]: module 06, personal data that can be forgotten.

pub use aggregates;
pub use cosmos;
pub use event_store;
pub use gdpr;
pub use integration_events;
pub use projections;
pub use service_bus;
pub use snapshots;
pub use start;
