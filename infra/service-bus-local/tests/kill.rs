//! The server is killed with -9 under load, again and again, on the same data: every message whose sending it
//! acknowledged is there afterwards, and none whose completion it acknowledged.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use local_server::program::Running;
use reqwest::Method;
use support::{Plain, try_answered};
use tokio::sync::watch;
use tokio::time::timeout;

const SENDERS: u32 = 8;
const RECEIVERS: u32 = 4;
const ROUNDS: u32 = 4;
/// So many requests to send and to complete are acknowledged before the server is killed.
const LOAD: usize = 60;
const PATIENCE: Duration = Duration::from_secs(60);

/// No message of this test dies by itself.
const ENTITIES: &str = r#"{
    "Queues": [{"Name": "q", "Properties": {"MaxDeliveryCount": 100000}}],
    "Topics": [{"Name": "t", "Subscriptions": [
        {"Name": "a", "Properties": {"MaxDeliveryCount": 100000}},
        {"Name": "b", "Properties": {"MaxDeliveryCount": 100000}}]}]}"#;

const SOURCES: [&str; 3] = ["q", "t/subscriptions/a", "t/subscriptions/b"];

/// What the server has acknowledged; of what it was asked when it died, nothing is known.
#[derive(Default)]
struct Known {
    /// By id: to the topic or to the queue.
    sent: BTreeMap<String, bool>,
    /// Source and id.
    completed: BTreeSet<(&'static str, String)>,
    /// Source and id: perhaps completed.
    doubtful: BTreeSet<(&'static str, String)>,
    /// Batches, perhaps sent.
    batches: Vec<(Vec<String>, bool)>,
}

type Shared = watch::Sender<Known>;

impl Known {
    fn acknowledged(&self) -> [usize; 2] {
        [self.sent.len(), self.completed.len()]
    }
}

fn start(data: &Path) -> (Running, Plain) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service-bus-local"));
    let server = Running::start(command.args(["--port", "0", "--data"]).arg(data)).unwrap();
    let plain = Plain::new(server.endpoint());
    (server, plain)
}

/// Sends until the server dies: single messages and batches of three, to the queue and to the topic.
async fn sender(plain: Plain, names: Arc<AtomicU32>, known: Shared) {
    loop {
        let name = names.fetch_add(1, Ordering::Relaxed);
        let to_topic = name % 2 == 1;
        let size = if name.is_multiple_of(3) { 3 } else { 1 };
        let ids: Vec<_> = (0..size).map(|n| format!("m{name}.{n}")).collect();
        known.send_modify(|known| known.batches.push((ids.clone(), to_topic)));
        let entry =
            |id: &String| serde_json::json!({"Body": id, "BrokerProperties": {"MessageId": id}});
        let batch: serde_json::Value = ids.iter().map(entry).collect();
        let path = if to_topic { "/t/messages" } else { "/q/messages" };
        let request = plain
            .signed(Method::POST, path)
            .header("content-type", "application/vnd.microsoft.servicebus.json")
            .body(batch.to_string());
        let Ok(answer) = try_answered(request).await else {
            return;
        };
        assert_eq!(answer.status, 201, "{answer:?}");
        known.send_modify(|known| known.sent.extend(ids.into_iter().map(|id| (id, to_topic))));
    }
}

/// Receives and completes every second message it gets, until the server dies.
async fn receiver(plain: Plain, source: &'static str, known: Shared) {
    let path = format!("/{source}/messages/head?timeout=1");
    for round in 0.. {
        let Ok(locked) = try_answered(plain.signed(Method::POST, &path)).await else {
            return;
        };
        if locked.status == 204 {
            continue;
        }
        assert_eq!(locked.status, 201, "{locked:?}");
        let message = (source, locked.text.clone());
        assert!(!known.borrow().completed.contains(&message), "{message:?} was completed");
        let complete = round % 2 == 0;
        let method = if complete { Method::DELETE } else { Method::PUT };
        if complete {
            known.send_modify(|known| known.doubtful.extend([message.clone()]));
        }
        let Ok(settled) = try_answered(plain.signed(method, &locked.lock())).await else {
            return;
        };
        assert_eq!(settled.status, 200, "{settled:?}");
        if complete {
            known.send_modify(|known| known.completed.extend([message]));
        }
    }
}

/// The ids of all messages of a source.
async fn ids(plain: &Plain, source: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut after = 0;
    loop {
        let path = format!("entities/{source}/messages?after={after}&limit=1000");
        let page = plain.admin(Method::GET, &path, "").await.json();
        let messages = page["messages"].as_array().unwrap().clone();
        let Some(last) = messages.last() else {
            return ids;
        };
        after = last["sequence_number"].as_u64().unwrap();
        for message in &messages {
            assert_eq!(message["state"], "active", "locks end with the process");
            assert!(ids.insert(message["message_id"].as_str().unwrap().to_owned()), "{message}");
        }
    }
}

async fn verify(plain: &Plain, known: &Shared) {
    let mut there = BTreeMap::new();
    for source in SOURCES {
        there.insert(source, ids(plain, source).await);
    }
    let known = known.borrow();
    let may_be_gone = |source, id: &String| known.doubtful.contains(&(source, id.clone()));
    for (id, to_topic) in &known.sent {
        for source in SOURCES.iter().filter(|source| source.starts_with('t') == *to_topic) {
            let found = there[source].contains(id);
            assert!(
                found || may_be_gone(source, id),
                "{id} was acknowledged, and is not in {source}"
            );
        }
    }
    for (source, id) in &known.completed {
        assert!(!there[source].contains(id), "{id} of {source} was completed");
    }
    for (ids, to_topic) in &known.batches {
        for source in SOURCES.iter().filter(|source| source.starts_with('t') == *to_topic) {
            let found = ids.iter().filter(|id| there[source].contains(*id)).count();
            let gone = ids.iter().filter(|id| may_be_gone(source, id)).count();
            assert!(found == 0 || found + gone >= ids.len(), "{ids:?} is in {source} by half");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_kept_whatever_the_moment_of_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let names = Arc::new(AtomicU32::new(0));
    let known = Shared::default();
    let begun = Instant::now();
    for round in 0..ROUNDS {
        let (server, plain) = start(data.path());
        if round == 0 {
            assert_eq!(plain.admin(Method::PUT, "entities", ENTITIES).await.status, 200);
        }
        verify(&plain, &known).await;
        let before = known.borrow().acknowledged();
        let mut clients = Vec::new();
        for _ in 0..SENDERS {
            let (names, known) = (Arc::clone(&names), known.clone());
            clients.push(tokio::spawn(sender(plain.clone(), names, known)));
        }
        for number in 0..RECEIVERS {
            let source = SOURCES[number as usize % SOURCES.len()];
            let known = known.clone();
            clients.push(tokio::spawn(receiver(plain.clone(), source, known)));
        }
        let mut seen = known.subscribe();
        let enough = |known: &Known| {
            let now = known.acknowledged();
            now.iter().zip(before).all(|(now, before)| *now >= before + LOAD)
        };
        let load = timeout(PATIENCE, seen.wait_for(enough)).await;
        drop(load.expect("the server answers").expect("we hold the sender"));
        server.kill().unwrap();
        for client in clients {
            client.await.unwrap();
        }
    }
    let (_server, plain) = start(data.path());
    verify(&plain, &known).await;
    let known = known.borrow();
    println!(
        "{} messages sent and {} completed over {ROUNDS} kills in {:?}",
        known.sent.len(),
        known.completed.len(),
        begun.elapsed()
    );
}
