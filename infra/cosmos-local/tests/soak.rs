//! The server under a load that goes on, on data that stays as large as it is: its memory stays as large as it is.
//!
//! A short run here; `just soak` runs for as long as it is told to.

#![cfg(target_os = "linux")]

mod support;

use std::process::Command;

use futures::future::join_all;
use local_server::program::Running;
use reqwest::Method;
use serde_json::json;
use support::{Plain, key};

const CONTAINER: &str = "/dbs/soak/colls/items";

/// Partitions and items in each: what is written is always one of these.
const PARTITIONS: u32 = 40;
const ITEMS: u32 = 25;

/// Operations of a client in a round; `SOAK_ROUNDS` rounds are measured.
const OPERATIONS: u32 = 60;
const CLIENTS: u32 = 8;
const ROUNDS: u32 = 6;
/// Rounds before the memory counts: caches fill, and the log of changes reaches its length.
const WARM: u32 = 3;

/// How much the memory may grow after that, whatever the number of rounds.
const GROWTH: u64 = 24 << 20;

/// Writes one document by a procedure that also reads and queries.
const PROCEDURE: &str = "function (id, partition, n) {
    const collection = getContext().getCollection(), link = collection.getSelfLink();
    collection.queryDocuments(link, 'SELECT VALUE COUNT(1) FROM c', (error, found) => {
        if (error) throw error;
        const document = { id, partition, n, found: found[0] };
        collection.upsertDocument(link, document, error => { if (error) throw error; });
    });
}";

struct Server {
    process: Running,
    plain: Plain,
}

impl Server {
    fn start(data: Option<&std::path::Path>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cosmos-local"));
        match data {
            Some(data) => command.arg("--data").arg(data),
            None => command.arg("--ephemeral"),
        };
        let process = Running::start(command.args(["--port", "0"])).expect("it starts");
        let plain = Plain::new(process.endpoint(), cosmos_local::EMULATOR_KEY);
        Self { process, plain }
    }

    /// Resident bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("the server runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux says so");
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse().ok());
        kilobytes.map(|number: u64| number * 1024).expect("it is a number")
    }
}

async fn provision(plain: &Plain) {
    let container =
        json!({"id": "items", "partitionKey": {"paths": ["/partition"], "kind": "Hash"}});
    for (path, body) in [
        ("/dbs".to_owned(), json!({"id": "soak"})),
        ("/dbs/soak/colls".to_owned(), container),
        (format!("{CONTAINER}/sprocs"), json!({"id": "write", "body": PROCEDURE})),
    ] {
        let created = plain.send(Method::POST, &path, &[], body.to_string()).await;
        assert_eq!(created.status, 201, "{created:?}");
    }
}

/// One operation of a mixed load. The numbers make every run the same.
async fn operation(plain: &Plain, number: u32) {
    let (partition, item) = (number % PARTITIONS, number / PARTITIONS % ITEMS);
    let (partition, id) = (format!("p{partition}"), format!("i{item}"));
    let key = key(&partition);
    let keyed = ("x-ms-documentdb-partitionkey", key.as_str());
    let docs = format!("{CONTAINER}/docs");
    let document = json!({"id": id, "partition": partition, "n": number, "text": "x".repeat(500)});
    let upsert = [keyed, ("x-ms-documentdb-is-upsert", "True")];
    let query = [keyed, ("content-type", "application/query+json")];
    let send = async |method, path: &str, headers: &[(&str, &str)], body: String| {
        plain.send(method, path, headers, body).await
    };
    let answer = match number % 8 {
        0..=2 => send(Method::POST, &docs, &upsert, document.to_string()).await,
        3 => send(Method::GET, &format!("{docs}/{id}"), &[keyed], String::new()).await,
        4 => send(Method::DELETE, &format!("{docs}/{id}"), &[keyed], String::new()).await,
        5 => {
            let text = format!("SELECT TOP 5 * FROM c WHERE c.n > {} ORDER BY c.n", number / 2);
            send(Method::POST, &docs, &query, json!({ "query": text }).to_string()).await
        }
        6 => {
            let body = json!([id, partition, number]).to_string();
            send(Method::POST, &format!("{CONTAINER}/sprocs/write"), &[keyed], body).await
        }
        _ => send(Method::GET, &docs, &[keyed, ("a-im", "Incremental Feed")], String::new()).await,
    };
    assert!(answer.status < 500, "{answer:?}");
}

async fn round(plain: &Plain, round: u32) {
    let clients = (0..CLIENTS).map(|client| async move {
        for number in 0..OPERATIONS {
            let all = (round * OPERATIONS + number) * CLIENTS + client;
            // A step that shares no factor with the numbers of partitions and items reaches them all.
            operation(plain, all.wrapping_mul(7919)).await;
        }
    });
    join_all(clients).await;
}

async fn soak(server: &Server) {
    let rounds = std::env::var("SOAK_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    provision(&server.plain).await;
    for number in 0..WARM {
        round(&server.plain, number).await;
    }
    let before = server.memory();
    for number in WARM..WARM + rounds {
        round(&server.plain, number).await;
        let now = server.memory();
        assert!(
            now < before + GROWTH,
            "after {number} rounds the server holds {now} bytes, it held {before} after {WARM}"
        );
    }
    println!(
        "{} operations: {} MB before, {} MB after",
        rounds * OPERATIONS * CLIENTS,
        before >> 20,
        server.memory() >> 20
    );
}

#[tokio::test]
async fn its_memory_does_not_grow_under_load_in_memory() {
    soak(&Server::start(None)).await;
}

#[tokio::test]
async fn its_memory_does_not_grow_under_load_on_disk() {
    let data = tempfile::tempdir().expect("a folder can be made");
    soak(&Server::start(Some(data.path()))).await;
}
