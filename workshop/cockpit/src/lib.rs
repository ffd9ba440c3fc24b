//! The pages that every sample mounts: what happens, what is stored, and what is made of it.
//!
//! Use it to look into a running program: [`router`] nested at [`AT`], beside the sample's own pages.
//!
//! # Layout
//!
//! - [`source`]: what the cockpit needs of a sample: a store that shows its documents, a list of streams, and
//!   a [`Category`] for each kind of stream, which says in domain words what its events mean.
//! - [`projected`]: the projections of a sample, how they stand, and what can be done about them.
//! - [`messaging`]: the bus of a sample and who listens to it. [`fault`]: a switch that makes a consumer fail.
//! - [`privacy`]: the subjects of a sample, their keys, and what was ordered about them.
//! - `standing`, [`look`], [`health`]: how they stand, looked up at most once a second.
//! - [`seen`]: what a reader did and must see. [`correlation`]: one id through all that a request leads to.
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
//! It appends nothing: what it changes, it changes in views, which can always be built again, and on the bus. There are no users and no rights, so it is for a machine of one's own.

pub mod assets;
mod live;
mod pages;
mod standing;

pub mod as_of;
pub mod backend;
pub mod correlation;
pub mod csrf;
pub mod fault;
pub mod form;
pub mod guard;
pub mod health;
pub mod ledger;
pub mod look;
pub mod messaging;
pub mod model;
pub mod parts;
pub mod privacy;
pub mod problem;
pub mod projected;
pub mod seen;
pub mod site;
pub mod source;
pub mod when;

use axum::Router;
use axum::routing::{get, post};

pub use as_of::AsOf;
pub use backend::Backend;
pub use correlation::{Correlation, correlate};
pub use csrf::Csrf;
pub use fault::{Fault, Faulty};
pub use form::{Attempt, Filled};
pub use guard::guard;
pub use health::health;
pub use ledger::Ledger;
pub use look::Look;
pub use messaging::{Listener, Messaging};
pub use privacy::Privacy;
pub use problem::Problem;
pub use projected::{Known, Projected};
pub use seen::{Reader, Seen};
pub use site::{Frame, Site};
pub use source::{Categories, Category, Documented, StreamList, StreamRow, StreamRows};
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
    /// What the sample projects, if it does.
    pub projected: Option<Projected>,
    /// The bus, if the sample has one.
    pub messaging: Option<Messaging>,
    /// What is held on persons, if the sample seals it.
    pub privacy: Option<Privacy>,
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
        .route("/feed", get(pages::feed::page::<S, L>))
        .route("/views", get(pages::views::page::<S, L>))
        .route("/views/{projection}", get(pages::projection::page::<S, L>))
        .route("/views/{projection}/rebuild", post(pages::projection::build_anew::<S, L>))
        .route(
            "/views/{projection}/{key}",
            get(pages::view::page::<S, L>).post(pages::view::retry::<S, L>),
        )
        .route("/charges", get(pages::charges::page::<S, L>))
        .route("/privacy", get(pages::privacy::page::<S, L>))
        .route("/bus", get(pages::bus::page::<S, L>))
        .route("/bus/{subscription}", get(pages::subscription::page::<S, L>))
        .route("/bus/{subscription}/fault", post(pages::subscription::fault::<S, L>))
        .route("/bus/{subscription}/again", post(pages::subscription::again::<S, L>))
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
