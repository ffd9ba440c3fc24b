//! Uploads stored procedures.

use std::borrow::Cow;

use azure_core::http::Method;
use serde::{Deserialize, Serialize};

use crate::connect::Connection;
use crate::procedure::lost;
use crate::{Error, ProcedureError, ProcedureSpec, answer};

/// How often a throttled upload is tried.
const ATTEMPTS: u32 = 5;

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    id: Cow<'a, str>,
    body: Cow<'a, str>,
}

/// Creates the procedure, or replaces it if its text differs.
pub(crate) async fn ensure(
    connection: &Connection,
    container: &str,
    spec: &ProcedureSpec,
) -> Result<(), Error> {
    let mut attempt = 1;
    loop {
        match upload(connection, container, spec).await {
            Ok(()) => return Ok(()),
            Err(ProcedureError::Throttled { retry_after }) if attempt < ATTEMPTS => {
                tokio::time::sleep(retry_after).await;
                attempt += 1;
            }
            Err(source) => {
                return Err(Error::Procedure {
                    container: container.to_owned(),
                    id: spec.id.to_owned(),
                    source: Box::new(source),
                });
            }
        }
    }
}

async fn upload(
    connection: &Connection,
    container: &str,
    spec: &ProcedureSpec,
) -> Result<(), ProcedureError> {
    let one = connection.procedure_path(container, Some(spec.id));
    let stored = match send(connection, Method::Get, &one, None).await {
        Err(ProcedureError::NotFound) => create(connection, container, spec).await?,
        stored => stored?,
    };
    if stored != spec.body {
        send(connection, Method::Put, &one, Some(spec)).await?;
    }
    Ok(())
}

/// Returns the text that is stored now: another process may be faster, and have another text.
async fn create(
    connection: &Connection,
    container: &str,
    spec: &ProcedureSpec,
) -> Result<String, ProcedureError> {
    let one = connection.procedure_path(container, Some(spec.id));
    let all = connection.procedure_path(container, None);
    match send(connection, Method::Post, &all, Some(spec)).await {
        Err(ProcedureError::Refused { status: 409, .. }) => {
            send(connection, Method::Get, &one, None).await
        }
        created => created,
    }
}

/// Sends a spec, if any, and returns the text that is stored now.
async fn send(
    connection: &Connection,
    method: Method,
    path: &[&str],
    spec: Option<&ProcedureSpec>,
) -> Result<String, ProcedureError> {
    let body = match spec {
        Some(spec) => serde_json::to_vec(&Stored {
            id: spec.id.into(),
            body: spec.body.into(),
        })
        .map_err(ProcedureError::Json)?,
        None => Vec::new(),
    };
    let sent = connection.rest.send(method, path, None, body).await;
    let response = sent.map_err(lost)?;
    let stored: Stored =
        serde_json::from_slice(answer::body(&response)?).map_err(ProcedureError::Json)?;
    Ok(stored.body.into_owned())
}
