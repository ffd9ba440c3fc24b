//! Folds pages into views and saves each once.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use aggregates::Recorded;
use event_store::RecordedEvent;
use futures::{StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::documents::{Documents, Etag, Stored};
use crate::error::{reasons, said};
use crate::generations::generation_name;
use crate::view::view_id;
use crate::{Error, Handler, Page, Parked, Projection, ViewDocument, ViewKey};

/// How many views of a page are saved at the same time.
const AT_ONCE: usize = 8;

/// The views of one generation of a projection.
pub struct Folder<P, D> {
    views: D,
    /// `<projection>@<generation>`.
    name: String,
    projection: PhantomData<fn() -> P>,
}

impl<P: Projection, D: Documents> Folder<P, D> {
    /// Folds into this generation's documents.
    #[must_use]
    pub fn new(views: D, generation: u32) -> Self {
        let name = generation_name(P::NAME, generation);
        Self { views, name, projection: PhantomData }
    }

    /// `<projection>@<generation>`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes the events of a page part of a view and saves it, whoever else is at it.
    ///
    /// # Errors
    ///
    /// The documents fail, or the view cannot take the events: then it is to be parked.
    pub async fn save_once(
        &self,
        key: &ViewKey,
        page: &Page,
        events: &[&Recorded<P::Event>],
    ) -> Result<(), Error> {
        // step 2
        todo!(
            "step 2: load the view of {key}, fold the page into it, save it; and begin again if it was saved meanwhile"
        )
    }

    /// So that the log leads from a command to the views that it changed.
    fn trace(&self, key: &ViewKey, events: &[&Recorded<P::Event>]) {
        for Recorded { stream, version, meta, .. } in events {
            let correlation_id = meta.correlation_id.as_deref();
            tracing::debug!(projection = self.name, view = %key, %stream, %version, correlation_id, "folds");
        }
    }

    /// The view's document with the etag to replace it by; without one it is not stored yet.
    async fn load(&self, key: &ViewKey) -> Result<(ViewDocument<P::View>, Option<Etag>), Error> {
        load(&self.views, &self.name, key).await
    }

    /// Saves one view of a page, or gives it up.
    async fn save(
        &self,
        key: &ViewKey,
        page: &Page,
        events: &[&Recorded<P::Event>],
    ) -> Result<(), Error> {
        match self.save_once(key, page, events).await {
            Err(error) if error.parks() => self.park(key, page, &error).await,
            saved => saved,
        }
    }

    /// Marks a view as given up, with the reason, unless the page was applied or passed over meanwhile.
    async fn park(&self, key: &ViewKey, page: &Page, error: &Error) -> Result<(), Error> {
        tracing::error!(view = %key, projection = self.name, %error, "parked a view");
        let reason = reasons(error);
        loop {
            let (mut document, etag) = load::<D, Value>(&self.views, &self.name, key).await?;
            if document.ended || !document.pass_over(page) {
                return Ok(());
            }
            if document.parked.is_none() {
                let (lease, reason) = (page.lease.clone(), reason.clone());
                document.parked = Some(Parked { reason, lease, page: page.number });
            }
            let saved = match save(&self.views, &document, etag.as_ref()).await {
                // There was hardly room for the view, and there is none for the mark.
                Err(Error::TooLarge { .. }) => {
                    document.view = None;
                    save(&self.views, &document, etag.as_ref()).await?
                }
                saved => saved?,
            };
            if saved.is_some() {
                return Ok(());
            }
        }
    }
}

impl<P: Projection, D: Documents> Handler for Folder<P, D> {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        let events = decode(&page.events)?;
        let views = by_view::<P>(&events);
        let mut saves = Vec::with_capacity(views.len());
        for (key, events) in &views {
            self.trace(key, events);
            saves.push(self.save(key, page, events));
        }
        stream::iter(saves).buffer_unordered(AT_ONCE).try_collect().await
    }
}

/// The events in the program's words. Kinds that the projection does not know are passed over.
pub(crate) fn decode<E: DeserializeOwned>(
    events: &[RecordedEvent],
) -> Result<Vec<Recorded<E>>, Error> {
    let read = |event: &RecordedEvent| {
        let failed = |source| {
            let (stream, version) = (event.stream.clone(), event.version);
            Error::Undecodable { stream, version, source }
        };
        Recorded::decode(event).map_err(failed).transpose()
    };
    events.iter().filter_map(read).collect()
}

/// The events of a page, by the views that they change.
pub(crate) fn by_view<P: Projection>(
    events: &[Recorded<P::Event>],
) -> BTreeMap<ViewKey, Vec<&Recorded<P::Event>>> {
    let mut views = BTreeMap::<_, Vec<_>>::new();
    for event in events {
        let keys: BTreeSet<_> = P::keys(event).into_iter().collect();
        for key in keys {
            views.entry(key).or_default().push(event);
        }
    }
    views
}

/// Folds the events into the document. One that was given up takes note of the page and stays as it is; one that has
/// ended is not written any more.
fn fold<P: Projection>(
    document: &mut ViewDocument<P::View>,
    page: &Page,
    events: &[&Recorded<P::Event>],
) -> Result<bool, Error> {
    if document.ended {
        return Ok(false);
    }
    if document.parked.is_some() {
        return Ok(document.pass_over(page));
    }
    // What a panic leaves half done is dropped with the document.
    let folded = catch_unwind(AssertUnwindSafe(|| document.fold::<P>(page, events)));
    folded.map_err(|panic| Error::Unfit { id: document.id.clone(), reason: said(&*panic) })
}

async fn load<D: Documents, V: DeserializeOwned>(
    views: &D,
    name: &str,
    key: &ViewKey,
) -> Result<(ViewDocument<V>, Option<Etag>), Error> {
    match views.read(&view_id(name, key)).await? {
        Some(Stored { document, etag }) => Ok((document, Some(etag))),
        None => Ok((ViewDocument::new(name, key), None)),
    }
}

/// Creates a document that was not there, or replaces the writing that was read.
async fn save<D: Documents>(
    views: &D,
    document: &ViewDocument<Value>,
    read: Option<&Etag>,
) -> Result<Option<Etag>, Error> {
    match read {
        None => views.create(&document.id, document).await,
        Some(etag) => views.replace(&document.id, document, etag).await,
    }
}
