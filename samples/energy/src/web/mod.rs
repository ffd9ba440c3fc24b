//! Pages for people and JSON for programs.
//!
//! - `api`, `reading`: JSON, by the streams and by the views. `pages`, `forms`: HTML that works without a script.
//! - `extract`, `wanted`: what comes in. `refusal`: what the rules have to say against it.
//!
//! What these pages share with every other sample's, the streams among it, is the cockpit's.

mod api;
mod extract;
mod forms;
mod pages;
mod reading;
mod refusal;
mod wanted;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::{get, post, put};
use cockpit::{Backend, Cockpit, Ledger, Problem, Projected, Seen, Site};
use daybook::aggregates::meter::{Command, Rejection as Rule};
use daybook::aggregates::registration::MeterId;
use daybook::aggregates::{Context, Outcome};
use daybook::gdpr::meter::Meter;

use crate::bus::Bus;
use crate::meters::{Failure, Meters};
use crate::privacy::Privacy;
use crate::projecting::{Answers, Projections};
use crate::role::Role;
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
    /// What is asked of many meters at once.
    pub answers: Answers,
    /// How the views stand.
    pub projected: Projected,
    /// What others are told, if there is a bus.
    pub bus: Option<Bus>,
    /// Forgets.
    pub privacy: Privacy,
    /// What happens.
    pub ledger: Ledger,
    /// What every page carries.
    pub site: Site,
    /// What this process does.
    pub role: Role,
}

/// This sample, with its events there, reachable under the names of this machine and under `hosts`.
#[must_use]
pub fn site(backend: Backend, hosts: &[String]) -> Site {
    Site::new("Energy", "workshop/03-projections", backend, hosts)
}

impl App {
    /// The application over a store and its views, in a process of this role.
    #[must_use]
    pub fn new(store: Store, projections: &Projections, site: Site, role: Role) -> Self {
        let ledger = store.ledger().clone();
        let (answers, projected) = (projections.answers(), projections.projected());
        let privacy = projections.privacy.clone();
        let (meters, bus) = (Meters::new(store), None);
        Self { meters, answers, projected, bus, privacy, ledger, site, role }
    }

    /// With a bus.
    #[must_use]
    pub fn telling(self, bus: Option<Bus>) -> Self {
        Self { bus, ..self }
    }

    async fn execute(
        &self,
        id: &MeterId,
        command: Command,
        context: &Context,
    ) -> Result<Outcome<Meter>, Problem> {
        let done = self.meters.execute(id, command, context).await;
        done.map_err(|failure| match failure {
            Failure::Execute(error) => Problem::of_command(
                *error,
                |rejection| refused(&rejection),
                || refused(&Rule::Deregistered.into()),
            ),
            failure => failure.into(),
        })
    }

    fn cockpit(&self) -> Cockpit<Store, Projected> {
        Cockpit {
            site: self.site.clone(),
            store: self.meters.store().clone(),
            streams: self.projected.clone(),
            projected: Some(self.projected.clone()),
            messaging: self.bus.as_ref().map(Bus::messaging),
            privacy: Some(self.privacy.shown()),
            ledger: self.ledger.clone(),
            categories: CATEGORIES,
        }
    }
}

/// What the one who sent the command must see next; nothing if it stored nothing.
fn seen(id: &MeterId, done: &Outcome<Meter>) -> Option<Seen> {
    let token = done.session.clone()?;
    Some(Seen { stream: id.stream(), token })
}

/// All pages and all of the API; of a process that only works, nothing but `/health`.
pub fn router(app: App) -> Router {
    let guard = from_fn_with_state(app.site.clone(), cockpit::guard);
    let health = Router::new().route("/health", get(health));
    let all = match app.role {
        Role::Worker => health.with_state(app),
        Role::Web | Role::All => {
            let cockpit = cockpit::router(app.cockpit());
            let all = health.merge(pages()).merge(api()).with_state(app);
            all.nest(cockpit::AT, cockpit)
        }
    };
    all.fallback(async || Problem::no_such_page())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(guard)
        .layer(from_fn(cockpit::correlate))
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(pages::home::page))
        .route("/districts", get(pages::districts::page))
        .route("/failures", get(pages::failures::page))
        .route("/meters", post(forms::register))
        .route("/meters/{id}", get(pages::meter::page))
        .route("/meters/{id}/elsewhere", get(pages::elsewhere::page))
        .route("/meters/{id}/activation", post(forms::activate))
        .route("/meters/{id}/readings", post(forms::readings))
        .route("/meters/{id}/deregistration", post(forms::deregister))
        .route("/meters/{id}/privacy", get(pages::privacy::page).post(pages::privacy::forget))
        .route("/meters/{id}/owner", post(pages::privacy::enter))
        .route("/meters/{id}/held", get(pages::privacy::held))
        .route("/streams", get(in_the_cockpit))
        .route("/streams/{*stream}", get(in_the_cockpit))
}

/// `GET /health`
async fn health(State(app): State<App>) -> Response {
    let messaging = app.bus.as_ref().map(Bus::messaging);
    cockpit::health(app.role.word(), &app.projected, messaging.as_ref()).await
}

/// The same address in the cockpit.
async fn in_the_cockpit(asked: Uri) -> Redirect {
    Redirect::permanent(&format!("{}{asked}", cockpit::AT))
}

fn api() -> Router<App> {
    Router::new()
        .route("/api/meters", get(reading::meters).post(api::register))
        .route("/api/meters/{id}", get(api::show).delete(api::deregister))
        .route("/api/meters/{id}/activation", post(api::activate))
        .route("/api/meters/{id}/readings/{date}", put(api::readings))
        .route("/api/meters/{id}/corrections/{date}", post(api::correct))
        .route("/api/meters/{id}/weeks", get(reading::weeks))
        .route("/api/districts", get(reading::districts))
        .route("/api/totals", get(reading::totals))
        .route("/api/streams/{*stream}", get(api::stream))
}
