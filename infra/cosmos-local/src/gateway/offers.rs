//! Offers: what each container may use, or the containers of a database together.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, quoted};
use super::failure::Refusal;
use super::headers::{Headers, unquoted};
use super::{body, databases, queries};
use crate::engine::{Container, Database, Engine, Throughput};

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

/// The throughput that the headers of a creation ask for.
pub fn asked(headers: &Headers) -> Result<Option<Throughput>, Refusal> {
    if let Some(settings) = headers.text("x-ms-cosmos-offer-autopilot-settings") {
        let autopilot: Autopilot = body::json(settings.as_bytes())?;
        return Ok(Some(Throughput::Autoscale(autopilot.max_throughput).checked()?));
    }
    let Some(units) = headers.text("x-ms-offer-throughput") else {
        return Ok(None);
    };
    let units = units.trim().parse().map_err(|_| {
        Refusal::bad_request(format!("x-ms-offer-throughput is '{units}', it must be a number"))
    })?;
    Ok(Some(Throughput::Manual(units).checked()?))
}

pub fn query(engine: &Engine, body: &[u8]) -> Result<Answer, Refusal> {
    queries::over_resources("", NAME, body, all(engine))
}

pub fn list(engine: &Engine) -> Answer {
    let all: Vec<_> = all(engine).iter().map(Value::to_string).collect();
    Answer::feed("", NAME, &all)
}

pub fn read(engine: &Engine, id: &str) -> Result<Answer, Refusal> {
    Ok(answer(&find(engine, id)?.offer().ok_or_else(|| unknown(id))?))
}

pub async fn replace(engine: &Engine, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
    let owner = find(engine, id)?;
    let mut offer = body::object(body)?;
    let content = offer.remove("content").unwrap_or_default();
    let content: Content = serde_json::from_value(content)
        .map_err(|error| Refusal::bad_request(format!("the offer's 'content': {error}")))?;
    let throughput = content.throughput()?;
    let replaced = match owner {
        Owner::Container(container) => {
            Owner::Container(engine.set_throughput(&container, throughput).await?)
        }
        Owner::Database(database) => {
            Owner::Database(engine.set_database_throughput(&database.id, throughput).await?)
        }
    };
    Ok(answer(&replaced.offer().ok_or_else(|| unknown(id))?))
}

/// What has an offer.
enum Owner {
    Container(Arc<Container>),
    Database(Database),
}

impl Owner {
    fn all(engine: &Engine) -> impl Iterator<Item = Self> {
        let databases = engine.databases().into_iter().map(Self::Database);
        databases.chain(engine.all_containers().into_iter().map(Self::Container))
    }

    fn id(&self) -> String {
        match self {
            Self::Container(container) => container.offer_id(),
            Self::Database(database) => database.offer_id(),
        }
    }

    /// What shares another's throughput has no offer.
    fn offer(&self) -> Option<Value> {
        let (link, rid, modified, throughput) = match self {
            Self::Container(container) => {
                let json = &container.definition.json;
                (json["_self"].clone(), &container.rid, json["_ts"].clone(), container.throughput)
            }
            Self::Database(database) => {
                let Database { rid, modified, throughput, .. } = database;
                (databases::link(database).into(), rid, (*modified).into(), *throughput)
            }
        };
        let (id, throughput) = (self.id(), throughput?);
        let content = match throughput {
            Throughput::Manual(units) => json!({ "offerThroughput": units }),
            Throughput::Autoscale(most) => json!({
                "offerThroughput": most / 10,
                "offerAutopilotSettings": { "maxThroughput": most },
            }),
        };
        Some(json!({
            "id": id,
            "_rid": id,
            "_self": format!("offers/{id}/"),
            "_etag": quoted(&format!("{id}-{}", throughput.most())),
            "_ts": modified,
            "resource": link,
            "offerResourceId": rid,
            "offerType": "Invalid",
            "offerVersion": "V2",
            "content": content,
        }))
    }
}

fn find(engine: &Engine, id: &str) -> Result<Owner, Refusal> {
    let found = Owner::all(engine).find(|owner| owner.id() == id && owner.offer().is_some());
    found.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Refusal {
    Refusal::not_found(format!("there is no offer '{id}'"))
}

fn all(engine: &Engine) -> Vec<Value> {
    Owner::all(engine).filter_map(|owner| owner.offer()).collect()
}

fn answer(offer: &Value) -> Answer {
    let etag = unquoted(offer["_etag"].as_str().unwrap_or_default()).to_owned();
    Answer::json(StatusCode::OK, offer).etag(&etag)
}
