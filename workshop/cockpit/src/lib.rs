//! The pages that every sample mounts: what happens, what is stored, and what is made of it.
//!
//! Use it to look into a running program: [`router`] nested at [`AT`], beside the sample's own pages.
//!
//! # Layout
//!
//! - [`source`]: what the cockpit needs of a sample: a store that shows its documents, a list of streams, and
//!   a [`Category`] for each kind of stream, which says in domain words what its events mean.
//! - [`ledger`]: tells what happens in this process, with the price of each append.
//! - [`site`], [`backend`]: what every page carries, and where the events are.
//! - [`parts`]: what pages are put together from; each is a value that a template shows with `{{ part }}`.
//! - [`model`]: what the parts show of projections: leases, workers, views, lag.
//! - [`as_of`], [`when`]: moments of a stream, and times for people.
//! - [`problem`], [`guard`], [`csrf`], [`form`]: failures as pages, and who may send what.
//! - `pages`, `live`, `assets`: what is mounted.
//!
//! # Why this design
//!
//! A sample brings values and two traits; no page knows a domain. Everything is drawn by the server, so that
//! it can be read without a script; the script only replaces parts of a page by those of a newer one.
//!
//! # What it does not do
//!
//! It changes nothing: every page reads. There are no users and no rights, so it is for a machine of one's own.

pub mod assets;
mod live;
mod pages;

pub mod as_of;
pub mod backend;
pub mod csrf;
pub mod form;
pub mod guard;
pub mod ledger;
pub mod model;
pub mod parts;
pub mod problem;
pub mod site;
pub mod source;
pub mod when;

use axum::Router;
use axum::routing::get;

pub use as_of::AsOf;
pub use backend::Backend;
pub use csrf::Csrf;
pub use form::{Attempt, Filled};
pub use guard::guard;
pub use ledger::Ledger;
pub use problem::Problem;
pub use site::{Frame, Site};
pub use source::{Categories, Category, Documented, StreamList, StreamRow};
pub use when::When;

/// Where samples mount the cockpit. Its pages link to each other, so it works nowhere else.
pub const AT: &str = "/cockpit";

/// What the pages show. Cheap to clone.
#[derive(Clone)]
pub struct Cockpit<S, L> {
    /// What every page carries.
    pub site: Site,
    /// The events.
    pub store: S,
    /// Which streams there are.
    pub streams: L,
    /// What happens in this process.
    pub ledger: Ledger,
    /// What the sample's events mean.
    pub categories: Categories,
}

/// The pages, to be nested at [`AT`].
pub fn router<S: Documented, L: StreamList>(cockpit: Cockpit<S, L>) -> Router {
    Router::new()
        .route("/", get(pages::overview::page::<S, L>))
        .route("/streams", get(pages::streams::page::<S, L>))
        .route("/streams/{*stream}", get(pages::stream::page::<S, L>))
        .route("/live", get(live::live::<S, L>))
        .route("/assets/{name}", get(assets::asset))
        .with_state(cockpit)
}

/// An error and its sources in one line, for a log or a terminal.
#[must_use]
pub fn reasons(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
