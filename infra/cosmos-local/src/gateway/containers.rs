//! Containers: create, list, query, read, replace, delete, and their partition-key ranges.

use http::StatusCode;
use serde_json::{Value, json};

use super::address::ContainerName;
use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::{Headers, unquoted};
use super::{body, offers, queries, scope};
use crate::engine::{Container, Engine, KeyRange};

const NAME: &str = "DocumentCollections";

pub async fn create(
    engine: &Engine,
    database: &str,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let definition = Value::Object(body::object(body)?);
    let throughput = offers::asked(headers)?;
    let container = engine.create_container_with(database, definition, throughput).await?;
    Ok(answer(StatusCode::CREATED, &container))
}

pub async fn replace(
    engine: &Engine,
    name: &ContainerName,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let definition = body::object(body)?;
    let replaced =
        engine.replace_container(&name.database, &name.container, Value::Object(definition));
    Ok(answer(StatusCode::OK, &*replaced.await?))
}

pub fn read(engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
    let container = engine.container(&name.database, &name.container)?;
    Ok(answer(StatusCode::OK, &container))
}

pub fn list(engine: &Engine, database: &str) -> Result<Answer, Refusal> {
    let rid = engine.database(database).map_err(Refusal::owner)?.rid;
    let all: Vec<_> = definitions(engine, database)?.iter().map(Value::to_string).collect();
    Ok(Answer::feed(&rid, NAME, &all))
}

pub fn query(engine: &Engine, database: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let rid = engine.database(database).map_err(Refusal::owner)?.rid;
    queries::over_resources(&rid, NAME, body, definitions(engine, database)?)
}

pub async fn delete(engine: &Engine, name: &ContainerName) -> Result<Answer, Refusal> {
    engine.delete_container(&name.database, &name.container).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Lists the ranges. A client that follows them asks again with the ETag until it gets 304.
pub fn ranges(engine: &Engine, name: &ContainerName, headers: &Headers) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    let etag = format!("{}-{}", container.rid, container.ranges.len());
    if headers.if_none_match() == Some(&etag) {
        return Ok(Answer::empty(StatusCode::NOT_MODIFIED).etag(&etag));
    }
    let ranges = container.ranges.iter();
    let list: Vec<_> = ranges.map(|each| range(&container, each)).collect();
    Ok(Answer::feed(&container.rid, "PartitionKeyRanges", &list).etag(&etag))
}

fn definitions(engine: &Engine, database: &str) -> Result<Vec<Value>, Refusal> {
    let containers = engine.containers(database)?;
    let definition = |container: &std::sync::Arc<Container>| container.definition.json.clone();
    Ok(containers.iter().map(definition).collect())
}

fn answer(status: StatusCode, container: &Container) -> Answer {
    let definition = &container.definition.json;
    let answer = Answer::json(status, definition);
    match definition["_etag"].as_str() {
        Some(etag) => answer.etag(unquoted(etag)),
        None => answer,
    }
}

/// A range as the list of ranges shows it.
pub fn range(container: &Container, range: &KeyRange) -> String {
    let parents: Vec<String> = range.parents.iter().map(u32::to_string).collect();
    let rid = container.range_rid(range);
    let owner = container.definition.json["_self"].as_str().unwrap_or_default();
    json!({
        "id": range.id.to_string(),
        "minInclusive": range.min.0,
        "maxExclusive": range.max.0,
        "status": "online",
        "parents": parents,
        "ridPrefix": range.id,
        "throughputFraction": 1,
        "_rid": rid,
        "_self": format!("{owner}pkranges/{rid}/"),
        "_etag": quoted(&format!("{rid}-0")),
        "_ts": container.definition.json["_ts"],
    })
    .to_string()
}
