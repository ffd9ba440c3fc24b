//! Views that cannot take an event, and events that cannot be read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aggregates::Recorded;
use event_store::{EventId, EventStore, Expected, Metadata, NewEvent};
use projections_checks::words::{Districts, Event, START, meter, read};
use projections_checks::{
    Documents, Error, Folder, Handler, Page, Projection, Stored, ViewDocument, ViewKey, view_id,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::{Both, Kept, Process, Scene, leases};

/// What somebody wrote about a meter.
#[derive(Debug, Serialize, Deserialize)]
enum Remark {
    Noted { text: String },
}

/// Keeps every remark on a meter, however long.
struct Remarks;

impl Projection for Remarks {
    const NAME: &'static str = "remarks";
    const VERSION: u32 = 1;
    type Event = Remark;
    type View = Vec<String>;

    fn keys(event: &Recorded<Remark>) -> Vec<ViewKey> {
        vec![event.stream.as_str().into()]
    }

    fn apply(view: &mut Option<Vec<String>>, event: &Recorded<Remark>) {
        let Remark::Noted { text } = &event.event;
        view.get_or_insert_default().push(text.clone());
    }
}

/// Appends any event to a meter's stream.
async fn append(scene: &Scene, number: u64, id: &str, kind: &str, data: &Value) {
    let event = NewEvent::new(EventId::from(id), kind, data, Metadata::at(START));
    let events = vec![event.expect("it can be stored")];
    let appended = scene.world.store.append(&meter(number), Expected::Any, events).await;
    appended.expect("the store takes it");
}

async fn remarks(scene: &Scene, number: u64) -> Option<ViewDocument<Vec<String>>> {
    let id = view_id("remarks@1", &meter(number).as_str().into());
    let read: Option<Stored<_>> = scene.views.read(&id).await.expect("a view can be read");
    read.map(|stored| stored.document)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_two_megabytes_is_parked_and_the_rest_goes_on() {
    let scene = Scene::start(1).await;
    let folder = Arc::new(Folder::<Remarks, _>::new(scene.views.clone(), 1));
    let process = Process::start(scene.sources(), folder, leases(1));
    for (number, length) in [(1, 900_000), (1, 900_001), (1, 900_002), (2, 2), (1, 1)] {
        let data = json!({ "text": "x".repeat(length) });
        append(&scene, number, &format!("r{length}"), "Noted", &data).await;
        process.wake();
    }
    let all_passed = async || {
        let [one, other] = [remarks(&scene, 1).await, remarks(&scene, 2).await];
        let passed = scene.leases().await.iter().all(|lease| lease.pending.is_empty());
        passed && one.is_some_and(|one| one.parked.is_some()) && other.is_some()
    };
    scene.writes.until("all pages are finished", all_passed).await;
    process.stop().await;
    let [large, small] = [remarks(&scene, 1).await, remarks(&scene, 2).await];
    let small = small.expect("it is there");
    assert_eq!((small.view, small.parked), (Some(vec!["xx".to_owned()]), None));
    let large = large.expect("it is there");
    let parked = large.parked.expect("it was given up");
    assert_eq!(parked.reason, "document remarks@1:meter:1 is larger than 2 MB");
    let lengths: Vec<_> = large.view.unwrap_or_default().iter().map(String::len).collect();
    assert!([900_000, 900_001].starts_with(&lengths), "as before the page: {lengths:?}");
}

/// The program, once it was mended: it reads what the first one could not.
struct Mended;

impl Projection for Mended {
    const NAME: &'static str = Districts::NAME;
    const VERSION: u32 = 1;
    type Event = Reading;
    type View = <Districts as Projection>::View;

    fn keys(event: &Recorded<Reading>) -> Vec<ViewKey> {
        let Reading::MeterRead { district, .. } = &event.event;
        vec![district.as_str().into()]
    }

    fn apply(view: &mut Option<Self::View>, event: &Recorded<Reading>) {
        let Reading::MeterRead { district, kwh } = &event.event;
        let kwh = kwh.as_u64().unwrap_or_default();
        let Recorded { stream, version, id, meta, .. } = event;
        let event = Recorded {
            stream: stream.clone(),
            version: *version,
            id: id.clone(),
            meta: meta.clone(),
            event: Event::MeterRead { district: district.clone(), kwh },
        };
        Districts::apply(view, &event);
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum Reading {
    MeterRead { district: String, kwh: Value },
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_halts_its_lease_until_the_program_is_mended() {
    let scene = Scene::start(4).await;
    append(&scene, 0, "bad", "MeterRead", &json!({ "district": "0", "kwh": "many" })).await;
    for number in 0..20 {
        scene.world.append(number, &format!("c{number}"), &[read("1000", number)]).await;
    }
    let folder = Arc::new(Folder::<Districts, _>::new(scene.views.clone(), 1));
    let process = Process::start(scene.sources(), folder, leases(4));
    let one_halted_and_others_done = async || {
        let leases = scene.leases().await;
        let halted = leases.iter().filter(|lease| lease.halted.is_some()).count();
        let done = leases.iter().filter(|lease| lease.caught_up && lease.pending.is_empty());
        leases.len() == 4 && (halted, done.count()) == (1, 3)
    };
    scene.writes.until("one lease halts", one_halted_and_others_done).await;
    process.stop().await;
    let halted = scene.leases().await.into_iter().find_map(|lease| lease.halted);
    let reason = halted.expect("it stays halted");
    assert!(reason.starts_with("meter:0 cannot be read at version 1: "), "{reason}");
    assert!(reason.contains("invalid type: string \"many\", expected u64"), "{reason}");
    let before = scene.district("1000").await.expect("other leases go on").readings;
    assert!((1..20).contains(&before), "{before} readings of other leases");

    let mended = Arc::new(Folder::<Mended, _>::new(scene.views.clone(), 1));
    let process = Process::start(scene.sources(), mended, leases(4));
    scene.until_read("1000", 20).await;
    process.stop().await;
    let found = scene.district("1000").await.expect("all are there");
    assert_eq!((found.readings, found.kwh), (20, 190));
    assert!(scene.leases().await.iter().all(|lease| lease.halted.is_none()));
}

/// Panics over its first pages.
struct Nervous(AtomicUsize, Arc<Both<Kept>>);

impl Handler for Nervous {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let page_number = self.0.fetch_add(1, Ordering::SeqCst);
        assert!(page_number > 2, "a panic that this check expects");
        self.1.handle(page).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_is_asked_again() {
    let scene = Scene::start(1).await;
    scene.world.append(1, "c1", &[read("1000", 5)]).await;
    let handler = Arc::new(Nervous(AtomicUsize::default(), Both::new(&scene.views)));
    let process = Process::start(scene.sources(), handler, leases(1));
    scene.until_read("1000", 1).await;
    process.stop().await;
    let found = scene.district("1000").await.expect("the page was handled in the end");
    assert_eq!((found.readings, found.kwh), (1, 5));
}
