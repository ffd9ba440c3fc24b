//! Whether the program can work, for whoever watches over it.

use std::time::Duration;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use daybook::projections::{Documents, Error, Generations};
use futures::future::join_all;
use serde::Serialize;
use tokio::time::timeout;

use crate::model::{Progress, Standing};
use crate::projected::{Known, Projected};
use crate::{Look, reasons};

/// Cosmos DB must answer within this time.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Health<'a> {
    /// What this process does: `web`, `worker` or `all`.
    role: &'a str,
    cosmos: Reached,
    projections: Vec<Stands>,
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

/// Answers 200 with how the projections stand, or 503 if Cosmos DB cannot be reached. What it says of views that were
/// given up is at most some ten seconds old, all else a second or two. A projection that halted does not make the
/// program unhealthy: starting it again would not help.
pub async fn health(role: &str, projected: &Projected) -> Response {
    let error = reach(projected).await.err().map(|error| reasons(&error));
    let status = if error.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let looks = match error {
        None => join_all(projected.known().iter().map(|known| projected.look(known))).await,
        Some(_) => vec![],
    };
    let looks = projected.known().iter().zip(looks);
    let stands = looks.map(|(known, look)| stands(known, look.ok()));
    let health = Health {
        role,
        cosmos: Reached { reachable: error.is_none(), error },
        projections: stands.collect(),
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

fn stands(known: &Known, look: Option<Look>) -> Stands {
    let mut stands = Stands { name: known.name, standing: "unknown", ..Stands::default() };
    let Some(look) = look else {
        return stands;
    };
    (stands.standing, stands.halted) = match look.standing() {
        Standing::NotRun => ("not run", None),
        Standing::Live | Standing::Rebuilding => ("live", None),
        Standing::Behind(_) => ("behind", None),
        Standing::Parked(_) => ("parked", None),
        Standing::Halted(why) => ("halted", Some(why.clone())),
    };
    Stands {
        generation: look.generation,
        behind: look.live.as_ref().map_or(0, |live| live.behind),
        parked: look.parked,
        worker: look.has_worker(),
        building: look.building.map(|Progress { done, of }| Building { done, of }),
        ..stands
    }
}
