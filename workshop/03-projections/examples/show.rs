//! A small run, laid open: what a worker writes into its lease, and what into the view, page by page.

mod city;

use std::sync::Arc;

use city::City;
use projections_checks::words::{Districts, line};
use projections_checks::{Error, Folder, Handler, Lease, Page, Turn};
use serde_json::json;
use tokio::sync::Mutex;

/// Folds, and keeps what it was told last.
struct Noting {
    folder: Folder<Districts, city::Views>,
    last: Arc<Mutex<String>>,
}

impl Handler for Noting {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        *self.last.lock().await = line(page);
        self.folder.handle(page).await
    }
}

#[tokio::main]
async fn main() {
    let city = City::start().await;
    let last = Arc::new(Mutex::new(String::new()));
    let folder = Folder::new(city.world.views.clone(), 1);
    let mut worker = city.worker(1, Noting { folder, last: Arc::clone(&last) }).await;
    while worker.turn().await.expect("a page can be folded") == Turn::Moved {
        println!("{}\n", last.lock().await);
        let lease = lease(&city).await;
        println!("  the lease says what was pinned");
        city::print(
            &json!({ "id": lease.id, "owner": lease.owner, "page": lease.page, "pending": lease.pending }),
        );
        println!("\n  the view says which page is in it");
        let view = city.view().await;
        city::print(&json!({ "id": view.id, "view": view.view, "checkpoint": view.checkpoint }));
        println!();
    }
    let lease = lease(&city).await;
    println!("Nothing more\n\n  the lease says that the last page is finished");
    city::print(
        &json!({ "page": lease.page, "pending": lease.pending, "caught_up": lease.caught_up }),
    );
}

async fn lease(city: &City) -> Lease {
    city.document(&city.world.leases, &format!("{}.1", city::NAME)).await
}
