//! A worker process: runs the projections of the energy sample until it is killed, or told to stop.
//!
//! It is given an [`Order`] as JSON. It says `running` and, where it stands still, `still`. It hears `go` (on
//! from there) and `stop`; when its standard input ends, it ends, so that none is left behind.

use projection_proofs::{Order, Place, Watch, Watched, orders, project};
use projections::Sources;
use tokio::sync::mpsc;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let order = std::env::args().nth(1).expect("the order is the only argument");
    let order: Order = serde_json::from_str(&order).expect("the order is JSON");
    let mut orders = orders();
    let skew = (order.skew_days != 0).then(|| time::Duration::days(order.skew_days));
    let watch = Watch::new(order.point, skew);

    let place = Place::open(&order.endpoint).await;
    let sources = place.sources();
    let leases = Watched::new(sources.leases, &watch);
    let views = Watched::new(place.views, &watch);
    let sources = Sources { store: sources.store, feed: sources.feed, leases };
    let projector = project(sources, views, order.options());
    println!("running");

    let told = tokio::spawn({
        let watch = watch.clone();
        async move {
            watch.stands_still().await;
            println!("still");
        }
    });
    let at_release = order.point.is_some_and(projection_proofs::Point::is_at_release);
    loop {
        tokio::select! {
            () = watch.saved(), if at_release => break,
            order = orders.recv() => match order.as_deref() {
                Some("go") => watch.go_on(),
                Some("stop") => break,
                _ => return,
            },
        }
    }
    tokio::select! {
        () = projector.stop() => println!("stopped"),
        () = ended(orders) => {}
    }
    told.abort();
}

/// Whoever started us is gone.
async fn ended(mut orders: mpsc::UnboundedReceiver<String>) {
    while orders.recv().await.is_some() {}
}
