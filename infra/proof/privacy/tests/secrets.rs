//! Secrets are planted in a town of meters; one owner is forgotten; then every place is searched where a copy might lie: the
//! containers, the raw files of the database and of the broker, and the log of everything that happened.

use std::io::{BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command as Program, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aggregates::Context;
use aggregates::meter::Command;
use aggregates::readings::Day;
use aggregates::registration::{MeterId, Registration};
use cosmos_local::{CosmosLocal, Options, Storage};
use energy::meters::Meters;
use energy::privacy::CONTAINERS;
use energy::projecting::Projections;
use energy::store::Store;
use event_store::{EventStore, Range, Version};
use gdpr::erasure::Way;
use gdpr::{Gone, Opened, search};
use integration_events::{MemoryParking, Publisher, meters::Meters as Told};
use projections::{CosmosDocuments, Handler, Page};
use service_bus::{EntitySpec, Filter, ServiceBus, SubscriptionSpec, TopicSpec};
use snapshots::{Policy, SNAPSHOTS, Taken, Taker};
use time::macros::{date, datetime};
use tracing_subscriber::fmt::MakeWriter;

/// What must be nowhere, in no form that can be read.
const SECRETS: [&str; 5] = ["9876 QZXJ", "77-QZXJ", "CODE-QZXJ", "WRONG-QZXJ", "Ada Qzxjova"];

/// What must be everywhere, or the search proves nothing.
const CANARY: &str = "canary-4711";

/// How long the other process keeps a key.
const KEPT: Duration = Duration::from_secs(3);

const TOPIC: TopicSpec = TopicSpec {
    name: "energy-events",
    time_to_live: Duration::from_secs(3600),
    duplicate_window: None,
    subscriptions: &[SubscriptionSpec {
        name: "all",
        lock: Duration::from_secs(60),
        max_delivery_count: 3,
        time_to_live: Duration::from_secs(3600),
        filter: Filter::Everything,
    }],
};

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

/// Another process, which shows a postal code when it is asked.
struct Reader {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Reader {
    fn start(server: &CosmosLocal, keys: &Path) -> Self {
        let keys = keys.to_str().expect("a plain path");
        let mut child = Program::new(env!("CARGO_BIN_EXE_reader"))
            .args([server.endpoint(), server.key(), keys, &KEPT.as_millis().to_string(), "1"])
            .env("COSMOS_DISABLE_IMDS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is a program");
        let said = BufReader::new(child.stdout.take().expect("it was asked for"));
        Self { child, said }
    }

    fn shows(&mut self) -> String {
        let stdin = self.child.stdin.as_mut().expect("it was asked for");
        writeln!(stdin, "look").expect("it listens");
        let mut line = String::new();
        self.said.read_line(&mut line).expect("it answers");
        line.trim().to_owned()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sent(id: &str) -> Context {
    let actor = Some(CANARY.to_owned());
    Context { actor, ..Context::new(id, datetime!(2020-05-01 09:00 UTC)) }
}

/// Registers, fails, activates, delivers.
async fn plant(meters: &Meters<Store>, number: &str) {
    let id = MeterId::parse(number).expect("a number");
    let [postal_code, house_number, code, wrong, _] = SECRETS;
    let registration = Registration::new(number, postal_code, house_number, code);
    let attempt = |code: &str| Command::Activate { activation_code: code.to_owned() };
    let commands = [
        Command::Register(registration.expect("every field is valid")),
        attempt(wrong),
        attempt(code),
        Command::CollectReadings(Day::example(date!(2020 - 05 - 01))),
    ];
    for (place, command) in commands.into_iter().enumerate() {
        let context = sent(&format!("{number}-{place}"));
        meters.execute(&id, command, &context).await.expect("no rule is against it");
    }
}

/// Publishes what happened to a meter.
async fn publish(store: &Store, bus: &Arc<ServiceBus>, number: &str) {
    let id = MeterId::parse(number).expect("a number");
    let events = store.load(&id.stream(), Range::all()).await.expect("it can be read").events;
    let (store, parking) = (Arc::new(store.events().clone()), MemoryParking::default());
    let publisher: Publisher<_, _, _, Told> =
        Publisher::new("publisher", TOPIC.name, store, Arc::clone(bus), parking);
    publisher.handle(&Page::new("0", 1, events)).await.expect("the bus takes it");
}

/// The names of files below a folder in which a text can be read.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map_while(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if contains(&std::fs::read(&path).unwrap_or_default(), text) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_who_was_forgotten_is_left_anywhere() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let home = tempfile::tempdir().expect("a folder");
    let (data, keys) = (home.path().join("data"), home.path().join("wrapping-keys"));
    let storage = Storage::Directory(data.join("cosmos"));
    let server = CosmosLocal::start(Options { storage, ..Options::default() }).await;
    let server = server.expect("it starts");
    let place = service_bus::Place::Embedded { data: Some(data.join("bus")) };
    let bus = ServiceBus::connect(&service_bus::Settings { place }).await.expect("it starts");
    bus.provision(&[EntitySpec::Topic(TOPIC)]).await.expect("it is empty");
    let bus = Arc::new(bus);

    let cosmos = privacy_proofs::connect(server.endpoint(), server.key()).await;
    let store = privacy_proofs::store(&cosmos, &keys, Duration::from_secs(60)).await;
    let projections = Projections::open(&cosmos, &store).await.expect("they can be made ready");
    let options = projections::Options { alone: true, ..projections::Options::default() };
    let projector = projections.run(options);
    let meters = Meters::new(store.clone());
    for number in ["1", "2"] {
        plant(&meters, number).await;
        publish(&store, &bus, number).await;
    }
    let id = MeterId::parse("1").expect("a number");
    let privacy = &projections.privacy;
    let owner = energy::privacy::Owner { name: SECRETS[4].to_owned() };
    privacy.enter(&id, owner).await.expect("entered");
    snapshot(&cosmos, &store, &id).await;
    projections.projected().caught_up().await;

    let mut other = Reader::start(&server, &keys);
    assert_eq!(other.shows(), SECRETS[0], "why: the other process has the key now");
    privacy.forget(&id, Way::Key, "asked for it", &sent("forget-1")).await.expect("erased");
    let erased = Instant::now();
    privacy.forget(&id, Way::Person, "asked for it", &sent("forget-2")).await.expect("removed");
    while other.shows() != "Erased" {
        assert!(erased.elapsed() < KEPT + Duration::from_secs(5), "it still shows {}", SECRETS[0]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let shown = meters.load(&id, Range::all()).await.expect("it still loads").view();
    assert_eq!(shown.registration.expect("it is registered").postal_code, "Erased");
    assert!(matches!(privacy.owner(&id).await, Ok(Opened::Erased)));

    let gone: Vec<_> = SECRETS.iter().map(|it| Gone::Text((*it).to_owned())).collect();
    assert_eq!(search(&cosmos, &CONTAINERS, &gone).await.expect("they can be read"), []);
    let canary = [Gone::Text(CANARY.to_owned())];
    assert!(!search(&cosmos, &CONTAINERS, &canary).await.expect("they can be read").is_empty());

    projector.stop().await;
    drop((other, meters, projections, store, bus));
    server.stop().await;
    for secret in &SECRETS[..4] {
        assert_eq!(files_with(&data, secret), Vec::<String>::new(), "{secret} lies in a file");
    }
    let raw = files_with(&data.join("cosmos"), CANARY);
    assert!(!raw.is_empty(), "why: what is not sealed can be found, so the search works");
    assert!(!files_with(&data.join("bus"), "MeterActivated").is_empty());
    let log = log.0.lock().expect("nobody panicked");
    for secret in SECRETS {
        assert!(!contains(&log, secret), "{secret} was logged");
    }
    assert!(contains(&log, "meter:1"), "why: there is a log");
}

/// Takes a snapshot of a meter.
async fn snapshot(cosmos: &cosmos::Cosmos, store: &Store, id: &MeterId) {
    let documents = CosmosDocuments::open(cosmos, &SNAPSHOTS).await.expect("it is there");
    let store = Arc::new(store.events().clone());
    let policy = Policy { every: 1, offset: 0 };
    let taker = Taker::<_, _, gdpr::meter::Meter>::new(store, documents, policy);
    let outcome = taker.take(&id.stream(), Version(4)).await.expect("it can be written");
    assert!(matches!(outcome, Taken::Stored(_)), "{outcome:?}");
}
