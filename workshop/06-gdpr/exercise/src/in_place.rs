//! That every sealed value stands where it was sealed for. A seal opens wherever its text is carried to: into views and
//! snapshots, as it should, and into the wrong field of an event, if somebody copies it there.

use event_store::{
    AppendError, Appended, EventStore, Expected, Metadata, NewEvent, Range, Sealing, Slice,
    StreamId,
};
use serde_json::Value;

use crate::personal::PREFIX;
use crate::{Place, Sealed};

/// A sealed value of another field, or of another event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{stands_at} holds what was sealed for {sealed_for}: somebody copied it, restore the event"
)]
pub struct Misplaced {
    /// Where it was found.
    pub stands_at: Box<Place>,
    /// Where it belongs.
    pub sealed_for: Box<Place>,
}

/// Looks at the sealed values of an event.
///
/// # Errors
///
/// One of them belongs elsewhere.
pub fn in_place(stream: &StreamId, event: &NewEvent) -> Result<(), Misplaced> {
    let text = event.data().get();
    // Most events say nothing of anybody: they cost no more than a look.
    if !text.contains(PREFIX) {
        return Ok(());
    }
    let data: Value = serde_json::from_str(text).unwrap_or_default();
    let (stream, event_id) = (stream.clone(), event.id().clone());
    look(&data, &mut Place { stream, event_id, field: String::new() })
}

fn look(value: &Value, at: &mut Place) -> Result<(), Misplaced> {
    match value {
        Value::String(text) => match text.parse::<Sealed>() {
            Ok(Sealed { place, .. }) if place != *at => {
                Err(Misplaced { stands_at: Box::new(at.clone()), sealed_for: Box::new(place) })
            }
            _ => Ok(()),
        },
        Value::Array(items) => {
            let all = items.iter().enumerate();
            all.map(|(index, item)| (index.to_string(), item))
                .try_for_each(|(name, item)| inside(&name, item, at))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(name, item)| inside(name, item, at)),
        _ => Ok(()),
    }
}

fn inside(name: &str, value: &Value, at: &mut Place) -> Result<(), Misplaced> {
    let length = at.field.len();
    if length > 0 {
        at.field.push('.');
    }
    at.field.push_str(name);
    let looked = look(value, at);
    at.field.truncate(length);
    looked
}

/// A store that neither gives nor takes an event with a sealed value in the wrong place.
#[derive(Debug, Clone)]
pub struct InPlace<S>(S);

/// What can go wrong in such a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InPlaceError<E> {
    /// A value stands in the wrong place.
    #[error("a sealed value is not where it belongs")]
    Misplaced(#[from] Misplaced),
    /// The store behind failed.
    #[error("the store failed")]
    Store(#[source] E),
}

impl<S> InPlace<S> {
    /// Looks at what this store gives and takes.
    #[must_use]
    pub fn new(store: S) -> Self {
        Self(store)
    }

    /// The store behind.
    #[must_use]
    pub fn behind(&self) -> &S {
        &self.0
    }
}

impl<S: EventStore> EventStore for InPlace<S> {
    type Error = InPlaceError<S::Error>;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, Self::Error> {
        let slice = self.0.load(stream, range).await.map_err(InPlaceError::Store)?;
        slice.events.iter().try_for_each(|found| in_place(&found.stream, &found.event))?;
        Ok(slice)
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<Self::Error>> {
        let looked = events.iter().try_for_each(|event| in_place(stream, event));
        looked.map_err(|misplaced| AppendError::Store(misplaced.into()))?;
        let appended = self.0.append(stream, expected, events).await;
        appended.map_err(|error| error.map_store(InPlaceError::Store))
    }
}

impl<S: Sealing> Sealing for InPlace<S> {
    async fn close(
        &self,
        stream: &StreamId,
        expected: Expected,
        last: NewEvent,
    ) -> Result<Appended, AppendError<Self::Error>> {
        in_place(stream, &last).map_err(|misplaced| AppendError::Store(misplaced.into()))?;
        let closed = self.0.close(stream, expected, last).await;
        closed.map_err(|error| error.map_store(InPlaceError::Store))
    }

    async fn seal(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<(), AppendError<Self::Error>> {
        let sealed = self.0.seal(stream, meta).await;
        sealed.map_err(|error| error.map_store(InPlaceError::Store))
    }

    async fn delete(
        &self,
        stream: &StreamId,
        meta: Metadata,
    ) -> Result<u64, AppendError<Self::Error>> {
        let deleted = self.0.delete(stream, meta).await;
        deleted.map_err(|error| error.map_store(InPlaceError::Store))
    }
}
