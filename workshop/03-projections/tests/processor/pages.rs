//! Pages that come again, and views that two workers create.

use std::sync::{Arc, Mutex};

use projections_checks::place::within_10_s;
use projections_checks::watched::Watched;
use projections_checks::words::{Districts, activated, read, recorded};
use projections_checks::{Documents, Error, Folder, Handler, Page};
use tokio::sync::Barrier;

use crate::support::{Both, Kept, Process, Scene, district, leases};

/// Handles each page twice and keeps it.
struct Twice(Arc<Both<Kept>>, Mutex<Vec<Page>>);

impl Handler for Twice {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        self.0.handle(page).await?;
        self.0.handle(page).await?;
        self.1.lock().expect("nobody panics").push(page.clone());
        Ok(())
    }
}

/// Every view, as it is stored.
async fn views(scene: &Scene) -> Vec<String> {
    let mut views = Vec::new();
    for id in scene.views.ids("").await.expect("views can be listed") {
        let read = scene.views.read::<serde_json::Value>(&id).await.expect("it can be read");
        views.push(read.expect("it is there").document.to_string());
    }
    views.sort();
    views
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_feed_delivered_again_changes_nothing() {
    let scene = Scene::start(2).await;
    for number in 0..10 {
        let events = [activated("1000"), read("1000", number), read("2000", 7)];
        scene.world.append(number, &format!("c{number}"), &events).await;
    }
    let twice = Arc::new(Twice(Both::new(&scene.views), Mutex::default()));
    let process = Process::start(scene.sources(), Arc::clone(&twice), leases(2));
    scene.until_read("1000", 10).await;
    scene.until_read("2000", 10).await;
    process.stop().await;
    let before = views(&scene).await;
    let pages = twice.1.lock().expect("nobody panics").clone();
    assert!(pages.len() > 2, "{} pages", pages.len());
    for page in &pages {
        twice.0.handle(page).await.expect("it was handled before");
    }
    assert_eq!(views(&scene).await, before, "not even an etag has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_that_create_the_same_view_lose_nothing() {
    let scene = Scene::start(2).await;
    let barrier = Arc::new(Barrier::new(2));
    let worker = |lease: &str, number| {
        let views =
            Watched::new(scene.world.views.clone(), &scene.writes).writing_together(&barrier);
        let folder = Folder::<Districts, _>::new(views, 1);
        let page = Page::new(lease, 1, recorded(number, 1, &[read("1000", 10 * number)]));
        async move { folder.handle(&page).await }
    };
    let both = async { tokio::join!(worker("0", 1), worker("1", 2)) };
    let (one, other) = within_10_s("both save", both).await;
    one.and(other).expect("the one who was later loads the view and folds again");
    let found = district(&scene.views, "1000").await.expect("it was created");
    let pages: Vec<_> = found.checkpoint.into_iter().collect();
    assert_eq!(pages, [("0".to_owned(), 1), ("1".to_owned(), 1)]);
    assert_eq!(found.view.map(|view| (view.readings, view.kwh)), Some((2, 30)));
}
