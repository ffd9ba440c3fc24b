//! What both examples begin with: an empty Cosmos DB in this process, and a tap in front of it.

use cosmos::{Cosmos, Place, Settings};
use event_store_checks::{
    AppendError, Appended, CosmosEventStore, EVENTS, EventStore as _, Range, RecordedEvent, Slice,
    StoreError, StreamId,
};

use super::{Exchange, Wire};

/// The key that every Cosmos DB emulator publishes.
const KEY: &str =
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/// The columns a projector and a terminal share.
const OUTCOME: usize = 58;

/// A provisioned Cosmos DB and what goes over the wire to it.
pub struct World {
    pub cosmos: Cosmos,
    pub wire: Wire,
    /// It runs as long as this is held.
    _server: Cosmos,
}

impl World {
    pub async fn start() -> Self {
        over_http_1();
        let server = Cosmos::connect(&Settings::ephemeral()).await.expect("an embedded one starts");
        let (wire, url) = Wire::before(server.endpoint()).await.expect("a port is free");
        let place = Place::Endpoint { url, key: Some(KEY.to_owned()) };
        let settings = Settings { place, ..Settings::ephemeral() };
        let cosmos = Cosmos::connect(&settings).await.expect("the tap hands on");
        cosmos.provision(&[EVENTS]).await.expect("an empty Cosmos DB can be provisioned");
        wire.take();
        Self { cosmos, wire, _server: server }
    }

    /// Loads a whole stream.
    pub async fn load(&self, store: &CosmosEventStore, stream: &StreamId) -> Slice {
        store.load(stream, Range::all()).await.expect("the stream can be read")
    }
}

/// The tap reads HTTP/1.1, where a request is text. The SDK takes such a wish from the environment only, at
/// the start of the process: so the program starts itself again.
fn over_http_1() {
    const ALLOWED: &str = "AZURE_COSMOS_CONNECTION_POOL_IS_HTTP2_ALLOWED";
    if std::env::var(ALLOWED).is_ok_and(|allowed| allowed == "false") {
        return;
    }
    let program = std::env::current_exe().expect("a running program has a path");
    let status = std::process::Command::new(program).env(ALLOWED, "false").status();
    std::process::exit(status.expect("what runs can be run again").code().unwrap_or(1));
}

/// One line a request: who, what, and how it ended.
pub fn print_requests(who: &str, exchanges: &[Exchange]) {
    for exchange in exchanges {
        let line = format!("  {who:<6} {}", exchange.line());
        println!("{line:<OUTCOME$}  {}", exchange.outcome());
    }
}

/// What the store made of the answer.
pub fn told(outcome: &Result<Appended, AppendError<StoreError>>) -> String {
    match outcome {
        Ok(done) if done.duplicate => format!("stored before: up to version {}", done.version),
        Ok(done) => format!("appended: the stream is at version {}", done.version),
        Err(AppendError::Conflict { actual, .. }) => {
            format!("conflict: the stream is at version {actual}")
        }
        Err(other) => panic!("no such outcome is expected here: {other:?}"),
    }
}

/// An event on a line, as a reader of the stream meets it.
pub fn timeline(recorded: &RecordedEvent) -> String {
    let event = &recorded.event;
    format!("v{}  {:<24}{}", recorded.version, event.kind(), event.id())
}
