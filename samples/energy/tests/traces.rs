//! Traces reach Application Insights, which a collector on this machine stands in for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

const KEY: &str = "00000000-0000-0000-0000-000000000007";

/// For what usually takes a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes what is sent to it, as the service does.
struct Collector {
    address: String,
    sent: watch::Receiver<Vec<Value>>,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/", listener.local_addr().expect("an address"));
        let (sender, sent) = watch::channel(Vec::new());
        let sender = Arc::new(sender);
        let take = async move |headers: HeaderMap, body: Bytes| {
            assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
            assert!(!headers.contains_key(header::AUTHORIZATION), "nobody here asks who it is");
            let mut text = String::new();
            GzDecoder::new(&*body).read_to_string(&mut text).expect("compressed text");
            let items: Vec<Value> = serde_json::from_str(&text).expect("a list");
            sender.send_modify(|sent| sent.extend(items));
        };
        let router = Router::new().route("/v2/track", post(take));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, sent }
    }

    fn connection_string(&self) -> String {
        format!("InstrumentationKey={KEY};IngestionEndpoint={}", self.address)
    }

    /// The first that is so, once it was sent.
    async fn has(&mut self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        let sent = timeout(PATIENCE, self.sent.wait_for(|sent| sent.iter().any(&so))).await;
        let sent = sent.unwrap_or_else(|_| panic!("nothing was sent of {what}")).expect("it runs");
        sent.iter().find(|item| so(item)).expect("it was waited for").clone()
    }
}

/// What is said of an item: its name, and the conversation that it belongs to.
fn is(item: &Value, kind: &str, name: &str, conversation: &str) -> bool {
    let data = &item["data"];
    let named = [&data["baseData"]["name"], &data["baseData"]["message"]];
    data["baseType"] == kind
        && named.iter().any(|it| **it == name)
        && data["baseData"]["properties"]["correlation_id"] == conversation
}

/// The program, and where it listens.
struct Energy {
    program: Child,
    /// Kept open: the program has more to say.
    _out: BufReader<ChildStdout>,
    address: String,
}

/// Starts the program, which sends its traces after `delay` milliseconds.
fn energy(connection_string: &str, delay: u32) -> Energy {
    let mut program = Command::new(env!("CARGO_BIN_EXE_energy"))
        .args(["--ephemeral", "--port", "0"])
        .env_remove("COSMOS_ENDPOINT")
        .env("APPLICATIONINSIGHTS_CONNECTION_STRING", connection_string)
        .env("OTEL_BSP_SCHEDULE_DELAY", delay.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let mut out = BufReader::new(program.stdout.take().expect("its output is piped"));
    out.read_line(&mut line).expect("it prints its address");
    let (_, address) = line.trim_end().split_once("http://").expect("an address");
    let address = address.trim_end_matches('/').to_owned();
    Energy { program, _out: out, address }
}

fn send(address: &str, path: &str, conversation: &str, body: &Value) {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCorrelation-Id: {conversation}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    );
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(request.as_bytes()).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
}

fn register(address: &str, conversation: &str) {
    let meter = json!({
        "meter_id": "1", "postal_code": "1000 AA", "house_number": "25",
        "activation_code": "542-484",
    });
    send(address, "/api/meters", conversation, &meter);
}

fn terminate(Energy { mut program, .. }: Energy) -> ExitStatus {
    let told = Command::new("kill").args(["-TERM", &program.id().to_string()]).status();
    assert!(told.expect("kill runs").success());
    program.wait().expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_is_in_the_traces_of_the_request_the_command_the_views_and_the_consumers() {
    let mut collector = Collector::start().await;
    let energy = energy(&collector.connection_string(), 100);
    let id = "conversation-7";
    register(&energy.address, id);
    send(&energy.address, "/api/meters/1/activation", id, &json!({ "activation_code": "542-484" }));
    let request = |item: &Value| is(item, "RequestData", "POST /api/meters", id);
    let request = collector.has("the request", request).await;
    assert_eq!(request["iKey"], KEY);
    assert_eq!(request["tags"]["ai.cloud.role"], "energy-all");
    assert_eq!(request["data"]["baseData"]["responseCode"], "201");
    let operation = &request["tags"]["ai.operation.id"];
    let command = |item: &Value| {
        is(item, "RemoteDependencyData", "execute", id)
            && item["tags"]["ai.operation.id"] == *operation
    };
    collector.has("the command", command).await;
    let append = |item: &Value| {
        item["data"]["baseData"]["name"] == "append"
            && item["tags"]["ai.operation.id"] == *operation
    };
    collector.has("the append", append).await;
    collector.has("the views", |item| is(item, "MessageData", "folds", id)).await;
    collector.has("the consumers", |item| is(item, "RequestData", "message", id)).await;
    assert!(terminate(energy).success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_sent_yet_is_sent_before_the_program_ends() {
    let mut collector = Collector::start().await;
    let energy = energy(&collector.connection_string(), 600_000);
    register(&energy.address, "conversation-8");
    assert!(terminate(energy).success());
    let request = |item: &Value| is(item, "RequestData", "POST /api/meters", "conversation-8");
    collector.has("the request", request).await;
}

#[test]
fn a_connection_string_that_is_none_ends_the_program_with_the_variable_and_the_remedy() {
    let program = Command::new(env!("CARGO_BIN_EXE_energy"))
        .arg("--ephemeral")
        .env_remove("COSMOS_ENDPOINT")
        .env("APPLICATIONINSIGHTS_CONNECTION_STRING", KEY)
        .output()
        .expect("the program starts");
    assert!(!program.status.success());
    let said = String::from_utf8_lossy(&program.stderr);
    let problem =
        "energy: APPLICATIONINSIGHTS_CONNECTION_STRING has no InstrumentationKey: copy the";
    assert!(said.contains(problem), "{said}");
}
