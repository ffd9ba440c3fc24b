//! Pages for people and JSON for programs.
//!
//! - `api`: JSON. `pages`, `forms`: HTML that works without a script.
//! - `extract`: what comes in. `refusal`: what the rules have to say against it.
//!
//! What these pages share with every other sample's, the streams among it, is the cockpit's.

mod api;
mod extract;
mod forms;
mod pages;
mod refusal;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post, put};
use cockpit::{Backend, Cockpit, Ledger, Problem, Site};
use daybook::aggregates::meter::{Command, Meter, Rejection};
use daybook::aggregates::registration::MeterId;
use daybook::aggregates::{Context, Outcome};

use crate::meters::Meters;
use crate::store::Store;
use crate::words::CATEGORIES;
use refusal::refused;

/// A day of readings has about 3 KB; what is larger than this is no request of ours.
const LARGEST_BODY: usize = 1024 * 1024;

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The meters.
    pub meters: Meters<Store>,
    /// What happens.
    pub ledger: Ledger,
    /// What every page carries.
    pub site: Site,
}

/// This sample, with its events there, reachable under the names of this machine and under `hosts`.
#[must_use]
pub fn site(backend: Backend, hosts: &[String]) -> Site {
    Site::new("Energy", "workshop/02-aggregates", backend, hosts)
}

impl App {
    /// The application over a store.
    #[must_use]
    pub fn new(store: Store, site: Site) -> Self {
        let ledger = store.ledger().clone();
        Self { meters: Meters::new(store), ledger, site }
    }

    async fn execute(
        &self,
        id: &MeterId,
        command: Command,
        context: &Context,
    ) -> Result<Outcome<Meter>, Problem> {
        let done = self.meters.execute(id, command, context).await;
        let rejected = |rejection| refused(&rejection);
        let sealed = || refused(&Rejection::Deregistered);
        done.map_err(|error| Problem::of_command(error, rejected, sealed))
    }

    fn cockpit(&self) -> Cockpit<Store, Store> {
        let store = self.meters.store().clone();
        let (site, ledger) = (self.site.clone(), self.ledger.clone());
        let streams = store.clone();
        Cockpit { site, streams, store, projected: None, ledger, categories: CATEGORIES }
    }
}

/// All pages and all of the API.
pub fn router(app: App) -> Router {
    let guard = from_fn_with_state(app.site.clone(), cockpit::guard);
    let cockpit = cockpit::router(app.cockpit());
    Router::new()
        .merge(pages())
        .merge(api())
        .with_state(app)
        .nest(cockpit::AT, cockpit)
        .fallback(async || Problem::no_such_page())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(guard)
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(pages::home::page))
        .route("/meters", post(forms::register))
        .route("/meters/{id}", get(pages::meter::page))
        .route("/meters/{id}/activation", post(forms::activate))
        .route("/meters/{id}/readings", post(forms::readings))
        .route("/meters/{id}/deregistration", post(forms::deregister))
        .route("/streams", get(in_the_cockpit))
        .route("/streams/{*stream}", get(in_the_cockpit))
        .route("/health", get(async || "ok"))
}

/// The same address in the cockpit.
async fn in_the_cockpit(asked: Uri) -> Redirect {
    Redirect::permanent(&format!("{}{asked}", cockpit::AT))
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
