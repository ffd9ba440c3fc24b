//! Carries out an operation on both and compares what they say.

use std::collections::{HashMap, HashSet};

use differential::{Answer, Pair, Sent, without_system_properties};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use reqwest::Method;
use serde_json::{Value, json};

use super::operation::{Condition, ItemOperation, OnItem, Operation, QUERIES};

/// The pair with a container of its own, and what its clients remember.
pub struct Both<'a> {
    pair: &'a Pair,
    name: String,
    docs: String,
    /// Of ours, and of the emulator: the latest `ETag` of each item, and where the feed of a partition goes on.
    etags: [HashMap<(u8, u8), String>; 2],
    tokens: [HashMap<u8, String>; 2],
    /// Partitions with a batch since they were polled: the emulator sorts its changes by id.
    batched: HashSet<u8>,
}

impl<'a> Both<'a> {
    pub async fn new(pair: &'a Pair, number: u32) -> Self {
        let name = format!("sequence{number}");
        let unique = json!({"uniqueKeys": [{"paths": ["/token"]}]});
        let docs = pair.container(json!({ "id": name, "uniqueKeyPolicy": unique })).await;
        let (etags, tokens) = Default::default();
        Self { pair, name, docs, etags, tokens, batched: HashSet::new() }
    }

    pub async fn step(&mut self, operation: &Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Item(key, item) => self.item(*key, item).await,
            Operation::Patch(key, id, condition) => self.patch(*key, *id, *condition).await,
            Operation::Batch(key, items) => self.batch(*key, items).await,
            Operation::Query(key, query) => self.query(*key, QUERIES[*query]).await,
            Operation::Poll(key) => self.poll(*key).await,
            Operation::Split(range) => self.split(*range).await,
        }
    }

    /// All documents are the same in the end.
    pub async fn hold_the_same(&mut self) -> Result<(), TestCaseError> {
        self.query(None, QUERIES[0]).await?;
        for key in 0..3 {
            self.poll(key).await?;
        }
        Ok(())
    }

    async fn item(&mut self, key: u8, item: &OnItem) -> Result<(), TestCaseError> {
        let mut answers = Vec::new();
        for side in 0..2 {
            let sent = self.sent(side, key, item);
            answers.push(self.pair.clients()[side].send(&sent).await);
        }
        for (side, answer) in answers.iter().enumerate() {
            if let (200 | 201, Some(etag)) = (answer.status, &answer.etag) {
                self.etags[side].insert((key, item.id), etag.clone());
            }
        }
        same(&answers[0], &answers[1], told)
    }

    fn sent(&self, side: usize, key: u8, item: &OnItem) -> Sent {
        let at = format!("{}/{}", self.docs, name(item.id));
        let body = document(key, item);
        let sent = match &item.operation {
            ItemOperation::Create => Sent::new(Method::POST, &self.docs).json(&body),
            ItemOperation::Upsert(_) => Sent::new(Method::POST, &self.docs)
                .with("x-ms-documentdb-is-upsert", "True")
                .json(&body),
            ItemOperation::Replace(_) => Sent::new(Method::PUT, at).json(&body),
            ItemOperation::Read { unless_current } => {
                let read = Sent::new(Method::GET, at);
                match self.etag(side, key, item.id, Condition::Current) {
                    Some(etag) if *unless_current => read.with("if-none-match", etag),
                    _ => read,
                }
            }
            ItemOperation::Delete(_) => Sent::new(Method::DELETE, at),
        };
        let sent = sent.in_partition(&json!(partition(key)));
        match self.etag(side, key, item.id, condition(&item.operation)) {
            Some(etag) => sent.with("if-match", etag),
            None => sent,
        }
    }

    fn etag(&self, side: usize, key: u8, id: u8, condition: Condition) -> Option<String> {
        match condition {
            Condition::None => None,
            Condition::Stale => Some("\"stale\"".to_owned()),
            Condition::Current => {
                let known = self.etags[side].get(&(key, id)).cloned();
                Some(known.unwrap_or_else(|| "\"unknown\"".to_owned()))
            }
        }
    }

    async fn patch(&mut self, key: u8, id: u8, condition: Condition) -> Result<(), TestCaseError> {
        let operations = json!({"operations": [
            {"op": "incr", "path": "/n", "value": 10}, {"op": "set", "path": "/patched", "value": [key]}
        ]});
        let mut answers = Vec::new();
        for side in 0..2 {
            let sent = Sent::new(Method::PATCH, format!("{}/{}", self.docs, name(id)))
                .in_partition(&json!(partition(key)))
                .json(&operations);
            let sent = match self.etag(side, key, id, condition) {
                Some(etag) => sent.with("if-match", etag),
                None => sent,
            };
            let answer = self.pair.clients()[side].send(&sent).await;
            if let (200, Some(etag)) = (answer.status, &answer.etag) {
                self.etags[side].insert((key, id), etag.clone());
            }
            answers.push(answer);
        }
        same(&answers[0], &answers[1], told)
    }

    async fn batch(&mut self, key: u8, items: &[OnItem]) -> Result<(), TestCaseError> {
        self.batched.insert(key);
        let mut answers = Vec::new();
        for side in 0..2 {
            let operations: Value = items.iter().map(|item| self.entry(side, key, item)).collect();
            let sent = Sent::new(Method::POST, &self.docs)
                .in_partition(&json!(partition(key)))
                .with("x-ms-cosmos-is-batch-request", "True")
                .with("x-ms-cosmos-batch-atomic", "True")
                .with("x-ms-cosmos-batch-continue-on-error", "False")
                .json(&operations);
            let answer = self.pair.clients()[side].send(&sent).await;
            let results = answer.body.as_array().into_iter().flatten();
            for (item, result) in items.iter().zip(results) {
                if let (200, Some(etag)) = (answer.status, result["eTag"].as_str()) {
                    self.etags[side].insert((key, item.id), etag.to_owned());
                }
            }
            answers.push(answer);
        }
        same(&answers[0], &answers[1], results)
    }

    fn entry(&self, side: usize, key: u8, item: &OnItem) -> Value {
        let (body, id) = (document(key, item), name(item.id));
        let mut entry = match &item.operation {
            ItemOperation::Create => json!({"operationType": "Create", "resourceBody": body}),
            ItemOperation::Upsert(_) => {
                json!({"operationType": "Upsert", "id": id, "resourceBody": body})
            }
            ItemOperation::Replace(_) => {
                json!({"operationType": "Replace", "id": id, "resourceBody": body})
            }
            ItemOperation::Read { .. } => json!({"operationType": "Read", "id": id}),
            ItemOperation::Delete(_) => json!({"operationType": "Delete", "id": id}),
        };
        if let Some(etag) = self.etag(side, key, item.id, condition(&item.operation)) {
            entry["ifMatch"] = etag.into();
        }
        entry
    }

    async fn query(&mut self, key: Option<u8>, text: &str) -> Result<(), TestCaseError> {
        let mut sent = Sent::new(Method::POST, &self.docs).query(text);
        if let Some(key) = key {
            sent = sent.in_partition(&json!(partition(key)));
        }
        let [ours, theirs] = self.pair.all(&sent).await;
        same(&ours, &theirs, |answer| json!(answer.found(text.contains("ORDER BY"))))
    }

    /// Reads what is new, page by page, until there is nothing.
    async fn poll(&mut self, key: u8) -> Result<(), TestCaseError> {
        let mut found = [Vec::new(), Vec::new()];
        for (side, found) in found.iter_mut().enumerate() {
            loop {
                let mut sent = Sent::new(Method::GET, &self.docs)
                    .in_partition(&json!(partition(key)))
                    .with("a-im", "Incremental Feed");
                if let Some(token) = self.tokens[side].get(&key) {
                    sent = sent.with("if-none-match", token);
                }
                let page = self.pair.clients()[side].send(&sent).await;
                if let Some(token) = page.etag {
                    self.tokens[side].insert(key, token);
                }
                found.extend(page.documents.iter().map(Value::to_string));
                if page.status == 304 {
                    break;
                }
                prop_assert_eq!(page.status, 200, "the feed of {}", key);
            }
        }
        if self.batched.remove(&key) {
            for items in &mut found {
                items.sort_unstable();
            }
        }
        let [ours, theirs] = found;
        prop_assert_eq!(ours, theirs, "the feed of {}", key);
        Ok(())
    }

    async fn split(&mut self, number: u8) -> Result<(), TestCaseError> {
        let (database, container) = (Pair::DATABASE, self.name.as_str());
        let admin = self.pair.local.admin();
        let ranges = admin.ranges(database, container).expect("the container is there");
        if ranges.len() > 6 {
            return Ok(());
        }
        let place = usize::from(number) % ranges.len();
        let split = admin.split_range(database, container, ranges[place].id, None).await;
        split.expect("a range can be split");
        let path = self.docs.replace("/docs", "/pkranges");
        let [_, theirs] = self.pair.send(&Sent::new(Method::GET, path)).await;
        let mut ranges = theirs.body["PartitionKeyRanges"].as_array().cloned().unwrap_or_default();
        ranges.sort_by_key(|range| range["minInclusive"].to_string());
        let id = ranges[place]["id"].as_str().and_then(|id| id.parse().ok());
        let id = id.expect("the emulator numbers its ranges");
        let time = std::time::Duration::ZERO;
        let store = self.pair.oracle.store();
        store.split_partition(database, container, id, time);
        store.drain_pending_control_plane().await;
        Ok(())
    }
}

