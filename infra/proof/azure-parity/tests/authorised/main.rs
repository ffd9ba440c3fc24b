//! The programs themselves, each with no more rights than the Bicep gives it: what they need, they may, and what
//! they may do with events, keys and people, they need.

mod gate;
mod program;

use std::collections::BTreeSet;
use std::time::Duration;

use cosmos::{Cosmos, Settings};
use cosmos_local::CosmosLocal;
use gate::{Deed, Gate, allowed};
use program::{Place, Program};
use reqwest::header;
use service_bus_local::ServiceBusLocal;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(60);

/// What comes from these containers can be made anew, so whoever keeps it may do with it what they like.
const DERIVED: [&str; 7] =
    ["views", "leases", "snapshots", "parked", "billing", "notifications", "grid"];

/// A browser without cookies of its own.
struct User {
    http: reqwest::Client,
    address: String,
}

impl User {
    fn of(program: &Program) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.no_proxy().build().expect("a client");
        Self { http, address: program.address.clone() }
    }

    async fn get(&self, path: &str) -> (u16, header::HeaderMap, String) {
        let answer = self.http.get(format!("{}{path}", self.address)).send().await;
        let answer = answer.expect("it answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        (status, headers, answer.text().await.expect("text"))
    }

    async fn send(&self, method: reqwest::Method, path: &str, kind: &str, body: String) {
        let request = self.http.request(method, format!("{}{path}", self.address));
        let answer = request.header(header::CONTENT_TYPE, kind).body(body).send().await;
        let answer = answer.expect("it answers");
        let status = answer.status();
        assert!(status.is_success(), "{path}: {status} {}", answer.text().await.expect("text"));
    }

    /// Fills in a form of a page, as a browser does.
    async fn fill(&self, page: &str, action: &str, fields: &str) -> u16 {
        let (_, headers, _) = self.get(page).await;
        let cookie = headers[header::SET_COOKIE].to_str().expect("text");
        let (cookie, _) = cookie.split_once(';').expect("attributes");
        let (_, token) = cookie.split_once('=').expect("a value");
        let request = self
            .http
            .post(format!("{}{action}", self.address))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, &self.address)
            .header(header::COOKIE, cookie)
            .body(format!("csrf={token}&{fields}"));
        request.send().await.expect("it answers").status().as_u16()
    }

    /// Asks until the page says it: others work in their own time.
    async fn sees(&self, path: &str, wanted: &str) {
        let seen = async {
            while !self.get(path).await.2.contains(wanted) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{path} does not say {wanted}"));
    }
}

/// What a person does with the pages; the other processes do the rest.
async fn use_it(user: &User) {
    let (json, csv) = ("application/json", "text/csv");
    for meter in ["1", "2", "3"] {
        let body = format!(
            r#"{{"meter_id":"{meter}","postal_code":"1000 AA","house_number":"25","activation_code":"542-484"}}"#
        );
        user.send(reqwest::Method::POST, "/api/meters", json, body).await;
        let path = format!("/api/meters/{meter}/activation");
        user.send(
            reqwest::Method::POST,
            &path,
            json,
            r#"{"activation_code":"542-484"}"#.to_owned(),
        )
        .await;
    }
    let day = include_str!("../../../../../samples/energy/data/87000001-2020-04-30.csv");
    user.send(reqwest::Method::PUT, "/api/meters/1/readings/2020-04-30", csv, day.to_owned()).await;
    for name in ["Ada", "Augusta"] {
        let entered =
            user.fill("/meters/1/privacy", "/meters/1/owner", &format!("name={name}")).await;
        assert_eq!(entered, 303);
    }
    user.sees("/api/meters", "\"meter_id\":\"3\"").await;
    user.sees("/meters/1/elsewhere", "2020").await;
    for page in [
        "/",
        "/meters/1",
        "/meters/1?version=1",
        "/meters/1/privacy?verify=yes",
        "/meters/1/held",
        "/meters/1/elsewhere",
        "/districts",
        "/failures",
        "/cockpit",
        "/cockpit/streams",
        "/cockpit/streams/meter:1",
        "/cockpit/feed",
        "/cockpit/views",
        "/cockpit/bus",
        "/health",
    ] {
        let (status, _, text) = user.get(page).await;
        assert_eq!(status, 200, "{page}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_program_may_what_it_needs_and_needs_what_it_may() {
    let server = CosmosLocal::start(cosmos_local::Options::default()).await.expect("it starts");
    let bus =
        ServiceBusLocal::start(service_bus_local::Options::default()).await.expect("it starts");
    make_ready(&server).await;
    let gate = Gate::before(&server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place {
        cosmos: gate.address.clone(),
        bus: bus.endpoint().to_owned(),
        folder: folder.path().to_owned(),
    };
    let _worker = place.start("worker", &["--role", "worker", "--health-port", "0"]);
    let web = place.start("web", &["--role", "web", "--port", "0", "--key-seconds", "0"]);
    let user = User::of(&web);
    use_it(&user).await;
    forget(&place);
    assert_eq!(gate.refused(), BTreeSet::new());
    let done = gate.done();
    let vain: BTreeSet<Deed> =
        allowed().into_iter().filter(|deed| !done.contains(deed) && !is_fine(deed)).collect();
    assert_eq!(vain, BTreeSet::new(), "nobody needs these rights");
    // Only the job may forget: from the page, it is refused, with the way to the job.
    for way in ["key", "stream"] {
        let form = format!("way={way}&reason=asked+for+it");
        let status = user.fill("/meters/3/privacy", "/meters/3/privacy", &form).await;
        assert_eq!(status, 403, "{way}");
        assert!(!gate.refused().is_empty(), "{way}");
    }
}

/// What the job does: with those who are known, and with those who are not.
fn forget(place: &Place) {
    let ways = ["person", "key"].map(|way| ["1", "2", "4"].map(|meter| (meter, way)));
    for (meter, way) in ways.into_iter().flatten().chain([("2", "stream")]) {
        let forgotten =
            place.run("eraser", &["forget", meter, "--way", way, "--reason", "asked for it"]);
        assert!(forgotten.status.success(), "{meter}, {way}: {forgotten:?}");
    }
    let verified = place.run("eraser", &["forget", "1", "--way", "key", "--verify"]);
    assert!(verified.status.success(), "{verified:?}");
}

/// Rights that nobody used here, and that are needed.
const NEEDED: [(&str, &str, &str); 2] = [
    // Of a page that another worker left unfinished, the events are read from their streams.
    ("worker", "events", "executeQuery"),
    // The stubs that are left of a stream may go, too, by hand.
    ("eraser", "events", "items/delete"),
];

/// What nobody used here and is right all the same.
fn is_fine((who, container, action): &Deed) -> bool {
    let (who, container, action) = (who.as_str(), container.as_str(), action.as_str());
    // Whoever may query may read each item; whoever may append by the procedure, may by a batch.
    let the_same = action == "items/read" || (container, action) == ("events", "items/create");
    let needed = NEEDED.contains(&(who, container, action));
    who == "developer" || DERIVED.contains(&container) || the_same || needed
}

/// What the Bicep provisions.
async fn make_ready(server: &CosmosLocal) {
    let values = |name: &str| match name {
        "COSMOS_ENDPOINT" => Some(server.endpoint().to_owned()),
        "COSMOS_KEY" => Some(server.key().to_owned()),
        _ => None,
    };
    let settings = Settings::from_lookup(values).expect("settings");
    let cosmos = Cosmos::connect(&settings).await.expect("it is there");
    cosmos.provision(&azure_parity::SPECS).await.expect("it is made ready");
}
