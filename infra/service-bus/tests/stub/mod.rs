//! A broker that answers as a test tells it, and remembers what it was asked.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::Response;
use service_bus::{Place, ServiceBus, Settings};
use tokio::net::TcpListener;

pub const HOST: &str = "sbemulatorns.servicebus.windows.net";

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub uri: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> &[u8] {
        self.headers.get(name).map_or(b"", |value| value.as_bytes())
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn detail(status: u16, detail: &str) -> Self {
        let code = status;
        let body = format!("<Error><Code>{code}</Code><Detail>{detail}</Detail></Error>");
        Self { body: body.into_bytes(), ..Self::status(status) }
    }

    /// A message under a lock.
    pub fn message(broker_properties: &str, body: impl Into<Vec<u8>>) -> Self {
        let location =
            format!("https://{HOST}/jobs/messages/1/7da9cfd5-40d5-4bb1-8d64-ec5a52e1c547");
        Self {
            status: 201,
            headers: vec![
                ("location", location),
                ("brokerproperties", broker_properties.to_owned()),
            ],
            body: body.into(),
        }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }
}

/// A running stub; it stops with the test's runtime.
pub struct Stub {
    pub bus: ServiceBus,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Asked>>,
}

impl Stub {
    /// A stub with a bus connected to it. It gives these answers, the last one again and again.
    pub async fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        shared.answers.lock().unwrap().extend(answers);
        let routes = Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let place = Place::Local { url, key: None };
        let bus = ServiceBus::connect(&Settings { place }).await.unwrap();
        Self { bus, shared }
    }

    /// What it was asked, without the question who it is.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path() == "/_admin/health" {
        let health =
            r#"{"service":"service-bus-local","namespace":"sbemulatorns","administration":false}"#;
        return Response::new(Body::from(health));
    }
    let body = to_bytes(body, usize::MAX).await.unwrap();
    shared.asked.lock().unwrap().push(Asked {
        method: parts.method,
        uri: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let mut answers = shared.answers.lock().unwrap();
    let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
    let next = next.expect("a stub has an answer");
    let mut response = Response::builder().status(next.status);
    for (name, value) in next.headers {
        response = response.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    response.body(Body::from(next.body)).unwrap()
}
