//! Step 3. Pin the page

use std::sync::{Arc, Mutex};
use std::time::Duration;

use projections_checks::place::{append, within_10_s};
use projections_checks::words::{line, read};
use projections_checks::{
    Cut, Documents, Error, Feed, Handler, Lease, MemoryDocuments, MemoryFeed, Page, Sources, Start,
    Stored, Terms, Turn, Worker,
};

/// Keeps what it is told, and what the lease said then.
#[derive(Default)]
struct Told {
    leases: MemoryDocuments,
    pages: Mutex<Vec<String>>,
    pinned: Mutex<Vec<String>>,
    /// Fails after so many pages.
    fails_after: Option<usize>,
}

impl Told {
    fn pages(&self) -> Vec<String> {
        self.pages.lock().expect("nobody panics").clone()
    }
}

impl Handler for Told {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let lease = self.leases.all().remove("check.0").expect("there is a lease");
        let [number, pending, next] = ["page", "pending", "next"].map(|field| &lease[field]);
        let pinned = format!("page {number}, pending {pending}, next {next}");
        self.pinned.lock().expect("nobody panics").push(pinned);
        let mut pages = self.pages.lock().expect("nobody panics");
        pages.push(line(page));
        if self.fails_after.is_some_and(|most| pages.len() > most) {
            return Err(Error::Failed("the worker crashes here".into()));
        }
        Ok(())
    }
}

/// Streams with a feed, and one lease on it.
struct Scene {
    feed: MemoryFeed,
    leases: MemoryDocuments,
}

type OurWorker = Worker<MemoryFeed, MemoryFeed, MemoryDocuments, Told>;

impl Scene {
    /// Two meters have been read five times together; a page holds at most three events.
    async fn new() -> Self {
        let (feed, leases) = (MemoryFeed::new(1), MemoryDocuments::default());
        append(&feed, 1, "a", &[read("1000", 1)]).await;
        append(&feed, 2, "b", &[read("1000", 2), read("1000", 3)]).await;
        append(&feed, 1, "c", &[read("1000", 4), read("1000", 5)]).await;
        let ranges = feed.ranges(1).await.expect("memory never fails");
        let (id, origin) = ("check".to_owned(), "memory".to_owned());
        let cut = Cut { id, origin, start: Start::Beginning, ranges, retired: false };
        let lease = cut.lease(0);
        leases.create(&lease.id, &lease).await.expect("memory never fails");
        Self { feed, leases }
    }

    fn told(&self, fails_after: Option<usize>) -> Arc<Told> {
        Arc::new(Told { leases: self.leases.clone(), fails_after, ..Told::default() })
    }

    /// A worker claims the lease, whoever holds it.
    async fn worker(&self, owner: &str, told: &Arc<Told>) -> OurWorker {
        let sources = Sources {
            store: Arc::new(self.feed.clone()),
            feed: self.feed.clone(),
            leases: self.leases.clone(),
        };
        let terms = Terms { owner: owner.to_owned(), duration: Duration::from_secs(60), page: 3 };
        let read: Option<Stored<Lease>> =
            self.leases.read("check.0").await.expect("memory never fails");
        let read = read.expect("there is a lease");
        let worker = Worker::claim(sources, Arc::clone(told), terms, read).await;
        worker.expect("memory never fails").expect("nobody else claims it")
    }
}

async fn turn(worker: &mut OurWorker) -> Result<Turn, Error> {
    within_10_s("a turn", worker.turn()).await
}

/// Turns until there is nothing more.
async fn finish(worker: &mut OurWorker) {
    for _ in 0..10 {
        if turn(worker).await.expect("memory never fails") == Turn::Idle {
            return;
        }
    }
    panic!("ten turns, and there is always more: why: `next` says where the following page begins");
}

#[tokio::test]
async fn the_lease_says_what_a_page_holds_before_anything_is_done_with_it() {
    let scene = Scene::new().await;
    let told = scene.told(None);
    finish(&mut scene.worker("ada", &told).await).await;
    let pinned = told.pinned.lock().expect("nobody panics").clone();
    insta::with_settings!({ description => "who takes over after a crash knows no more than what the lease said meanwhile" }, {
        insta::assert_snapshot!(pinned.join("\n"), @r#"
        page 1, pending {"meter:1":[1,1],"meter:2":[1,2]}, next "2"
        page 2, pending {"meter:1":[2,3]}, next "3"
        "#);
    });
}

#[tokio::test]
async fn every_event_is_in_one_page_and_pages_are_numbered() {
    let scene = Scene::new().await;
    let told = scene.told(None);
    finish(&mut scene.worker("ada", &told).await).await;
    assert_eq!(
        told.pages(),
        ["lease 0 page 1: meter:1@1 meter:2@1 meter:2@2", "lease 0 page 2: meter:1@2 meter:1@3"],
        "why: the number of a page is all that a view remembers of its events"
    );
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_does_nothing() {
    let scene = Scene::new().await;
    let (ada, bert) = (scene.told(None), scene.told(None));
    let mut late = scene.worker("ada", &ada).await;
    let _owner = scene.worker("bert", &bert).await;
    let turned = turn(&mut late).await.expect("memory never fails");
    assert_eq!(
        (turned, ada.pages()),
        (Turn::Lost, vec![]),
        "the turn, and what was handled: why: bert numbers the pages now, and may cut them elsewhere"
    );
}

#[tokio::test]
async fn whoever_takes_over_gets_the_very_same_page() {
    let scene = Scene::new().await;
    let ada = scene.told(Some(0));
    turn(&mut scene.worker("ada", &ada).await).await.expect_err("she crashes over the page");
    append(&scene.feed, 1, "d", &[read("1000", 6)]).await;
    append(&scene.feed, 2, "e", &[read("1000", 7)]).await;
    let bert = scene.told(None);
    let mut worker = scene.worker("bert", &bert).await;
    turn(&mut worker).await.expect("memory never fails");
    assert_eq!(
        bert.pages(),
        ada.pages(),
        "handled after the crash: why: views that were saved before it skip this number, whatever is in it; the \
         others need what it held"
    );
}

#[tokio::test]
async fn after_a_takeover_no_event_is_missing_and_none_comes_twice() {
    let scene = Scene::new().await;
    let ada = scene.told(Some(1));
    let mut worker = scene.worker("ada", &ada).await;
    turn(&mut worker).await.expect("the first page is handled");
    turn(&mut worker).await.expect_err("she crashes over the second");
    append(&scene.feed, 1, "d", &[read("1000", 6)]).await;
    let bert = scene.told(None);
    finish(&mut scene.worker("bert", &bert).await).await;
    assert_eq!(
        [ada.pages(), bert.pages()],
        [
            vec![
                "lease 0 page 1: meter:1@1 meter:2@1 meter:2@2".to_owned(),
                "lease 0 page 2: meter:1@2 meter:1@3".to_owned(),
            ],
            vec![
                "lease 0 page 2: meter:1@2 meter:1@3".to_owned(),
                "lease 0 page 3: meter:1@4".to_owned(),
            ],
        ],
        "why: an event belongs to one page, for good"
    );
}
