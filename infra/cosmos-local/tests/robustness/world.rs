//! A server with one container, and what has to hold after every test: it still answers, and nothing panicked.

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cosmos_local::{CosmosLocal, Options};
use reqwest::Method;
use serde_json::json;

use crate::support::{Answered, Plain};

pub const CONTAINER: &str = "/dbs/r/colls/c";
pub const KEY: (&str, &str) = ("x-ms-documentdb-partitionkey", r#"["p"]"#);

/// Nothing here may take longer; whatever does hangs.
pub const PATIENCE: Duration = Duration::from_secs(60);

static PANICS: AtomicUsize = AtomicUsize::new(0);
static WATCH: Once = Once::new();

pub struct World {
    pub server: CosmosLocal,
    pub plain: Plain,
}

impl World {
    pub async fn start() -> Self {
        WATCH.call_once(|| {
            let told = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                // A test that fails panics too, and is reported by itself.
                let ours = |place: &std::panic::Location<'_>| place.file().contains("robustness");
                if !panic.location().is_some_and(ours) {
                    PANICS.fetch_add(1, Ordering::SeqCst);
                }
                told(panic);
            }));
        });
        let server = CosmosLocal::start(Options::default()).await.unwrap();
        let plain = Plain::new(server.endpoint(), server.key());
        let world = Self { server, plain };
        let container = json!({"id": "c", "partitionKey": {"paths": ["/pk"], "kind": "Hash"}});
        for (path, body) in [("/dbs", json!({"id": "r"})), ("/dbs/r/colls", container)] {
            let made = world.plain.send(Method::POST, path, &[], body.to_string()).await;
            assert_eq!(made.status, 201, "{made:?}");
        }
        world
    }

    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answered {
        let path = format!("{CONTAINER}{path}");
        let sent = self.plain.send(Method::POST, &path, headers, body);
        tokio::time::timeout(PATIENCE, sent).await.expect("the server hangs")
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.server.endpoint().trim_start_matches("http://").trim_end_matches('/')
    }

    /// The server takes an item and gives it back, and no request made it panic.
    pub async fn is_well(&self) {
        let made = self.post("/docs", &[KEY], r#"{"id":"well","pk":"p"}"#).await;
        assert!(matches!(made.status, 201 | 409), "{made:?}");
        let path = format!("{CONTAINER}/docs/well");
        let read = self.plain.send(Method::GET, &path, &[KEY], "");
        let read = tokio::time::timeout(PATIENCE, read).await.expect("the server hangs");
        assert_eq!(read.status, 200, "{read:?}");
        assert_eq!(PANICS.load(Ordering::SeqCst), 0, "something panicked, see above");
    }
}
