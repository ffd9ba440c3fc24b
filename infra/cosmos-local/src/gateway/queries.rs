//! Queries over items, the feed of all items, and queries over the short lists of resources.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::address::ContainerName;
use super::answer::Answer;
use super::failure::Refusal;
use super::headers::Headers;
use super::{body, scope};
use crate::charge;
use crate::engine::{Container, Engine, Scope};
use crate::query::{Access, Page, Plan, Request, Row, distribute};

const NAME: &str = "Documents";

/// A query as clients send it. Members for queries across partitions are ignored, as is allowed.
#[derive(Deserialize)]
struct Query {
    query: String,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(default)]
    value: Value,
}

/// Runs a query for one page.
pub async fn items(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    page(engine, name, headers, request(body)?).await
}

/// Tells a client how to run a query over all ranges by itself.
pub fn plan(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Refusal> {
    scope::open(engine, name, headers)?;
    let plan = distribute(&request(body)?)?;
    Ok(Answer::json(StatusCode::OK, &plan))
}

/// One page of all items.
pub async fn read_feed(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
) -> Result<Answer, Refusal> {
    let request = Request { text: "SELECT * FROM c".to_owned(), ..Request::default() };
    page(engine, name, headers, request).await
}

async fn page(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
    request: Request,
) -> Result<Answer, Refusal> {
    let container = scope::open(engine, name, headers)?;
    scope::check_session(engine, &container, headers)?;
    let scope = scope::read(&container, headers)?;
    let continuation = headers.text("x-ms-continuation").map(str::to_owned);
    let request = Request { max_items: Some(headers.page_size()?), continuation, ..request };
    let position = scope::position_of(engine, &container, &scope)?;
    let rid = container.rid.clone();
    let page = blocking_query(engine.clone(), container, scope, request).await?;
    let results: Vec<_> = page.results.iter().map(Value::to_string).collect();
    let answer = Answer::feed(&rid, NAME, &results);
    let charge = charge::query(page.scanned, answer.size());
    Ok(answer.charged(charge).at(position).with_some("x-ms-continuation", page.continuation))
}

async fn blocking_query(
    engine: Engine,
    container: Arc<Container>,
    scope: Scope,
    request: Request,
) -> Result<Page, Refusal> {
    let run = tokio::task::spawn_blocking(move || engine.query(&container, &scope, &request));
    let finished = run.await.map_err(|_| Refusal::defect("the query"))?;
    Ok(finished?)
}

/// Runs a query over databases, containers and the like: few enough for one page.
pub fn over_resources(
    owner_rid: &str,
    name: &str,
    body: &[u8],
    resources: Vec<Value>,
) -> Result<Answer, Refusal> {
    let plan = Plan::new(&request(body)?, &[])?;
    let wanted = match plan.access() {
        Access::Id(id) => Some(id.clone()),
        Access::All | Access::Index { .. } => None,
    };
    let rows = resources
        .into_iter()
        .filter(|resource| wanted.is_none() || resource["id"].as_str() == wanted.as_deref())
        .zip(0_u32..)
        .map(|(document, place)| {
            Ok::<_, Refusal>(Row { document, place: place.to_be_bytes().to_vec() })
        });
    let page = plan.run(rows)?;
    let results: Vec<_> = page.results.iter().map(Value::to_string).collect();
    Ok(Answer::feed(owner_rid, name, &results))
}

fn request(body: &[u8]) -> Result<Request, Refusal> {
    body::within_limit(body)?;
    let query: Query = body::json(body)?;
    let parameters = query.parameters.into_iter();
    Ok(Request {
        text: query.query,
        parameters: parameters.map(|each| (each.name, each.value)).collect(),
        ..Request::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_and_its_parameters_are_read() {
        let body =
            br#"{"query":"SELECT * FROM c WHERE c.n=@n","parameters":[{"name":"@n","value":1}]}"#;
        let request = request(body).unwrap();
        assert_eq!(request.parameters, [("@n".to_owned(), Value::from(1))]);
    }

    #[test]
    fn a_body_without_a_query_is_refused_by_its_field() {
        let refusal = request(br#"{"sql":"SELECT 1"}"#).unwrap_err();
        assert!(refusal.message.contains("`query`"));
    }
}
