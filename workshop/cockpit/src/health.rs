//! Whether the program can work, for whoever watches over it.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use daybook::projections::{Documents, Error, Generations};
use futures::future::join_all;
use serde::Serialize;
use tokio::time::timeout;

use crate::model::{Progress, ProjectionStatus, Standing};
use crate::projected::Projected;
use crate::{Look, Messaging, reasons};

/// Cosmos DB must answer within this time.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Health<'a> {
    /// What this process does: `web`, `worker` or `all`.
    role: &'a str,
    cosmos: Reached,
    projections: Vec<Stands>,
    /// Who tells others; nothing where there is no bus.
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Stands>,
}

#[derive(Serialize)]
struct Reached {
    reachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Default, Serialize)]
struct Stands {
    name: &'static str,
    /// `live`, `behind`, `parked`, `halted` or `not run`; `unknown` if that takes too long to find out.
    standing: &'static str,
    /// The number of the live generation; 0 before the first.
    generation: u32,
    /// Transactions that are not read yet.
    behind: u64,
    /// Views that were given up.
    parked: usize,
    /// Whether a worker, here or elsewhere, holds one of its leases.
    worker: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    halted: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<Building>,
}

#[derive(Serialize)]
struct Building {
    done: u64,
    of: u64,
}

/// Answers 200 with how the projections and the publisher stand, or 503 if Cosmos DB cannot be reached. What it says of views that were
/// given up is at most some ten seconds old, all else a second or two. A projection that halted does not make the
/// program unhealthy: starting it again would not help.
pub async fn health(role: &str, projected: &Projected, messaging: Option<&Messaging>) -> Response {
    let error = reach(projected).await.err().map(|error| reasons(&error));
    let status = if error.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let looks = match error {
        None => join_all(projected.known().iter().map(|known| projected.look(known))).await,
        Some(_) => vec![],
    };
    let looks = projected.known().iter().zip(looks);
    let projections = looks.map(|(known, look)| stands(known.name, look.ok())).collect();
    let publisher = match messaging.filter(|_| error.is_none()) {
        Some(messaging) => Some(publishes(messaging, projected).await),
        None => None,
    };
    let health = Health {
        role,
        cosmos: Reached { reachable: error.is_none(), error },
        projections,
        publisher,
    };
    let body = serde_json::to_string(&health).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Reads one document.
async fn reach(projected: &Projected) -> Result<(), Error> {
    let Some(known) = projected.known().first() else {
        return Ok(());
    };
    let silent = |_| Error::Failed("it does not answer".into());
    let read = projected.views.read::<Generations>(known.name);
    timeout(PATIENCE, read).await.map_err(silent)?.map(drop)
}

async fn publishes(messaging: &Messaging, projected: &Projected) -> Stands {
    match timeout(PATIENCE, messaging.publishing(&projected.sources)).await {
        Ok(Ok(status)) => standing(messaging.publisher, Some(&status)),
        Ok(Err(_)) | Err(_) => unknown(messaging.publisher),
    }
}

fn stands(name: &'static str, look: Option<Look>) -> Stands {
    let Some(look) = look else {
        return unknown(name);
    };
    Stands {
        generation: look.generation,
        parked: look.parked,
        building: look.building.map(|Progress { done, of }| Building { done, of }),
        ..standing(name, look.live.as_ref())
    }
}

fn unknown(name: &'static str) -> Stands {
    Stands { name, standing: "unknown", ..Stands::default() }
}

fn standing(name: &'static str, live: Option<&ProjectionStatus>) -> Stands {
    let (standing, halted) = match live.map(|live| &live.standing) {
        None | Some(Standing::NotRun) => ("not run", None),
        Some(Standing::Live | Standing::Rebuilding) => ("live", None),
        Some(Standing::Behind(_)) => ("behind", None),
        Some(Standing::Parked(_)) => ("parked", None),
        Some(Standing::Halted(why)) => ("halted", Some(why.clone())),
    };
    let behind = live.map_or(0, |live| live.behind);
    let worker = live.is_some_and(ProjectionStatus::has_worker);
    Stands { name, standing, behind, worker, halted, ..Stands::default() }
}
