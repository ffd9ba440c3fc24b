//! Whether the program can work, for whoever watches over it.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::model::{Progress, Standing};
use crate::projected::{Known, Projected};
use crate::{Look, reasons};

#[derive(Serialize)]
struct Health<'a> {
    /// What this process does: `web`, `worker` or `all`.
    role: &'a str,
    cosmos: Reached,
    projections: Vec<Stands<'a>>,
}

#[derive(Serialize)]
struct Reached {
    reachable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Stands<'a> {
    name: &'a str,
    /// `live`, `behind`, `parked`, `halted` or `not run`.
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
    halted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    building: Option<Building>,
}

#[derive(Serialize)]
struct Building {
    done: u64,
    of: u64,
}

/// Answers 200 with how the projections stand, or 503 if Cosmos DB cannot be reached. Nothing in it is older
/// than a second or two. A projection that halted does not make the program unhealthy: starting it again would not
/// help.
pub async fn health(role: &str, projected: &Projected) -> Response {
    let looks = projected.looks().await;
    let (status, error) = match &looks {
        Ok(_) => (StatusCode::OK, None),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Some(reasons(error))),
    };
    let looks = looks.unwrap_or_default();
    let health = Health {
        role,
        cosmos: Reached { reachable: error.is_none(), error },
        projections: looks.iter().map(|(known, look)| stands(known, look)).collect(),
    };
    let body = serde_json::to_string(&health).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn stands<'a>(known: &Known, look: &'a Look) -> Stands<'a> {
    let (standing, halted) = match look.standing() {
        Standing::NotRun => ("not run", None),
        Standing::Live | Standing::Rebuilding => ("live", None),
        Standing::Behind(_) => ("behind", None),
        Standing::Parked(_) => ("parked", None),
        Standing::Halted(why) => ("halted", Some(why.as_str())),
    };
    Stands {
        name: known.name,
        standing,
        generation: look.generation,
        behind: look.live.as_ref().map_or(0, |live| live.behind),
        parked: look.parked,
        worker: look.has_worker(),
        halted,
        building: look.building.map(|Progress { done, of }| Building { done, of }),
    }
}
