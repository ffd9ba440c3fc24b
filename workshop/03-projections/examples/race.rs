//! Two physical partitions, one view: who loses events, and who does not.
//!
//! First a view goes by the talk's rule, the LSN of the last change in it. Then by ours, a page number per lease. Both
//! are fed in the same order from a real Cosmos DB in this process: a room sees the same lines each time.

mod city;

use aggregates::Recorded;
use city::{City, KWH};
use projections_checks::lsn::LsnCheckpoint;
use projections_checks::words::{District, Districts, line};
use projections_checks::{Error, Feed, Folder, From, Handler, Page, Projection, Reader, Start};
use serde_json::json;

/// Which partition comes next: the same each time.
const SIDES: [usize; 9] = [0, 0, 0, 0, 1, 0, 1, 0, 1];

#[tokio::main]
async fn main() {
    let city = City::start().await;
    println!("The talk's rule: a change is new if its LSN is higher than the view's\n");
    by_lsn(&city).await;
    println!("\nOurs: a page is new if its number is higher than the view's for that lease\n");
    by_page(&city).await;
}

/// Applies what is new by its LSN.
async fn by_lsn(city: &City) {
    let mut readers = Vec::new();
    for range in &city.ranges {
        let from = From::Start(Start::Beginning);
        readers.push(city.world.feed.open(range, from, 1).await.expect("a range can be read"));
    }
    let (mut view, mut checkpoint) = (None::<District>, LsnCheckpoint::default());
    for side in SIDES {
        // A page of one transaction reaches as far as that transaction: its LSN.
        let page = readers[side].next().await.expect("the feed can be read");
        let lsn = page.reached.map_or(-1, |reached| reached.lsn.cast_signed());
        for event in &page.events {
            let item = format!("{}:{}", event.stream, event.version);
            let told = if checkpoint.is_new(lsn, &item) {
                checkpoint.add(lsn, &item);
                let event = Recorded::decode(event).ok().flatten().expect("it is one of ours");
                Districts::apply(&mut view, &event);
                format!("applied   the view is at LSN {lsn}")
            } else {
                format!("SKIPPED   the view is at LSN {}: it looks old", checkpoint.lsn)
            };
            println!("  partition {side}  LSN {lsn:<3} {item:<10} {told}");
        }
    }
    let document = json!({ "logicalCheckpoint": checkpoint, "payload": view });
    city::print(&document);
    total(view.as_ref());
}

/// Tells of each page before it is folded.
struct Aloud(Folder<Districts, city::Views>);

impl Handler for Aloud {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        println!("  {}", line(page));
        self.0.handle(page).await
    }
}

/// Lets two workers fold their pages, in the same order.
async fn by_page(city: &City) {
    let mut workers = Vec::new();
    for lease in 0..city.ranges.len() {
        let folder = Folder::new(city.world.views.clone(), 1);
        workers.push(city.worker(lease, Aloud(folder)).await);
    }
    for side in SIDES {
        workers[side].turn().await.expect("a page can be folded");
    }
    let document = city.view().await;
    city::print(&json!({ "checkpoint": document.checkpoint, "view": document.view }));
    total(document.view.as_ref());
}

/// What the view says, and what would be right.
fn total(view: Option<&District>) {
    let all: u64 = KWH.concat().iter().sum();
    let readings = KWH.concat().len();
    let District { readings: found, kwh, .. } = view.cloned().unwrap_or_default();
    let verdict =
        if kwh == all { "nothing is lost" } else { "EVENTS ARE LOST, and nobody is told" };
    println!("\n  {found} of {readings} readings, {kwh} of {all} kWh: {verdict}");
}
