//! Pages for people and JSON for programs.
//!
//! - `api`: JSON. `pages`, `forms`: HTML that works without a script. `live`: what happens, as it happens.
//! - `problem`: every failure, as RFC 9457 problem details or as a page.
//! - `guard`, `csrf`: who may send what.
//! - `extract`, `as_of`: what comes in. `rows`, `chart`, `document`, `when`: what goes out.

mod api;
mod as_of;
mod assets;
mod chart;
mod csrf;
mod document;
mod extract;
mod forms;
mod guard;
mod live;
mod pages;
mod problem;
mod rows;
mod when;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};
use problem::Problem;

use crate::ledger::Ledger;
use crate::meters::Meters;
use crate::store::Store;

/// A day of readings has about 3 KB; what is larger than this is no request of ours.
const LARGEST_BODY: usize = 1024 * 1024;

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The meters.
    pub meters: Meters<Store>,
    /// What happens.
    pub ledger: Ledger,
    /// Where the events are, in words.
    pub place: Arc<str>,
    /// Names, besides those of this machine, under which browsers may ask.
    pub hosts: Arc<[String]>,
}

impl App {
    /// The application over a store.
    #[must_use]
    pub fn new(store: Store, place: &str, hosts: Vec<String>) -> Self {
        let ledger = store.ledger().clone();
        let meters = Meters::new(store);
        Self { meters, ledger, place: place.into(), hosts: hosts.into() }
    }
}

/// All pages and all of the API.
pub fn router(app: App) -> Router {
    let guard = from_fn_with_state(app.clone(), guard::guard);
    Router::new()
        .merge(pages())
        .merge(api())
        .fallback(async || Problem::no_such_page())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(guard)
        .with_state(app)
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(pages::home::page))
        .route("/meters", post(forms::register))
        .route("/meters/{id}", get(pages::meter::page))
        .route("/meters/{id}/activation", post(forms::activate))
        .route("/meters/{id}/readings", post(forms::readings))
        .route("/meters/{id}/deregistration", post(forms::deregister))
        .route("/streams/{*stream}", get(pages::stream::page))
        .route("/live", get(live::live))
        .route("/health", get(async || "ok"))
        .route("/assets/{name}", get(assets::asset))
}

fn api() -> Router<App> {
    Router::new()
        .route("/api/meters", get(api::list).post(api::register))
        .route("/api/meters/{id}", get(api::show).delete(api::deregister))
        .route("/api/meters/{id}/activation", post(api::activate))
        .route("/api/meters/{id}/readings/{date}", put(api::readings))
        .route("/api/meters/{id}/corrections/{date}", post(api::correct))
        .route("/api/meters/{id}/weeks", get(api::weeks))
        .route("/api/streams/{*stream}", get(api::stream))
}
