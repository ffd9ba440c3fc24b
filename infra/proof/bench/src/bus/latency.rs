//! How long a message takes from its sender to a receiver that waits for it.

use std::time::{Duration, Instant};

use service_bus::{Bus as _, Source};

use super::place::{Place, QUEUE};
use crate::figures::milliseconds;
use crate::place::Kind;
use crate::{Extent, Failure, table};

pub async fn bench(kind: Kind, extent: &Extent) -> Result<(), Failure> {
    let place = Place::start(kind).await?;
    let source = Source::queue(QUEUE);
    let mut times = Vec::new();
    for number in 0..extent.repetitions {
        let waiting = async {
            let received = place.bus.receive(&source, Duration::from_secs(10)).await?;
            let arrived = Instant::now();
            let delivery = received.ok_or("no message came")?;
            place.bus.complete(&delivery.lock).await?;
            Ok::<_, Failure>(arrived)
        };
        let sending = async {
            let started = Instant::now();
            place.send(number).await?;
            Ok::<_, Failure>(started)
        };
        let (arrived, started) = futures::future::try_join(waiting, sending).await?;
        times.push(arrived - started);
    }
    times.sort_unstable();
    let cells = [50, 99].map(|percent| milliseconds(times[times.len() * percent / 100]));
    let row = [vec!["send to receipt".to_owned()], cells.into()].concat();
    let heading = ["", "p50", "p99"].map(str::to_owned);
    table::print(&format!("Service Bus: latency {kind}"), &heading, &[row]);
    Ok(())
}
