//! The server is killed with -9 under load, again and again, on the same data: every write it acknowledged is
//! there afterwards, and no half of a transaction.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use local_server::program::Running;
use reqwest::Method;
use serde_json::{Value, json};
use support::{Answered, Plain, key};
use tokio::sync::watch;
use tokio::time::timeout;

const CLIENTS: u32 = 12;
const ROUNDS: u32 = 4;
/// So many transactions, some number in this, are acknowledged before the server is killed.
const LOAD: std::ops::Range<usize> = 20..150;
const PATIENCE: Duration = Duration::from_secs(60);
const CONTAINER: &str = "/dbs/kill/colls/writes";

/// Writes `count` documents of the group `group` in one transaction.
const PROCEDURE: &str = "function (partition, group, count) {
    const collection = getContext().getCollection();
    for (let n = 0; n < count; n++) {
        const document = { id: group + '.' + n, partition, group, of: count };
        if (!collection.createDocument(collection.getSelfLink(), document)) throw new Error('not accepted');
    }
    getContext().getResponse().setBody(count);
}";

/// A group of documents written in one transaction. Acknowledged or not, it is whole or absent.
#[derive(Debug, Clone)]
struct Group {
    partition: String,
    name: String,
    size: usize,
}

/// What the server has acknowledged.
type Stored = watch::Sender<Vec<Group>>;

fn start(data: &Path) -> (Running, Plain) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosmos-local"));
    let command = command.args(["--port", "0", "--partitions", "2", "--data"]).arg(data);
    let server = Running::start(command).unwrap();
    let plain = Plain::new(server.endpoint(), cosmos_local::EMULATOR_KEY);
    (server, plain)
}

async fn provision(plain: &Plain) {
    let container =
        json!({"id": "writes", "partitionKey": {"paths": ["/partition"], "kind": "Hash"}});
    let procedure = json!({"id": "write", "body": PROCEDURE});
    for (path, body) in [
        ("/dbs".to_owned(), json!({"id": "kill"})),
        ("/dbs/kill/colls".to_owned(), container),
        (format!("{CONTAINER}/sprocs"), procedure),
    ] {
        let created = plain.send(Method::POST, &path, &[], body.to_string()).await;
        assert_eq!(created.status, 201, "{created:?}");
    }
}

/// Sends one transaction: a point create, a batch of ten or a procedure, in turn.
async fn write(plain: &Plain, group: &Group) -> reqwest::Result<Answered> {
    let Group { partition, name, size } = group;
    let partition_key = key(partition);
    let mut headers = vec![("x-ms-documentdb-partitionkey", partition_key.as_str())];
    let docs = format!("{CONTAINER}/docs");
    let document = |n: usize| json!({"id": format!("{name}.{n}"), "partition": partition, "group": name, "of": size});
    let (path, body) = match size {
        1 => (docs, document(0)),
        10 => {
            headers.push(("x-ms-cosmos-is-batch-request", "True"));
            headers.push(("x-ms-cosmos-batch-atomic", "True"));
            let create = |n| json!({"operationType": "Create", "resourceBody": document(n)});
            (docs, (0..10).map(create).collect())
        }
        _ => (format!("{CONTAINER}/sprocs/write"), json!([partition, name, size])),
    };
    plain.try_send(Method::POST, &path, &headers, body.to_string()).await
}

/// Writes until the server dies; keeps what it was told is stored.
async fn client(plain: Plain, number: u32, names: Arc<AtomicU32>, stored: Stored) {
    loop {
        let name = names.fetch_add(1, Ordering::Relaxed);
        let group = Group {
            // Clients share partitions, so that transactions meet.
            partition: format!("p{}", number % 5),
            name: format!("g{name}"),
            size: [1, 10, 4][name as usize % 3],
        };
        match write(&plain, &group).await {
            Ok(answer) => {
                assert!(answer.status < 202, "{group:?}: {answer:?}");
                stored.send_modify(|stored| stored.push(group));
            }
            Err(_) => return,
        }
    }
}

/// How many documents of each group there are, read from the change feed of both ranges.
async fn counts(plain: &Plain) -> BTreeMap<String, (usize, u64)> {
    let mut counts = BTreeMap::new();
    for range in ["0", "1"] {
        let mut etag: Option<String> = None;
        loop {
            let mut headers = vec![
                ("a-im", "Incremental Feed"),
                ("x-ms-documentdb-partitionkeyrangeid", range),
                ("x-ms-max-item-count", "-1"),
            ];
            if let Some(etag) = &etag {
                headers.push(("if-none-match", etag));
            }
            let page = plain.send(Method::GET, &format!("{CONTAINER}/docs"), &headers, "").await;
            if page.status == 304 {
                break;
            }
            etag = Some(page.header("etag").to_owned());
            for document in page.json()["Documents"].as_array().unwrap() {
                let group = document["group"].as_str().unwrap().to_owned();
                let size = document["of"].as_u64().unwrap();
                counts.entry(group).or_insert((0, size)).0 += 1;
            }
        }
    }
    counts
}

async fn verify(plain: &Plain, stored: &Stored) {
    let stored = stored.borrow().clone();
    let counts = counts(plain).await;
    for (group, (count, size)) in &counts {
        assert_eq!(*count as u64, *size, "{group} is there by half");
    }
    for group in &stored {
        let found = counts.get(&group.name).map(|(count, _)| *count);
        assert_eq!(found, Some(group.size), "{group:?} was acknowledged");
    }
    // The feed is one way to the documents, a point read another.
    for group in stored.iter().rev().take(20) {
        let path = format!("{CONTAINER}/docs/{}.{}", group.name, group.size - 1);
        let key = key(&group.partition);
        let headers = [("x-ms-documentdb-partitionkey", key.as_str())];
        let read: Answered = plain.send(Method::GET, &path, &headers, "").await;
        assert_eq!(read.status, 200, "{group:?}");
        assert_eq!(read.json()["group"], Value::from(group.name.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_and_no_transaction_is_halved_by_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let names = Arc::new(AtomicU32::new(0));
    let stored = Stored::default();
    let begun = Instant::now();
    for round in 0..ROUNDS {
        let (server, plain) = start(data.path());
        if round == 0 {
            provision(&plain).await;
        }
        verify(&plain, &stored).await;
        let clients = (0..CLIENTS).map(|number| {
            let (names, stored) = (Arc::clone(&names), stored.clone());
            tokio::spawn(client(plain.clone(), number, names, stored))
        });
        let clients: Vec<_> = clients.collect();
        let before = stored.borrow().len();
        let mut seen = stored.subscribe();
        let enough = before + rand::random_range(LOAD);
        let load = seen.wait_for(|stored| stored.len() >= enough);
        let load = timeout(PATIENCE, load).await;
        drop(load.expect("the server answers").expect("we hold the sender"));
        server.kill().unwrap();
        for client in clients {
            client.await.unwrap();
        }
    }
    let (_server, plain) = start(data.path());
    verify(&plain, &stored).await;
    println!(
        "{} transactions kept over {ROUNDS} kills in {:?}",
        stored.borrow().len(),
        begun.elapsed()
    );
}
