//! A user with an HTTP client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use cockpit::Backend;
use cockpit::seen::SEEN;
use daybook::aggregates::readings::Day;
use daybook::cosmos::{Cosmos, Settings};
use daybook::event_store::{CosmosEventStore, StreamId};
use daybook::gdpr::Caching;
use daybook::projections::{CosmosDocuments, CosmosFeed, Options, Projector};
use daybook::service_bus;
use daybook::start;
use energy::bus::{self, Bus, Elsewhere, Running};
use energy::projecting::Projections;
use energy::role::Role;
use energy::store::{Store, wrapping_key};
use energy::web::{App, router, site};
use energy::{delivery, demo};
use serde_json::{Value, json};
use time::Date;
use tokio::time::timeout;
use tower::ServiceExt;

type Worker = Projector<CosmosEventStore, CosmosFeed, CosmosDocuments>;

/// For what usually takes a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// The application, called without a port.
#[derive(Clone)]
pub struct Client {
    pub app: App,
    pub projections: Projections,
    router: Router,
    /// The last append that the program told of.
    seen: Arc<Mutex<Option<HeaderValue>>>,
    worker: Option<Arc<Worker>>,
    cosmos: Cosmos,
    telling: Option<Arc<Running>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Looks again and again until something is to be seen: what others do in their own time, nobody here is told of.
pub async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let seen = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("{what}, but not in {PATIENCE:?}"))
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect(&self.body)
    }

    /// The status and the field that a problem names.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.body);
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        (self.status.as_u16(), json["field"].as_str().unwrap_or_default().to_owned())
    }
}

impl Client {
    /// Over a Cosmos DB of its own, whose views are folded.
    pub async fn new() -> Self {
        Self::on_cosmos(&Settings::ephemeral()).await
    }

    /// Over one in which the talk's scenario was played.
    pub async fn played() -> Self {
        let client = Self::without_worker(&Settings::ephemeral()).await;
        client.play().await;
        client.working().await
    }

    pub async fn on_cosmos(settings: &Settings) -> Self {
        Self::without_worker(settings).await.working().await
    }

    /// Folds the views from now on, as soon as those of what is stored are there.
    pub async fn working(self) -> Self {
        let options = Options { alone: true, ..Options::default() };
        let worker = Some(Arc::new(self.projections.run(options)));
        self.app.projected.caught_up().await;
        Self { worker, ..self }
    }

    /// Ends the program.
    pub async fn stop(self) {
        let worker = self.worker.and_then(Arc::into_inner);
        worker.expect("nobody else uses it").stop().await;
        if let Some(telling) = self.telling.and_then(Arc::into_inner) {
            telling.stop().await;
        }
    }

    /// As a process of its own: there is no worker, unless somewhere else.
    pub async fn without_worker(settings: &Settings) -> Self {
        let cosmos = Cosmos::connect(settings).await.expect("an embedded Cosmos DB starts");
        let backend = Backend::new(settings, &cosmos);
        let store = Store::open(&cosmos, backend.unit).await.expect("it is made ready");
        let wrapping = wrapping_key(settings, |_| None).expect("a file beside the data");
        let store = store.sealed_by(wrapping, Caching::default());
        let projections = Projections::open(&cosmos, &store).await.expect("they are made ready");
        let app = App::new(store, &projections, site(backend, &[]), Role::All);
        let (router, seen) = (router(app.clone()), Arc::default());
        Self { app, projections, router, seen, worker: None, cosmos, telling: None }
    }

    /// Tells others over a bus of its own from now on. They take what comes again at once.
    pub async fn telling(self) -> Self {
        self.telling_with(Duration::ZERO).await
    }

    /// The same, but what was refused comes again after a pause.
    pub async fn telling_with(self, pause: Duration) -> Self {
        let settings = service_bus::Settings::ephemeral();
        let connected = bus::connect(&settings).await.expect("an embedded Service Bus starts");
        let place = bus::place(&settings);
        let opened = Bus::open(connected, place, &self.cosmos, &self.projections).await;
        let bus = opened.expect("its containers are made ready");
        let options = Options { alone: true, ..Options::default() };
        let telling = Some(Arc::new(bus.run(options, pause)));
        let app = self.app.clone().telling(Some(bus));
        Self { router: router(app.clone()), app, telling, ..self }
    }

