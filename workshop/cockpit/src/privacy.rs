//! The persons of a sample, as the page asks for them: subjects, their keys, and what was ordered about them.

use std::collections::BTreeSet;
use std::time::Duration;

use daybook::aggregates::decode;
use daybook::cosmos::Cosmos;
use daybook::event_store::{EventStore, Range, RecordedEvent, StoreError, StreamId};
use daybook::gdpr::erasure::{Event, Way};
use daybook::gdpr::{
    Gone, Holding, KeyDocument, Keys, Left, PersonDocument, Subject, WrappingKey, holdings, search,
};
use daybook::projections::{CosmosDocuments, Documents, Error};
use futures::future::try_join_all;
use serde_json::Value;

/// The persons of a sample. Cheap to clone.
#[derive(Clone)]
pub struct Privacy {
    /// Where everything is.
    pub cosmos: Cosmos,
    /// All containers in which something of a person may be.
    pub containers: &'static [&'static str],
    /// The keys of all subjects, as this process has them.
    pub keys: Keys<CosmosDocuments, WrappingKey>,
    /// Their documents.
    pub key_documents: CosmosDocuments,
    /// What is known of persons outside of the events.
    pub people: CosmosDocuments,
    /// The sample's own page of a subject.
    pub page: fn(&Subject) -> Option<String>,
}

/// A subject, and what is held on it besides events.
pub struct Known {
    /// The subject.
    pub id: String,
    /// Its key, or the marker in its place.
    pub key: Option<KeyDocument>,
    /// Its record outside of the events, or the marker in its place.
    pub person: Option<PersonDocument<Value>>,
}

/// What was ordered about somebody.
pub struct Ordered {
    /// About whom or what.
    pub about: String,
    /// How.
    pub way: Way,
    /// The order itself, with who gave it and when.
    pub order: RecordedEvent,
    /// Why.
    pub reason: String,
    /// Whether it is done.
    pub done: bool,
}

impl Privacy {
    /// At most so many subjects whose ids begin like that and come after another one; and whether there are more.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn subjects(
        &self,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<(Vec<Known>, bool), Error> {
        let mut ids: BTreeSet<_> = self.key_documents.ids(prefix).await?.into_iter().collect();
        ids.extend(self.people.ids(prefix).await?);
        let mut rest = ids.into_iter().filter(|id| id.as_str() > after);
        let known = try_join_all(rest.by_ref().take(limit).map(|id| self.known(id))).await?;
        Ok((known, rest.next().is_some()))
    }

    async fn known(&self, id: String) -> Result<Known, Error> {
        let key = self.key_documents.read(&id).await?.map(|read| read.document);
        let person = self.people.read(&id).await?.map(|read| read.document);
        Ok(Known { id, key, person })
    }

    /// What is left of what was ordered to be forgotten, in every container; and what each of them holds.
    ///
    /// # Errors
    ///
    /// Cosmos DB fails.
    pub async fn verify(&self, ordered: &[Ordered]) -> Result<(Vec<Left>, Vec<Holding>), Error> {
        let gone: Vec<_> = ordered.iter().filter_map(Ordered::gone).collect();
        let left = search(&self.cosmos, self.containers, &gone).await?;
        Ok((left, holdings(&self.cosmos, self.containers).await?))
    }

    /// How many keys are in the memory of this process, and for how long each is used there.
    #[must_use]
    pub fn in_memory(&self) -> (usize, Duration) {
        (self.keys.in_memory(), self.keys.longest())
    }
}

/// What was ordered in an `erasure` stream, each way once.
///
/// # Errors
///
/// The store fails.
pub async fn ordered<S: EventStore<Error = StoreError>>(
    store: &S,
    stream: &StreamId,
) -> Result<Vec<Ordered>, StoreError> {
    let mut all: Vec<Ordered> = Vec::new();
    for recorded in store.load(stream, Range::all()).await?.events {
        match decode(recorded.event.kind(), recorded.event.data()) {
            Ok(Some(Event::ErasureOrdered { way, reason })) => {
                let about = stream.id().to_owned();
                all.push(Ordered { about, way, order: recorded, reason, done: false });
            }
            Ok(Some(Event::ErasureCompleted { way })) => {
                all.iter_mut().filter(|it| it.way == way).for_each(|it| it.done = true);
            }
            _ => {}
        }
    }
    Ok(all)
}

impl Ordered {
    /// What should be gone.
    fn gone(&self) -> Option<Gone> {
        Some(match self.way {
            Way::Stream => Gone::Stream(self.about.parse().ok()?),
            Way::Key => Gone::Key(self.about.parse().ok()?),
            Way::Person => Gone::Person(self.about.parse().ok()?),
        })
    }
}
