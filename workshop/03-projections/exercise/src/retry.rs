//! Builds one view again that was given up, once what was wrong with its projection is mended.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use aggregates::Recorded;
use event_store::{RecordedEvent, StreamId, Version};

use crate::documents::{Documents, Stored};
use crate::error::said;
use crate::feed::{Feed, From, PAGE, Reader};
use crate::folder::decode;
use crate::generations::generation_name;
use crate::lease::leases;
use crate::view::view_id;
use crate::worker::Sources;
use crate::{Error, Lease, Projection, ViewDocument, ViewKey, Views};

/// How often it is tried to be faster than the workers, who take note of every page they pass over.
const ATTEMPTS: u32 = 10;

/// What came of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// The view is up to date again, and the workers go on with it.
    Done,
    /// It had not been given up.
    NotParked,
    /// Events for it kept coming while it was built. Try again, or rebuild the projection.
    Overtaken,
}

/// A view as its events make it, by the pages that are in it.
struct Built<V> {
    view: Option<V>,
    checkpoint: BTreeMap<String, u64>,
}

/// Builds a view of the live generation again, from the first event on: the whole feed is read, so this is
/// for the few views that were given up.
///
/// # Errors
///
/// The view still cannot take its events, or something failed behind us. The view then stays as it is.
pub async fn retry<P: Projection, S, F: Feed, D: Documents>(
    views: &Views<P, D>,
    sources: &Sources<S, F, D>,
    key: &ViewKey,
) -> Result<Retried, Error> {
    let Some((number, _)) = views.live().await? else {
        return Ok(Retried::NotParked);
    };
    let name = generation_name(P::NAME, number);
    let id = view_id(&name, key);
    for _ in 0..ATTEMPTS {
        let read = views.documents.read::<ViewDocument<serde_json::Value>>(&id).await?;
        let Some(Stored { document, etag }) = read.filter(|read| read.document.parked.is_some())
        else {
            return Ok(Retried::NotParked);
        };
        let Built { view, checkpoint } = build::<P, S, F, D>(sources, &name, key).await?;
        let ViewDocument { id, projection, key, .. } = document;
        let rebuilt =
            ViewDocument { id, projection, key, view, checkpoint, parked: None, ended: false };
        if views.documents.replace(&rebuilt.id, &rebuilt, &etag).await?.is_some() {
            return Ok(Retried::Done);
        }
    }
    Ok(Retried::Overtaken)
}

/// The view as of the pages that are pinned now.
async fn build<P: Projection, S, F: Feed, D: Documents>(
    sources: &Sources<S, F, D>,
    processor: &str,
    key: &ViewKey,
) -> Result<Built<P::View>, Error> {
    let mut events = Vec::new();
    let mut checkpoint = BTreeMap::new();
    for lease in leases(&sources.leases, processor).await? {
        events.extend(in_pages::<P, F>(&sources.feed, &lease, key).await?);
        checkpoint.insert(lease.name().to_owned(), lease.page);
    }
    events.sort_by(|a, b| (&a.stream, a.version).cmp(&(&b.stream, b.version)));
    let fold = || {
        let mut view = None;
        for event in &events {
            P::apply(&mut view, event);
        }
        view
    };
    let view = catch_unwind(AssertUnwindSafe(fold))
        .map_err(|panic| Error::Unfit { id: key.to_string(), reason: said(&*panic) })?;
    Ok(Built { view, checkpoint })
}

/// The events of a view that are in the pages of a lease: all that there are, without those behind the last
/// page. What is appended meanwhile is behind it, too, since that part is read last.
async fn in_pages<P: Projection, F: Feed>(
    feed: &F,
    lease: &Lease,
    key: &ViewKey,
) -> Result<Vec<Recorded<P::Event>>, Error> {
    let mut events = Vec::new();
    let keep = |page: Vec<RecordedEvent>| -> Result<(), Error> {
        let page: Vec<Recorded<P::Event>> = decode(&page)?;
        events.extend(page.into_iter().filter(|event| P::keys(event).contains(key)));
        Ok(())
    };
    read(feed, lease, From::Start(lease.start), keep).await?;
    let mut behind = HashSet::<(StreamId, Version)>::new();
    let note = |page: Vec<RecordedEvent>| {
        behind.extend(page.into_iter().map(|event| (event.stream, event.version)));
        Ok(())
    };
    read(feed, lease, lease.place(), note).await?;
    events.retain(|event| !behind.contains(&(event.stream.clone(), event.version)));
    Ok(events)
}

/// Reads a lease's range to its end.
async fn read<F: Feed>(
    feed: &F,
    lease: &Lease,
    from: From<'_>,
    mut each: impl FnMut(Vec<RecordedEvent>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = feed.open(&lease.range, from, PAGE).await?;
    loop {
        let page = reader.next().await?;
        if page.caught_up {
            return Ok(());
        }
        each(page.events)?;
    }
}
