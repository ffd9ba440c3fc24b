//! A publisher process: sends what is told of meters until it is killed, or told to stop.
//!
//! It is given an [`Order`] as JSON. It says `running` and, where it stands still, `still`. It hears `stop`; when its
//! standard input ends, it ends, so that none is left behind.

use std::sync::Arc;
use std::time::Duration;

use integration_events::meters::Meters;
use integration_events::{MemoryParking, Publisher};
use projection_proofs::{Place, orders};
use projections::{Options, Processor, Stop, Wake};
use publishing_proofs::{Order, Standing, StandingBus, StandingHandler, TOPIC, connect};

#[tokio::main]
async fn main() {
    let order = std::env::args().nth(1).expect("the order is the only argument");
    let order: Order = serde_json::from_str(&order).expect("the order is JSON");
    let mut orders = orders();
    let standing = Standing::at(order.point);

    let place = Place::open(&order.cosmos).await;
    let bus = Arc::new(StandingBus::new(connect(&order.bus).await, &standing));
    let store = Arc::new(place.store.clone());
    let publisher = Publisher::<_, _, _, Meters>::new(
        "publisher",
        TOPIC.name,
        store,
        bus,
        MemoryParking::default(),
    );
    let handler = Arc::new(StandingHandler::new(publisher, &standing));
    let (duration, page) = (Duration::from_secs(1), 20);
    let options = Options { duration, page, alone: true, ..Options::default() };
    let (stop, signals) = Stop::new(&Wake::default());
    let publishing =
        tokio::spawn(Processor::new("publisher", place.sources(), handler, options).run(signals));
    println!("running");

    tokio::select! {
        () = standing.stands_still() => {
            println!("still");
            while orders.recv().await.is_some() {}
        }
        order = orders.recv() => if order.as_deref() == Some("stop") {
            stop.stop();
            publishing.await.expect("it does not panic");
            println!("stopped");
        }
    }
}
