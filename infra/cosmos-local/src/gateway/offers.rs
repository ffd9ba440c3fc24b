//! Offers: what each container may use.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::{Headers, unquoted};
use super::{body, queries};
use crate::engine::{Container, Engine, Throughput};

const NAME: &str = "Offers";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    offer_throughput: Option<u32>,
    offer_autopilot_settings: Option<Autopilot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Autopilot {
    max_throughput: u32,
}

impl Content {
    fn throughput(self) -> Result<Throughput, Refusal> {
        let asked = match (self.offer_autopilot_settings, self.offer_throughput) {
            (Some(autopilot), _) => Throughput::Autoscale(autopilot.max_throughput),
            (None, Some(units)) => Throughput::Manual(units),
            (None, None) => {
                let message = "the offer's content needs 'offerThroughput', a number";
                return Err(Refusal::bad_request(message));
            }
        };
        Ok(asked.checked()?)
    }
}

/// The throughput that the headers of a container's creation ask for.
pub fn asked(headers: &Headers) -> Result<Throughput, Refusal> {
    if let Some(settings) = headers.text("x-ms-cosmos-offer-autopilot-settings") {
        let autopilot: Autopilot = body::json(settings.as_bytes())?;
        return Ok(Throughput::Autoscale(autopilot.max_throughput).checked()?);
    }
    let Some(units) = headers.text("x-ms-offer-throughput") else {
        return Ok(Throughput::default());
    };
    let units = units.trim().parse().map_err(|_| {
        Refusal::bad_request(format!("x-ms-offer-throughput is '{units}', it must be a number"))
    })?;
    Ok(Throughput::Manual(units).checked()?)
}

pub fn query(engine: &Engine, body: &[u8]) -> Result<Answer, Refusal> {
    queries::over_resources("", NAME, body, all(engine))
}

pub fn list(engine: &Engine) -> Answer {
    let all: Vec<_> = all(engine).iter().map(Value::to_string).collect();
    Answer::feed("", NAME, &all)
}

pub fn read(engine: &Engine, id: &str) -> Result<Answer, Refusal> {
    Ok(answer(&*find(engine, id)?))
}

pub async fn replace(engine: &Engine, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let container = find(engine, id)?;
    let mut offer = body::object(body)?;
    let content = offer.remove("content").unwrap_or_default();
    let content: Content = serde_json::from_value(content)
        .map_err(|error| Refusal::bad_request(format!("the offer's 'content': {error}")))?;
    let replaced = engine.set_throughput(&container, content.throughput()?).await?;
    Ok(answer(&replaced))
}

fn find(engine: &Engine, id: &str) -> Result<std::sync::Arc<Container>, Refusal> {
    let found = engine.all_containers().into_iter().find(|each| each.offer_id() == id);
    found.ok_or_else(|| Refusal::not_found(format!("there is no offer '{id}'")))
}

fn all(engine: &Engine) -> Vec<Value> {
    engine.all_containers().iter().map(|container| offer(container)).collect()
}

fn answer(container: &Container) -> Answer {
    let offer = offer(container);
    let etag = unquoted(offer["_etag"].as_str().unwrap_or_default()).to_owned();
    Answer::json(StatusCode::OK, &offer).etag(&etag)
}

fn offer(container: &Container) -> Value {
    let id = container.offer_id();
    let content = match container.throughput {
        Throughput::Manual(units) => json!({ "offerThroughput": units }),
        Throughput::Autoscale(most) => json!({
            "offerThroughput": most / 10,
            "offerAutopilotSettings": { "maxThroughput": most },
        }),
    };
    json!({
        "id": id,
        "_rid": id,
        "_self": format!("offers/{id}/"),
        "_etag": quoted(&format!("{id}-{}", container.throughput.most())),
        "_ts": container.definition.json["_ts"],
        "resource": container.definition.json["_self"],
        "offerResourceId": container.rid,
        "offerType": "Invalid",
        "offerVersion": "V2",
        "content": content,
    })
}
