//! Requests as clients send them, to one of the two.

use reqwest::Method;
use serde_json::Value;

use crate::Answer;

/// A client of one server.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: String,
    http: reqwest::Client,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Sent {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Sent {
    /// A request without headers or a body.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: String::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the partition key, as clients write it.
    #[must_use]
    pub fn in_partition(self, key: &Value) -> Self {
        self.with("x-ms-documentdb-partitionkey", Value::from(vec![key.clone()]).to_string())
    }

    /// Gives it a body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self
    }

    /// Makes it a query.
    #[must_use]
    pub fn query(self, text: &str) -> Self {
        self.with("x-ms-documentdb-isquery", "True")
            .with("x-ms-documentdb-query-enablecrosspartition", "True")
            .with("content-type", "application/query+json")
            .json(&serde_json::json!({ "query": text, "parameters": [] }))
    }
}

impl Client {
    /// A client of the server at an endpoint.
    #[must_use]
    pub fn new(endpoint: &str) -> Self {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Self { endpoint, http: reqwest::Client::new() }
    }

    /// Sends a request.
    ///
    /// # Panics
    ///
    /// When there is no answer, which is no difference but a fault of the proof.
    pub async fn send(&self, sent: &Sent) -> Answer {
        let mut request = self
            .http
            .request(sent.method.clone(), format!("{}{}", self.endpoint, sent.path))
            .header("x-ms-version", "2020-07-15")
            // cosmos-local takes any token; the emulator asks for nothing.
            .header("authorization", "type%3Daad%26ver%3D1.0%26sig%3Dtoken")
            .body(sent.body.clone());
        for (name, value) in &sent.headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.expect("both servers answer");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("answers are text");
        Answer::new(status, &headers, &text)
    }

    /// Follows a feed or a query to its end, and returns the last answer with the documents of all pages.
    pub async fn all(&self, sent: &Sent) -> Answer {
        let mut documents = Vec::new();
        let mut request = sent.clone();
        loop {
            let mut page = self.send(&request).await;
            documents.append(&mut page.documents);
            match page.continuation.take() {
                Some(token) => request = sent.clone().with("x-ms-continuation", token),
                None => return Answer { documents, ..page },
            }
        }
    }
}
