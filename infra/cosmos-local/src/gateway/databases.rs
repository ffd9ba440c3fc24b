//! Databases: create, list, query, read, delete.

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::Headers;
use super::{body, offers, queries};
use crate::engine::{Database, Engine};

const NAME: &str = "Databases";

pub async fn create(engine: &Engine, headers: &Headers, body: &[u8]) -> Result<Answer, Refusal> {
    let id = body::id(&body::object(body)?)?;
    let database = engine.create_database_with(&id, offers::asked(headers)?).await?;
    Ok(answer(StatusCode::CREATED, &database))
}

pub fn read(engine: &Engine, id: &str) -> Result<Answer, Refusal> {
    Ok(answer(StatusCode::OK, &engine.database(id)?))
}

pub fn list(engine: &Engine) -> Answer {
    let all: Vec<_> = resources(engine).iter().map(Value::to_string).collect();
    Answer::feed("", NAME, &all)
}

pub fn query(engine: &Engine, body: &[u8]) -> Result<Answer, Refusal> {
    queries::over_resources("", NAME, body, resources(engine))
}

pub async fn delete(engine: &Engine, id: &str) -> Result<Answer, Refusal> {
    engine.delete_database(id).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn resources(engine: &Engine) -> Vec<Value> {
    engine.databases().iter().map(resource).collect()
}

fn answer(status: StatusCode, database: &Database) -> Answer {
    Answer::json(status, &resource(database)).etag(&database.etag)
}

/// What other resources call it by.
pub fn link(database: &Database) -> String {
    format!("dbs/{}/", database.rid)
}

fn resource(database: &Database) -> Value {
    json!({
        "id": database.id,
        "_rid": database.rid,
        "_self": link(database),
        "_etag": quoted(&database.etag),
        "_ts": database.modified,
        "_colls": "colls/",
        "_users": "users/",
    })
}
