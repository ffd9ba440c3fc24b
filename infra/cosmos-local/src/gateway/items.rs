//! Items: create, upsert, read, replace, delete.

use std::sync::Arc;

use http::StatusCode;

use super::address::ContainerName;
use super::answer::Answer;
use super::failure::Refusal;
use super::headers::Headers;
use super::session::Position;
use super::{body, cost, scope};
use crate::engine::{Container, Engine, Operation, Outcome, PartitionKey, Patch};

/// Reads an item, unless the client has this version already.
pub fn read(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    scope::check_session(engine, &container, headers)?;
    let document = engine.read(&container, &key, id)?;
    let position = scope::home(engine, &container, &key)?;
    let answer = match headers.if_none_match() {
        Some(etag) if etag == "*" || etag == document.etag => {
            Answer::empty(StatusCode::NOT_MODIFIED)
        }
        _ => Answer::raw(StatusCode::OK, document.body.clone())
            .charged(crate::charge::read(document.body.len())),
    };
    let answer = answer.etag(&document.etag).at(position);
    Ok(answer.with("x-ms-item-lsn", document.lsn.to_string()))
}

pub async fn create(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    let body = body::object(body)?;
    write(engine, &container, key, Operation::Create { body }, headers).await
}

pub async fn upsert(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    let operation =
        Operation::Upsert { body: body::object(body)?, precondition: headers.precondition() };
    write(engine, &container, key, operation, headers).await
}

pub async fn replace(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    let operation = Operation::Replace {
        id: id.to_owned(),
        body: body::object(body)?,
        precondition: headers.precondition(),
    };
    write(engine, &container, key, operation, headers).await
}

pub async fn patch(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    body::within_limit(body)?;
    let operation = Operation::Patch {
        id: id.to_owned(),
        patch: Patch::parse(body::json(body)?)?,
        precondition: headers.precondition(),
    };
    write(engine, &container, key, operation, headers).await
}

pub async fn delete(
    engine: &Engine,
    name: &ContainerName,
    id: &str,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let (container, key) = open(engine, name, headers)?;
    let operation = Operation::Delete { id: id.to_owned(), precondition: headers.precondition() };
    write(engine, &container, key, operation, headers).await
}

fn open(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
) -> Result<(Arc<Container>, PartitionKey), Refusal> {
    let container = scope::open(engine, name, headers)?;
    let key = headers.required_partition_key()?;
    Ok((container, key))
}

async fn write(
    engine: &Engine,
    container: &Arc<Container>,
    key: PartitionKey,
    operation: Operation,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let committed = engine.apply(container, key, operation).await?;
    let position = Position::from(&committed);
    let charge = cost::of(&committed.value, &container.definition);
    Ok(written(&committed.value, headers)
        .charged(charge)
        .at(position)
        .with("x-ms-item-lsn", committed.lsn.to_string()))
}

fn written(outcome: &Outcome, headers: &Headers) -> Answer {
    let (status, document) = match outcome {
        Outcome::Created(document) => (StatusCode::CREATED, document),
        Outcome::Replaced(document) | Outcome::Read(document) | Outcome::NotModified(document) => {
            (StatusCode::OK, document)
        }
        Outcome::Deleted => return Answer::empty(StatusCode::NO_CONTENT),
    };
    let answer = if headers.wants_no_content() {
        Answer::empty(status)
    } else {
        Answer::raw(status, document.body.clone())
    };
    answer.etag(&document.etag)
}
