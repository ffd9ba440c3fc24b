//! Stored procedures: create, list, query, read, replace, delete, execute.

use std::sync::Arc;

use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::address::ContainerName;
use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::Headers;
use super::script_host::ScriptHost;
use super::session::Position;
use super::{body, queries, scope};
use crate::charge;
use crate::engine::{Container, Engine, Procedure};
use crate::scripts::{self, Call, Limits, ScriptError};

const NAME: &str = "StoredProcedures";

pub async fn create(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let (id, script) = definition(body)?;
    compile(script.clone()).await?;
    let procedure = engine
        .store_procedure(&container, &id, &script, false)
        .await?;
    Ok(answer(StatusCode::CREATED, &container, &procedure))
}

pub async fn replace(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let (named, script) = definition(body)?;
    if named != id {
        return Err(Refusal::bad_request(format!(
            "the body's id '{named}' is not the '{id}' of the path; a procedure cannot be renamed"
        )));
    }
    engine.procedure(&container, id)?;
    compile(script.clone()).await?;
    let procedure = engine
        .store_procedure(&container, id, &script, true)
        .await?;
    Ok(answer(StatusCode::OK, &container, &procedure))
}

pub fn read(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let procedure = engine.procedure(&container, id)?;
    Ok(answer(StatusCode::OK, &container, &procedure))
}

pub fn list(engine: &Engine, name: &ContainerName, headers: &Headers) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let all: Vec<_> = resources(engine, &container)?
        .iter()
        .map(Value::to_string)
        .collect();
    Ok(Answer::feed(&container.rid, NAME, &all))
}

pub fn query(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    queries::over_resources(&container.rid, NAME, body, resources(engine, &container)?)
}

pub async fn delete(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    engine.delete_procedure(&container, id).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Runs a procedure in a transaction of the logical partition that the header names.
pub async fn execute(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let key = headers.required_partition_key()?;
    let procedure = engine.procedure(&container, id)?;
    let call = call(&container, procedure, headers, body)?;
    let definition = container.definition.clone();
    let committed = engine
        .transact(&container, key, move |transaction| {
            let host = ScriptHost::new(transaction, definition);
            let (host, answer) = scripts::run(&call, host)?;
            let (transaction, spent) = host.finish();
            Ok::<_, ScriptError>((transaction, (answer, spent)))
        })
        .await?;
    let position = Position::from(&committed);
    let (result, spent) = committed.value;
    let log = utf8_percent_encode(&result.log, NON_ALPHANUMERIC).to_string();
    let answer = match &result.body {
        Some(body) => Answer::json(StatusCode::OK, body),
        None => Answer::empty(StatusCode::OK),
    };
    Ok(answer
        .charged(charge::procedure(spent))
        .at(position)
        .with_some(
            "x-ms-documentdb-script-log-results",
            (!log.is_empty()).then_some(log),
        ))
}

fn call(
    container: &Container,
    procedure: Procedure,
    headers: &Headers,
    body: &[u8],
) -> Result<Call, Refusal> {
    body::within_limit(body)?;
    let arguments = if body.is_empty() {
        Vec::new()
    } else {
        body::json(body)?
    };
    Ok(Call {
        name: procedure.id,
        body: procedure.body,
        arguments,
        self_link: owner(container).to_owned(),
        alt_link: format!("dbs/{}/colls/{}", container.database, container.id),
        logging: headers.is_on("x-ms-documentdb-script-enable-logging"),
        limits: Limits::default(),
    })
}

fn definition(body: &[u8]) -> Result<(String, String), Refusal> {
    body::within_limit(body)?;
    let resource = body::object(body)?;
    Ok((body::id(&resource)?, body::text(&resource, "body")?))
}

async fn compile(script: String) -> Result<(), Refusal> {
    let checked = tokio::task::spawn_blocking(move || scripts::compile(&script)).await;
    let finished = checked.map_err(|_| {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the compiler ended unexpectedly, which is a defect of cosmos-local",
        )
    });
    Ok(finished??)
}

fn resources(engine: &Engine, container: &Arc<Container>) -> Result<Vec<Value>, Refusal> {
    let procedures = engine.procedures(container)?;
    Ok(procedures
        .iter()
        .map(|procedure| resource(container, procedure))
        .collect())
}

fn answer(status: StatusCode, container: &Container, procedure: &Procedure) -> Answer {
    Answer::json(status, &resource(container, procedure)).etag(&procedure.etag)
}

fn resource(container: &Container, procedure: &Procedure) -> Value {
    json!({
        "id": procedure.id,
        "body": procedure.body,
        "_rid": procedure.rid,
        "_self": format!("{}sprocs/{}/", owner(container), procedure.rid),
        "_etag": quoted(&procedure.etag),
        "_ts": procedure.modified,
    })
}

/// `dbs/{rid}/colls/{rid}/`
fn owner(container: &Container) -> &str {
    container.definition.json["_self"]
        .as_str()
        .unwrap_or_default()
}
