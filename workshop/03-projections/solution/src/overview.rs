//! How a projection stands, for those who look after it. It is read from documents and from the feed, so it is
//! the same in every process, whether it runs workers or not.

use crate::documents::Documents;
use crate::feed::Feed;
use crate::lag::{Lag, lag};
use crate::lease::leases;
use crate::worker::Sources;
use crate::{Error, Generation, Generations, Lease};

/// A projection with the leases of its generations.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Which generation is live, and which is being built.
    pub generations: Generations,
    /// How the live one stands.
    pub live: Standing,
    /// How the one that is being built stands.
    pub building: Option<Standing>,
}

/// How a generation stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which one.
    pub generation: Generation,
    /// Its leases, by range, with how far each is behind. `None`: the feed does not know the place any more.
    pub leases: Vec<(Lease, Option<Lag>)>,
}

/// How a projection stands; `None` if no program has ever run it.
///
/// # Errors
///
/// The documents or the feed fail.
pub async fn overview<S, F: Feed, D: Documents>(
    sources: &Sources<S, F, D>,
    views: &D,
    projection: &str,
) -> Result<Option<Overview>, Error> {
    let Some(read) = views.read::<Generations>(projection).await? else {
        return Ok(None);
    };
    let generations = read.document;
    let live = standing(sources, projection, generations.live).await?;
    let building = match generations.building {
        Some(building) => Some(standing(sources, projection, building).await?),
        None => None,
    };
    Ok(Some(Overview { generations, live, building }))
}

async fn standing<S, F: Feed, D: Documents>(
    sources: &Sources<S, F, D>,
    projection: &str,
    generation: Generation,
) -> Result<Standing, Error> {
    let mut found = Vec::new();
    for lease in leases(&sources.leases, &generation.name(projection)).await? {
        let behind = match lag(&sources.feed, &lease).await {
            Ok(behind) => Some(behind),
            Err(Error::FeedLost(_)) => None,
            Err(error) => return Err(error),
        };
        found.push((lease, behind));
    }
    Ok(Standing { generation, leases: found })
}
