//! What service-bus-local does, through the real crate behind our port, and what is published there.

mod growth;
mod latency;
mod place;
mod publishing;
mod throughput;

use crate::place::Kind;
use crate::{Extent, Failure};

/// Runs its benches and returns the assertions that do not hold.
pub async fn bench(kind: Kind, extent: &Extent) -> Result<Vec<String>, Failure> {
    let mut broken = throughput::bench(kind, extent).await?;
    latency::bench(kind, extent).await?;
    broken.extend(growth::bench(kind, extent).await?);
    broken.extend(publishing::bench(kind, extent).await?);
    Ok(broken)
}
