//! What was made of a meter's stream, and how it follows when the stream is deleted.

use daybook::cosmos::{self, Cosmos};
use daybook::gdpr::{Follows, Kept};
use daybook::integration_events::{PARKED, Subscriber};
use daybook::projections::{CosmosDocuments, Streams};

use crate::bus::billing::{BILLING, Billing};
use crate::bus::grid::{GRID, Grid};
use crate::bus::notifications::{NOTIFICATIONS, Notifications};
use crate::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};

/// How the views of this sample follow a stream that is deleted.
pub(crate) fn follows() -> Vec<Follows> {
    vec![
        Follows::ended::<Streams>(),
        Follows::ended::<MeterStates>(),
        Follows::ended::<DailyTotalsByWeek>(),
        Follows::ended::<ActivationFailures>(),
        Follows::rebuilt::<TotalActivated>(),
        Follows::rebuilt::<Districts>(),
    ]
}

/// What the consumers keep. They are programs of this house, so their documents can be got at from here.
pub(crate) async fn kept(cosmos: &Cosmos) -> Result<Vec<Kept<CosmosDocuments>>, cosmos::Error> {
    cosmos.provision(&[PARKED, BILLING, NOTIFICATIONS, GRID]).await?;
    let consumers =
        [(Billing::NAME, BILLING), (Notifications::NAME, NOTIFICATIONS), (Grid::NAME, GRID)];
    let mut kept = Vec::new();
    for (consumer, container) in consumers {
        kept.push(Kept { consumer, documents: CosmosDocuments::open(cosmos, &container).await? });
    }
    Ok(kept)
}
