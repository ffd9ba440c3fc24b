//! An endpoint that answers as a test tells it, and remembers what it was asked.

// Each test program uses a part of it.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cosmos::{Cosmos, Place, Settings};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const KEY: &str = "c2VjcmV0IGFjY291bnQga2V5";

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// What the stub answers to each kind of request.
#[derive(Debug, Clone)]
pub struct Answers {
    /// To the account's own address.
    pub account: StatusCode,
    /// Its description unless told otherwise.
    pub account_body: Option<String>,
    /// To the list of databases, which is asked for with a wrong key.
    pub wrong_key: StatusCode,
    /// To a procedure that does not exist.
    pub probe: StatusCode,
    /// To everything else.
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            account: StatusCode::OK,
            account_body: None,
            wrong_key: StatusCode::UNAUTHORIZED,
            probe: StatusCode::NOT_FOUND,
            status: 200,
            headers: Vec::new(),
            body: "null".to_owned(),
        }
    }
}

/// A running stub; it stops with the test's runtime.
pub struct Stub {
    pub url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    service: JoinHandle<std::io::Result<()>>,
}

struct Shared {
    url: String,
    answers: Answers,
    asked: Mutex<Vec<Asked>>,
}

impl Stub {
    pub async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("http://{address}/");
        let shared = Arc::new(Shared { url: url.clone(), answers, asked: Mutex::default() });
        let routes = Router::new().fallback(answer).with_state(shared.clone());
        let service = tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, address, shared, service }
    }

    /// Stops listening. Nothing keeps a connection: every answer of the stub ends it.
    pub async fn stop(self) -> SocketAddr {
        self.service.abort();
        let _aborted = self.service.await;
        self.address
    }

    pub fn settings(&self) -> Settings {
        Settings {
            place: Place::Endpoint { url: self.url.clone(), key: Some(KEY.to_owned()) },
            database: "my book".to_owned(),
        }
    }

    pub async fn connect(&self) -> Cosmos {
        Cosmos::connect(&self.settings()).await.unwrap()
    }

    /// The requests whose path ends so.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.path.ends_with(path)).cloned().collect()
    }
}

const CLOSE: [(HeaderName, &str); 1] = [(CONNECTION, "close")];

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    shared.asked.lock().unwrap().push(Asked {
        method: parts.method,
        path: path.clone(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let answers = &shared.answers;
    match path.as_str() {
        "/" => {
            let body = answers.account_body.clone();
            let body = body.unwrap_or_else(|| account(&shared.url));
            (answers.account, CLOSE, body).into_response()
        }
        "/dbs" => (answers.wrong_key, CLOSE).into_response(),
        probe if probe.contains("daybook-probe") => (answers.probe, CLOSE).into_response(),
        _ => {
            let mut response =
                Response::builder().status(answers.status).header(CONNECTION, "close");
            for (name, value) in &answers.headers {
                response = response.header(*name, *value);
            }
            response.body(Body::from(answers.body.clone())).unwrap()
        }
    }
}

fn account(url: &str) -> String {
    format!(
        r#"{{"_self":"","id":"stub","_rid":"stub",
            "writableLocations":[{{"name":"South Central US","databaseAccountEndpoint":"{url}"}}],
            "readableLocations":[{{"name":"South Central US","databaseAccountEndpoint":"{url}"}}],
            "userConsistencyPolicy":{{"defaultConsistencyLevel":"Session"}}}}"#
    )
}
