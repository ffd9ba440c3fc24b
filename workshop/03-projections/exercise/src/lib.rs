//! Projections: views that are folded from the change feed, each event in each view exactly once.
//!
//! Use it to answer questions that one stream cannot: write what an event changes in a view, and leave the feed,
//! the workers and their crashes to a [`Processor`].
//!
//! # Layout
//!
//! - `projection`: the words: [`Projection`], [`ViewKey`]. Read it first.
//! - `page`, `view`, `folder`: a page of events, folded into documents that know which pages are in them.
//! - `worker` with `lease`: the loop on one range of the feed: read, pin, handle, go on.
//! - `processor` with `balance`, `signals`: workers that share the ranges, in this process and elsewhere.
//! - `projector` with `generations`: runs projections, builds them anew beside the old views, and switches.
//! - `views`, `question`: reads views; waits for one's own append; filters, sorts and pages.
//! - `lag`, `overview`: how far behind a lease is; how a projection stands. `retry`: a view that was given up,
//!   built again.
//! - `live`: a projection in memory, with a snapshot of its own.
//! - `streams`: the list of streams, built in. `commutes`: a test for views of several streams.
//! - `handler`: what is done with a page, if it is something else than folding.
//! - `feed`, `documents`: what is asked of the place where all this is kept.
//! - `cosmos_feed`, `cosmos_documents`, `sdk`: Cosmos DB as that place.
//! - `memory_feed`, `memory_documents`: a place in memory, for tests.
//!
//! # Why this design
//!
//! The change feed delivers at least once, in pages that may be cut elsewhere the next time. So a page is
//! written into the lease, under a number, before anything is done with it: from then on an event belongs to
//! one number, whoever reads it however often. A view keeps, per lease, the last number that is in it. That is the
//! whole checkpoint; it needs no positions of Cosmos DB's, and so it survives partition splits and works for views over
//! many streams.
//!
//! # What it does not do
//!
//! Views are behind the events, a little. There is no order between streams, and nothing reads a clock to decide.

mod balance;
mod commutes;
mod cosmos_documents;
mod cosmos_feed;
mod documents;
mod error;
mod feed;
mod folder;
mod generations;
mod handler;
mod lag;
mod lease;
mod live;
mod memory_documents;
mod memory_feed;
mod overview;
mod page;
mod processor;
mod projection;
mod projector;
mod question;
mod retry;
mod sdk;
mod signals;
mod streams;
mod view;
mod views;
mod worker;

pub use balance::{Holding, choose};
pub use commutes::commutes;
pub use cosmos_documents::{CosmosDocuments, LEASES, VIEWS};
pub use cosmos_feed::{CosmosFeed, CosmosReader};
pub use documents::{Documents, Etag, Stored};
pub use error::{Error, Source};
pub use feed::{Continuation, Feed, FeedPage, From, HashRange, PAGE, Reached, Reader, Start};
pub use folder::Folder;
pub use generations::{Generation, Generations, rebuild, start_over};
pub use handler::Handler;
pub use lag::{Lag, lag};
pub use lease::{Cut, Lease};
pub use live::Live;
pub use memory_documents::MemoryDocuments;
pub use memory_feed::{MemoryFeed, MemoryReader};
pub use overview::{Overview, Standing, overview};
pub use page::{Page, Pinned, pinned};
pub use processor::{Begin, Options, Processor};
pub use projection::{Projection, ViewKey};
pub use projector::Projector;
pub use question::{Answer, Comparison, Found, Order, Question, ask};
pub use retry::{Retried, retry};
pub use signals::{Signals, Stop, Wake, Waking};
pub use streams::{StreamSummary, Streams};
pub use view::{Parked, ViewDocument, view_id};
pub use views::Views;
pub use worker::{Sources, Terms, Turn, Worker, pinned_page};
