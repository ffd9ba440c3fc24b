//! The log leads from a request to the views and to the consumers elsewhere. Alone in its program: what is logged is decided for all threads.

#[path = "web/client.rs"]
#[expect(dead_code, reason = "the other tests do more")]
mod client;

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, header};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use client::{Client, request};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// All on one thread, where the log is kept.
#[tokio::test]
async fn one_id_is_in_the_request_the_command_the_append_the_event_the_views_and_the_consumers() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(
            "energy=debug,cockpit=debug,aggregates=debug,projections=debug,integration_events=info",
        )
        .with_ansi(false)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(log.clone())
        .finish();
    let _kept = tracing::subscriber::set_default(subscriber);
    let client = Client::new().await.telling().await;
    let body = json!({
        "meter_id": "1", "postal_code": "1000 AA", "house_number": "25",
        "activation_code": "542-484",
    });
    let sent = request(Method::POST, "/api/meters")
        .header("Correlation-Id", "conversation-7")
        .header(header::CONTENT_TYPE, "application/json");
    let sent = client.send(sent.body(Body::from(body.to_string())).expect("a request")).await;
    assert_eq!(sent.headers["correlation-id"], "conversation-7");
    assert_eq!(client.listed().await, ["1"]);
    let event = &client.get("/api/streams/meter:1").await.json()["events"][0]["document"];
    assert_eq!(event["meta"]["correlation_id"], "conversation-7");
    let sent = request(Method::POST, "/api/meters/1/activation")
        .header("Correlation-Id", "conversation-8")
        .header(header::CONTENT_TYPE, "application/json");
    let body = json!({ "activation_code": "542-484" }).to_string();
    client.send(sent.body(Body::from(body)).expect("a request")).await;
    client.told("1", |told| !told.texts.texts.is_empty()).await;
    let projected = client.projections.projected();
    projected.log_lag().await;
    let messaging = client.app.bus.as_ref().expect("there is a bus").messaging();
    messaging.log_lag(&projected.sources).await;
    let log = String::from_utf8(log.0.lock().expect("nobody panicked").clone()).expect("text");
    let has = |parts: &[&str]| log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    let id = "correlation_id=\"conversation-7\"";
    assert!(has(&["request{", "path=\"/api/meters\"", id, "answered"]), "{log}");
    assert!(
        has(&["request{", id, "execute{stream=meter:1", "append{stream=meter:1", "close"]),
        "{log}"
    );
    let taken = ["message taken", "notifications", "correlation_id=\"conversation-8\""];
    assert!(has(&taken), "{log}");
    assert!(has(&["how far behind", "projection=\"meters\"", "lag_seconds=0"]), "{log}");
    assert!(has(&["how far behind", "publisher=\"energy-events\"", "lag_seconds="]), "{log}");
    assert!(has(&["page{lease=\"meters@1.", "folds", "view=1", "stream=meter:1", id]), "{log}");
}