    /// The same user of a second process, which has read nothing yet.
    pub fn reading_anew(&self) -> Self {
        let app = App { answers: self.projections.answers(), ..self.app.clone() };
        Self { router: router(app.clone()), app, ..self.clone() }
    }

    /// Another user of the same program: one who has done nothing yet.
    pub fn somebody_else(&self) -> Self {
        Self { seen: Arc::default(), ..self.clone() }
    }

    /// Whether there is nothing yet that this sample wrote.
    pub async fn nothing_happened(&self) -> bool {
        self.projections.nothing_happened().await.expect("the feed answers")
    }

    /// Somebody did module 00 of the workshop here: its delivery is no event of this sample.
    pub async fn delivered(&self) {
        let events = self.cosmos.container(start::EVENTS.name).await.expect("it is provisioned");
        let delivery = start::meters_delivered(1, 2);
        start::store(&events, &delivery).await.expect("it is the first");
    }

    pub async fn play(&self) {
        demo::play(&self.app.meters).await.expect("the scenario plays");
    }

    /// Sends a request, and with it the last append that it was told of, as a client should.
    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        let seen = self.seen.lock().expect("nobody panicked").clone();
        if let Some(seen) = seen {
            request.headers_mut().insert(SEEN, seen);
        }
        let answer = self.send_alone(request).await;
        if let Some(seen) = answer.headers.get(SEEN) {
            *self.seen.lock().expect("nobody panicked") = Some(seen.clone());
        }
        answer
    }

    /// Sends a request as it is.
    pub async fn send_alone(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("the body arrives");
        let body = String::from_utf8(body.into()).expect("the body is text");
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(request(Method::DELETE, path).body(Body::empty()).expect("a request")).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.with(Method::POST, path, "application/json", body.to_string()).await
    }

    pub async fn with(&self, method: Method, path: &str, kind: &str, body: String) -> Answer {
        let request = request(method, path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).expect("a request")).await
    }

    pub async fn register(&self, id: &str) -> Answer {
        let body = json!({
            "meter_id": id, "postal_code": "1000 AA", "house_number": "25",
            "activation_code": "542-484",
        });
        self.post("/api/meters", &body).await
    }

    pub async fn activate(&self, id: &str, code: &str) -> Answer {
        let path = format!("/api/meters/{id}/activation");
        self.post(&path, &json!({ "activation_code": code })).await
    }

    pub async fn import(&self, id: &str, date: Date) -> Answer {
        let path = format!("/api/meters/{id}/readings/{date}");
        let csv = delivery::to_csv(&Day::example(date));
        self.with(Method::PUT, &path, "text/csv", csv).await
    }

    /// What others made of a meter, once that is so.
    pub async fn told(&self, id: &str, so: impl Fn(&Elsewhere) -> bool) -> Elsewhere {
        let bus = self.app.bus.as_ref().expect("there is a bus");
        let stream = StreamId::new("meter", id).expect("a plain number");
        until("they are told", async || {
            Some(bus.elsewhere(&stream).await.expect("Cosmos DB answers")).filter(&so)
        })
        .await
    }

    /// The types of a stream's events; none if there is no stream.
    pub async fn kinds(&self, stream: &str) -> Vec<String> {
        let answer = self.get(&format!("/api/streams/{stream}")).await;
        if answer.status == StatusCode::NOT_FOUND {
            return Vec::new();
        }
        let json = answer.json();
        let events = json["events"].as_array().expect("a list").iter();
        let kinds = events.map(|event| event["document"]["type"].as_str().expect("a type"));
        kinds.map(str::to_owned).collect()
    }

    pub async fn state(&self, path: &str) -> Value {
        let answer = self.get(&format!("/api/meters/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()
    }

    /// The meters in the list, by number.
    pub async fn listed(&self) -> Vec<String> {
        let json = self.get("/api/meters").await.json();
        let meters = json["meters"].as_array().expect("a list").iter();
        meters.map(|one| one["meter_id"].as_str().expect("a number").to_owned()).collect()
    }

    /// A meter's weeks with their totals.
    pub async fn weeks(&self, id: &str) -> Vec<(String, u64)> {
        let weeks = self.get(&format!("/api/meters/{id}/weeks")).await.json();
        let weeks = weeks.as_array().expect("a list").iter();
        let week = |week: &Value| {
            (
                week["week"].as_str().expect("a week").to_owned(),
                week["total"].as_u64().expect("a sum"),
            )
        };
        weeks.map(week).collect()
    }
}

pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000")
}
