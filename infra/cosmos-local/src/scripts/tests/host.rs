//! A host that is a map of documents.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::engine::{Document, Failure, Kind, Operation, Outcome, Precondition};
use crate::query::{Page, Request};
use crate::scripts::Host;

#[derive(Default)]
pub struct Documents {
    pub by_id: BTreeMap<String, Map<String, Value>>,
    pub writes: usize,
    /// What the next operation fails with.
    pub failure: Option<Failure>,
}

impl Documents {
    pub fn with(ids: &[&str]) -> Self {
        let mut documents = Self::default();
        for id in ids {
            documents.write(id, Map::from_iter([("id".into(), (*id).into())]));
        }
        documents
    }

    fn write(&mut self, id: &str, mut body: Map<String, Value>) -> Document {
        self.writes += 1;
        body.insert("_etag".into(), format!("\"{}\"", self.writes).into());
        let link = format!("dbs/AAAAAA==/colls/AAAAAAAAAAA=/docs/rid-{id}/");
        body.insert("_self".into(), link.into());
        let document = stored(&body);
        self.by_id.insert(id.into(), body);
        document
    }

    fn existing(&self, id: &str, precondition: &Precondition) -> Result<Document, Failure> {
        let document = self.by_id.get(id).map(stored);
        let document =
            document.ok_or_else(|| Failure::NotFound { kind: Kind::Document, id: id.into() })?;
        match precondition {
            Precondition::IfMatch(etag) if *etag != document.etag => {
                Err(Failure::PreconditionFailed)
            }
            _ => Ok(document),
        }
    }
}

fn stored(body: &Map<String, Value>) -> Document {
    let etag = body["_etag"].as_str().expect("it was written");
    Document {
        etag: etag.trim_matches('"').into(),
        body: Value::from(body.clone()).to_string().into(),
        lsn: 0,
    }
}

fn id_of(body: &Map<String, Value>) -> Result<String, Failure> {
    let id = body.get("id").and_then(Value::as_str);
    id.map(Into::into).ok_or_else(|| Failure::Invalid { reason: "id is missing".into() })
}

impl Host for Documents {
    fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        match operation {
            Operation::Create { body } => {
                let id = id_of(&body)?;
                if self.by_id.contains_key(&id) {
                    let reason = format!("id '{id}' is taken");
                    return Err(Failure::Conflict { reason });
                }
                Ok(Outcome::Created(self.write(&id, body)))
            }
            Operation::Upsert { body, precondition } => {
                let id = id_of(&body)?;
                if !self.by_id.contains_key(&id) {
                    return Ok(Outcome::Created(self.write(&id, body)));
                }
                self.existing(&id, &precondition)?;
                Ok(Outcome::Replaced(self.write(&id, body)))
            }
            Operation::Read { id, precondition } => {
                let document = self.existing(&id, &Precondition::None)?;
                Ok(match precondition {
                    Precondition::IfNoneMatch(etag) if etag == document.etag => {
                        Outcome::NotModified(document)
                    }
                    _ => Outcome::Read(document),
                })
            }
            Operation::Replace { id, body, precondition } => {
                self.existing(&id, &precondition)?;
                Ok(Outcome::Replaced(self.write(&id, body)))
            }
            Operation::Delete { id, precondition } => {
                self.existing(&id, &precondition)?;
                self.by_id.remove(&id);
                Ok(Outcome::Deleted)
            }
            Operation::Patch { .. } => unreachable!("scripts have no patch"),
        }
    }

    /// Every document whose `_self` or `id` is the parameter's, or every document, in pages.
    fn query(&self, request: &Request) -> Result<Page, Failure> {
        if request.text.contains("SYNTAX") {
            let reason = "line 1, column 1: expected SELECT".into();
            return Err(Failure::Invalid { reason });
        }
        let wanted = request.parameters.first().map(|(_, value)| value);
        let matching = self.by_id.values().filter(|document| {
            wanted.is_none_or(|wanted| document["id"] == *wanted || document["_self"] == *wanted)
        });
        let all: Vec<Value> = matching.cloned().map(Value::from).collect();
        let start = request.continuation.as_ref().map_or(0, |at| at.parse().unwrap());
        let end = request.max_items.map_or(all.len(), |n| all.len().min(start + n));
        Ok(Page {
            results: all[start..end].to_vec(),
            continuation: (end < all.len()).then(|| end.to_string()),
            scanned: end - start,
        })
    }
}
