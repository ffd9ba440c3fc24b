//! Step 2. Save it once

use std::sync::Arc;

use projections_checks::place::{World, within_10_s};
use projections_checks::watched::{Watched, Writes};
use projections_checks::words::{District, Districts, decoded, page, read};
use projections_checks::{
    Documents, Error, Folder, MemoryDocuments, Page, Stored, ViewDocument, view_id,
};
use serde_json::json;
use tokio::sync::Barrier;

/// Makes a page part of the district's view, as one worker does.
async fn save<D: Documents>(views: &Watched<D>, page: &Page) -> Result<(), Error> {
    let folder = Folder::<Districts, _>::new(views.clone(), 1);
    let events = decoded(page);
    let events: Vec<_> = events.iter().collect();
    let key = "1000".into();
    within_10_s("the view is saved", folder.save_once(&key, page, &events)).await
}

/// A page of one reading of so many kilowatt-hours.
fn reading(lease: &str, number: u64, kwh: u64) -> Page {
    page(lease, number, number, &[read("1000", kwh)])
}

async fn stored<D: Documents>(views: &D) -> Option<ViewDocument<District>> {
    let id = view_id("districts@1", &"1000".into());
    let read: Option<Stored<_>> = views.read(&id).await.expect("a view can be read");
    read.map(|stored| stored.document)
}

fn memory() -> Watched<MemoryDocuments> {
    Watched::new(MemoryDocuments::default(), &Writes::default())
}

#[tokio::test]
async fn the_first_save_creates_the_document() {
    let views = memory();
    save(&views, &reading("0", 1, 5)).await.expect("memory never fails");
    let document = stored(&views).await.map(|document| json!(document));
    insta::with_settings!({ description => "the view and its checkpoint are one document, so they are written together" }, {
        insta::assert_json_snapshot!(document, @r#"
        {
          "id": "districts@1:1000",
          "projection": "districts@1",
          "key": "1000",
          "view": {
            "active_meters": 0,
            "readings": 1,
            "kwh": 5
          },
          "checkpoint": {
            "0": 1
          }
        }
        "#);
    });
}

#[tokio::test]
async fn the_next_save_goes_on_from_what_is_stored() {
    let views = memory();
    for (number, kwh) in [(1, 5), (2, 6), (3, 7)] {
        save(&views, &reading("0", number, kwh)).await.expect("memory never fails");
    }
    let found = stored(&views).await.expect("it was saved");
    let expected = Some(District { active_meters: 0, readings: 3, kwh: 18 });
    let why = "why: a page is folded into what is stored, and not into an empty view";
    assert_eq!((found.view, found.checkpoint.get("0")), (expected, Some(&3)), "{why}");
}

#[tokio::test]
async fn a_page_is_one_write_however_many_events_it_holds() {
    let views = memory();
    let full = page("0", 1, 1, &[read("1000", 1), read("1000", 2), read("1000", 3)]);
    save(&views, &full).await.expect("memory never fails");
    assert_eq!(views.written(), 1, "writes: why: a page is in the view as a whole or not at all");
    assert_eq!(stored(&views).await.and_then(|found| found.view).map(|view| view.kwh), Some(6));
}

#[tokio::test]
async fn a_page_that_is_in_the_view_is_not_written_again() {
    let views = memory();
    save(&views, &reading("0", 1, 5)).await.expect("memory never fails");
    save(&views, &reading("0", 1, 5)).await.expect("memory never fails");
    assert_eq!(views.written(), 1, "writes: why: after a crash most of a page's views are done");
}

/// Two workers with a lease each load the same view at the same time, and then both write.
async fn together<D: Documents>(views: D, number: u64) -> Option<ViewDocument<District>> {
    let barrier = Arc::new(Barrier::new(2));
    let worker = |lease: &str, kwh| {
        let (views, page) = (views.clone(), reading(lease, number, kwh));
        let views = Watched::new(views, &Writes::default()).writing_together(&barrier);
        Box::pin(async move { save(&views, &page).await })
    };
    let (one, other) = tokio::join!(worker("0", 10), worker("1", 200));
    one.and(other).expect("the second one loads the view again");
    stored(&views).await
}

#[tokio::test]
async fn two_workers_that_create_the_same_view_lose_nothing() {
    let found = together(MemoryDocuments::default(), 1).await.expect("it was created");
    assert_eq!(
        json!({ "view": found.view, "checkpoint": found.checkpoint }),
        json!({
            "view": { "active_meters": 0, "readings": 2, "kwh": 210 },
            "checkpoint": { "0": 1, "1": 1 },
        }),
        "why: the second create is refused, for the view it made lacks what the first one wrote"
    );
}

#[tokio::test]
async fn two_workers_that_replace_the_same_view_lose_nothing() {
    let views = MemoryDocuments::default();
    together(views.clone(), 1).await;
    let found = together(views, 2).await.expect("it was created");
    assert_eq!(
        json!({ "view": found.view, "checkpoint": found.checkpoint }),
        json!({
            "view": { "active_meters": 0, "readings": 4, "kwh": 420 },
            "checkpoint": { "0": 2, "1": 2 },
        }),
        "why: If-Match refuses the second one, whose view lacks what the first one wrote"
    );
}

#[tokio::test]
async fn cosmos_db_keeps_the_same_promises() {
    let world = World::start(1).await;
    together(world.views.clone(), 1).await;
    let found = together(world.views.clone(), 2).await.expect("it was created");
    let expected = District { active_meters: 0, readings: 4, kwh: 420 };
    assert_eq!(found.view, Some(expected), "why: 409 and 412 mean: load it again");
}