fn partition(key: u8) -> String {
    format!("p{key}")
}

fn name(id: u8) -> String {
    format!("i{id}")
}

fn document(key: u8, item: &OnItem) -> Value {
    json!({"id": name(item.id), "pk": partition(key), "n": item.n, "token": item.token})
}

fn condition(operation: &ItemOperation) -> Condition {
    match operation {
        ItemOperation::Create | ItemOperation::Read { .. } => Condition::None,
        ItemOperation::Upsert(condition)
        | ItemOperation::Replace(condition)
        | ItemOperation::Delete(condition) => *condition,
    }
}

/// What is compared of an item's answer.
fn told(answer: &Answer) -> Value {
    let body = if answer.status < 300 { &answer.body } else { &Value::Null };
    json!([answer.status, without_system_properties(body)])
}

/// What is compared of a batch's answer.
fn results(answer: &Answer) -> Value {
    let results = answer.body.as_array().into_iter().flatten();
    let each = results.map(|result| {
        let body = result.get("resourceBody").map(without_system_properties);
        json!([result["statusCode"], body])
    });
    json!([answer.status, each.collect::<Value>()])
}

fn same(
    ours: &Answer,
    theirs: &Answer,
    part: impl Fn(&Answer) -> Value,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(part(ours), part(theirs), "ours {:?}, the emulator's {:?}", ours, theirs);
    Ok(())
}
