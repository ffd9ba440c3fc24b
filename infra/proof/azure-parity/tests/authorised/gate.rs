//! A gate before a Cosmos DB: who asks is told by the token, and what they may do by the Bicep.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use azure_parity::roles::{grants, roles};
use cosmos_local::CosmosLocal;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Who did what to which container.
pub type Deed = (String, String, String);

/// What Azure's own contributor may.
const CONTRIBUTOR: [&str; 8] = [
    "readMetadata",
    "items/create",
    "items/read",
    "items/replace",
    "items/upsert",
    "items/delete",
    "executeQuery",
    "readChangeFeed",
];

/// Stands before a Cosmos DB. Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    pub address: String,
    behind: String,
    http: reqwest::Client,
    may: Arc<BTreeSet<Deed>>,
    done: Arc<Mutex<BTreeSet<Deed>>>,
    refused: Arc<Mutex<BTreeSet<Deed>>>,
}

/// What the Bicep allows each principal.
pub fn allowed() -> BTreeSet<Deed> {
    let roles = roles();
    let mut allowed = BTreeSet::new();
    for ((principal, container), role) in grants() {
        let actions: Vec<String> = match roles.get(&role) {
            Some(actions) => actions.iter().cloned().collect(),
            None => CONTRIBUTOR.map(str::to_owned).to_vec(),
        };
        let who = principal.trim_end_matches("PrincipalId");
        for action in actions {
            let action = action.trim_start_matches("Microsoft.DocumentDB/databaseAccounts/");
            allowed.insert((who.to_owned(), container.clone(), action.to_owned()));
        }
    }
    allowed
}

impl Gate {
    pub async fn before(server: &CosmosLocal) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/", listener.local_addr().expect("an address"));
        let gate = Self {
            address,
            behind: server.endpoint().trim_end_matches('/').to_owned(),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            may: Arc::new(allowed()),
            done: Arc::default(),
            refused: Arc::default(),
        };
        let router =
            Router::new().route("/identity", get(identity)).fallback(pass).with_state(gate.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        gate
    }

    /// What was asked for and allowed.
    pub fn done(&self) -> BTreeSet<Deed> {
        self.done.lock().expect("nobody panicked").clone()
    }

    /// What was asked for and not allowed, since this was asked last.
    pub fn refused(&self) -> BTreeSet<Deed> {
        std::mem::take(&mut self.refused.lock().expect("nobody panicked"))
    }

    async fn forward(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        // The account answers with the address that it was asked under: ours.
        let host = self.address.trim_start_matches("http://").trim_end_matches('/');
        headers.insert(header::HOST, HeaderValue::from_str(host).expect("an authority"));
        let request = self.http.request(method, format!("{}{path}", self.behind));
        let answer = request.headers(headers).body(body).send().await.expect("it answers");
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(header::TRANSFER_ENCODING);
        (status, headers, answer.bytes().await.expect("an answer")).into_response()
    }
}

/// A token that is the name of the one who asks, as Container Apps gives it to a managed identity.
async fn identity(Query(asked): Query<BTreeMap<String, String>>) -> axum::Json<Value> {
    axum::Json(json!({
        "access_token": asked["client_id"], "resource": asked["resource"],
        "expires_on": "4102444800", "token_type": "Bearer",
    }))
}

async fn pass(State(gate): State<Gate>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        // Whoever asked has ended meanwhile.
        return StatusCode::BAD_REQUEST.into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let who = principal(&parts.headers);
    if let Some((container, actions)) =
        wanted(&parts.method, parts.uri.path(), &parts.headers, &body)
    {
        for action in actions {
            let deed = (who.clone(), container.clone(), action);
            if !gate.may.contains(&deed) {
                gate.refused.lock().expect("nobody panicked").insert(deed);
                let problem =
                    json!({ "code": "Forbidden", "message": "the role does not allow it" });
                return (StatusCode::FORBIDDEN, axum::Json(problem)).into_response();
            }
            gate.done.lock().expect("nobody panicked").insert(deed);
        }
    }
    gate.forward(parts.method, path, parts.headers, body).await
}

fn principal(headers: &HeaderMap) -> String {
    let token = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = token.expect("a signature").to_lowercase();
    let (_, who) = token.rsplit_once("sig%3d").or(token.rsplit_once("sig=")).expect("a token");
    who.to_owned()
}

/// The container that a request is about, and what Azure wants one to be allowed there; none for the account.
fn wanted(
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Option<(String, Vec<String>)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let is_on =
        |name| headers.get(name).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"true"));
    let ["dbs", database, "colls", container, rest @ ..] = segments.as_slice() else {
        assert_eq!((method, path), (&Method::GET, "/"), "only the account is asked for");
        return None;
    };
    if *database == "daybook-probe" {
        // Whether procedures run is asked on this machine only.
        return None;
    }
    let actions = match (method, rest) {
        (&Method::GET, [] | ["pkranges"]) => vec!["readMetadata"],
        (&Method::GET, ["docs"]) => vec!["readChangeFeed"],
        (&Method::GET, ["docs", _]) => vec!["items/read"],
        (&Method::POST, ["docs"])
            if is_on("x-ms-documentdb-isquery") || is_on("x-ms-cosmos-is-query-plan-request") =>
        {
            vec!["executeQuery", "readChangeFeed"]
        }
        (&Method::POST, ["docs"]) if is_on("x-ms-cosmos-is-batch-request") => batch(body),
        (&Method::POST, ["docs"]) if is_on("x-ms-documentdb-is-upsert") => vec!["items/upsert"],
        (&Method::POST, ["docs"]) => vec!["items/create"],
        (&Method::PUT, ["docs", _]) => vec!["items/replace"],
        (&Method::DELETE, ["docs", _]) => vec!["items/delete"],
        (&Method::POST, ["sprocs", _]) => vec!["executeStoredProcedure"],
        _ => vec!["something else"],
    };
    Some(((*container).to_owned(), actions.into_iter().map(str::to_owned).collect()))
}

fn batch(body: &[u8]) -> Vec<&'static str> {
    let operations: Vec<Value> = serde_json::from_slice(body).expect("a batch in text");
    let action = |operation: &Value| match operation["operationType"].as_str() {
        Some("Create") => "items/create",
        Some("Read") => "items/read",
        Some("Replace") => "items/replace",
        Some("Delete") => "items/delete",
        _ => "something else",
    };
    operations.iter().map(action).collect()
}
