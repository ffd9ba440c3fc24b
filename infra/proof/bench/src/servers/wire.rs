//! Plain requests, the same to every peer.

use std::sync::Arc;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::Failure;

/// A client of one peer.
#[derive(Clone)]
pub struct Wire {
    http: reqwest::Client,
    endpoint: Arc<str>,
}

/// A request to the items of the container, or to what lies below it.
#[derive(Clone)]
pub struct Asked {
    pub method: Method,
    /// Below the container.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
}

const CONTAINER: &str = "/dbs/bench/colls/events";

impl Asked {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Value::Null }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn of(self, stream: &str) -> Self {
        self.with("x-ms-documentdb-partitionkey", json!([stream]).to_string())
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    pub fn query(self, text: &str) -> Self {
        self.with("x-ms-documentdb-isquery", "True")
            .with("x-ms-documentdb-query-enablecrosspartition", "True")
            .with("content-type", "application/query+json")
            .body(json!({ "query": text, "parameters": [] }))
    }
}

impl Wire {
    pub fn new(endpoint: &str) -> Self {
        Self { http: reqwest::Client::new(), endpoint: endpoint.into() }
    }

    /// The database and the container of the events, indexed as the workshop's is.
    pub async fn provision(&self) -> Result<(), Failure> {
        let container = json!({
            "id": "events",
            "partitionKey": {"paths": ["/stream"], "kind": "Hash", "version": 2},
            "indexingPolicy": {
                "indexingMode": "consistent", "automatic": true,
                "includedPaths": [{"path": "/version/?"}], "excludedPaths": [{"path": "/*"}],
            },
        });
        for (path, body) in [("/dbs", json!({"id": "bench"})), ("/dbs/bench/colls", container)] {
            let asked = Asked::new(Method::POST, "").body(body);
            let answer = self.send_to(path, &asked).await?;
            if !answer.status().is_success() {
                return Err(format!("{path}: {}", answer.text().await?).into());
            }
        }
        Ok(())
    }

    /// Sends it and reads the answer to its end.
    pub async fn send(
        &self,
        asked: &Asked,
    ) -> Result<(u16, reqwest::header::HeaderMap, String), Failure> {
        let answer = self.send_to(&format!("{CONTAINER}{}", asked.path), asked).await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok((status, headers, answer.text().await?))
    }

    async fn send_to(&self, path: &str, asked: &Asked) -> Result<Response, Failure> {
        let mut request = self
            .http
            .request(asked.method.clone(), format!("{}{path}", self.endpoint))
            .header("x-ms-version", "2020-07-15")
            .header("authorization", "type%3Daad%26ver%3D1.0%26sig%3Dtoken");
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        if !asked.body.is_null() {
            request = request.body(asked.body.to_string());
        }
        Ok(request.send().await?)
    }
}
