//! Whoever lives behind a meter can be forgotten, by each of three ways, and told what is held on them.

use std::sync::Arc;

use daybook::aggregates::Context;
use daybook::aggregates::registration::MeterId;
use daybook::cosmos::{self, Cosmos};
use daybook::event_store::{
    CosmosEventStore, EventDocument, EventStore, Range, RecordedEvent, StoreError, StreamId,
};
use daybook::gdpr::erasure::Way;
use daybook::gdpr::{
    ExportError, ForgetError, Forgetting, Gone, KeyDocument, KeyError, Left, Opened, PEOPLE,
    People, PersonDocument, PersonError, Sealed, Subject, export, search,
};
use daybook::integration_events::{CosmosParking, Parking, Subscriber};
use daybook::projections::{self, CosmosDocuments, Documents};
use daybook::snapshots::SNAPSHOTS;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::bus::TOPIC;
use crate::bus::billing::Billing;
use crate::bus::grid::Grid;
use crate::bus::notifications::Notifications;
use crate::follow::{follows, kept};
use crate::store::Store;

/// All containers in which something of a person may be. Whoever adds one adds it here, or a search passes it over.
pub const CONTAINERS: [&str; 10] = [
    "events",
    "views",
    "leases",
    "snapshots",
    "keys",
    "people",
    "parked",
    "billing",
    "notifications",
    "grid",
];

/// What is known of an owner outside of the events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Their name.
    pub name: String,
}

/// What is stored of an owner.
pub struct Stored {
    /// When it was looked up.
    pub now: OffsetDateTime,
    /// The key, or the marker in its place.
    pub key: Option<KeyDocument>,
    /// The record outside of the events, or the marker in its place.
    pub person: Option<PersonDocument<Owner>>,
    /// The events, or their stubs.
    pub events: Vec<RecordedEvent>,
    /// What the first of them says, as it is stored.
    pub data: Value,
    /// The first stub, if the stream was deleted.
    pub stub: Option<EventDocument>,
    /// The postal code.
    pub postal_code: Option<Sealed>,
    /// The documents that were made of the events.
    pub made: Vec<String>,
}

/// Why somebody was not forgotten, or not told.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    /// Not forgotten, or not altogether. Doing it again is safe.
    #[error("the owner was not forgotten altogether")]
    Forget(#[from] ForgetError<StoreError>),
    /// The search or the file failed.
    #[error("a container could not be read")]
    Documents(#[from] projections::Error),
    /// The events cannot be read.
    #[error("the events cannot be read")]
    Store(#[from] StoreError),
    /// There is no getting at the keys.
    #[error("the keys cannot be had")]
    Keys(#[from] KeyError),
    /// The file would not be complete.
    #[error("the file cannot be written")]
    Export(#[from] ExportError),
}

/// Forgets and tells. Cheap to clone.
#[derive(Clone)]
pub struct Privacy {
    cosmos: Cosmos,
    store: Store,
    places: Arc<Places>,
}

/// Where something is to be forgotten.
struct Places {
    forgetting: Forgetting<CosmosEventStore, CosmosDocuments>,
    people: People<CosmosDocuments, Owner>,
    people_documents: CosmosDocuments,
    parking: CosmosParking,
}

impl Privacy {
    /// Opens the containers.
    ///
    /// # Errors
    ///
    /// One of them is not there.
    pub async fn open(
        cosmos: &Cosmos,
        store: &Store,
        views: CosmosDocuments,
    ) -> Result<Self, cosmos::Error> {
        let snapshots = CosmosDocuments::open(cosmos, &SNAPSHOTS).await?;
        let people_documents = CosmosDocuments::open(cosmos, &PEOPLE).await?;
        let people = People::new(people_documents.clone());
        let events = Arc::new(store.events().clone());
        let (follows, kept) = (follows(), kept(cosmos).await?);
        let forgetting = Forgetting { store: events, views, snapshots, follows, kept };
        let parking = CosmosParking::open(cosmos).await?;
        let places = Arc::new(Places { forgetting, people, people_documents, parking });
        Ok(Self { cosmos: cosmos.clone(), store: store.clone(), places })
    }

    /// Forgets the owner of a meter.
    ///
    /// # Errors
    ///
    /// See [`PrivacyError`]. Doing it again is safe.
    pub async fn forget(
        &self,
        id: &MeterId,
        way: Way,
        reason: &str,
        context: &Context,
    ) -> Result<(), PrivacyError> {
        let (forgetting, subject) = (&self.places.forgetting, subject(id));
        match way {
            Way::Key => {
                let keys = crate::store::Keyed::keys(&self.store);
                forgetting.erase_key(keys, &subject, reason, context).await?;
            }
            Way::Stream => {
                forgetting.delete_stream(&id.stream(), reason, context).await?;
                self.release(&id.stream()).await?;
                // Workers elsewhere notice by themselves; those of this process need not wait.
                self.store.wake().wake();
            }
            Way::Person => {
                forgetting.remove_person(&self.places.people, &subject, reason, context).await?;
            }
        }
        Ok(())
    }

    /// Lets go of messages of a stream that somebody had given up.
    async fn release(&self, stream: &StreamId) -> Result<(), PrivacyError> {
        for processor in [TOPIC.name, Billing::NAME, Notifications::NAME, Grid::NAME] {
            for parked in self.places.parking.parked(processor).await? {
                if parked.stream.as_ref() == Some(stream) {
                    self.places.parking.release(&parked).await?;
                }
            }
        }
        Ok(())
    }

    /// Searches all containers for what is left of an owner, and for texts that should be nowhere.
    ///
    /// # Errors
    ///
    /// A container cannot be read.
    pub async fn left(
        &self,
        id: &MeterId,
        ways: &[Way],
        texts: &[String],
    ) -> Result<Vec<Left>, PrivacyError> {
        let mut gone: Vec<_> = texts.iter().cloned().map(Gone::Text).collect();
        for way in ways {
            match way {
                Way::Key => gone.push(Gone::Key(subject(id))),
                Way::Stream => gone.push(Gone::Stream(id.stream())),
                Way::Person => gone.push(Gone::Person(subject(id))),
            }
        }
        Ok(search(&self.cosmos, &CONTAINERS, &gone).await?)
    }

    /// What the cockpit needs, to show how all owners stand.
    #[must_use]
    pub fn shown(&self) -> cockpit::Privacy {
        cockpit::Privacy {
            cosmos: self.cosmos.clone(),
            containers: &CONTAINERS,
            keys: crate::store::Keyed::keys(&self.store).clone(),
            key_documents: self.store.key_documents().clone(),
            people: self.places.people_documents.clone(),
            page: |subject| {
                let meter = subject.as_str().strip_prefix("meter:")?;
                Some(format!("/meters/{meter}/privacy"))
            },
        }
    }

    /// Everything that is held on an owner, as JSON.
    ///
    /// # Errors
    ///
    /// It would not be complete.
    pub async fn held(&self, id: &MeterId, context: &Context) -> Result<Value, PrivacyError> {
        let subject = subject(id);
        let keys = crate::store::Keyed::keys(&self.store);
        let ring = keys.ring([subject.clone()]).await?;
        Ok(export(&self.cosmos, &CONTAINERS, &subject, &ring, context).await?)
    }

    /// What is known of an owner outside of the events.
    ///
    /// # Errors
    ///
    /// The container cannot be read.
    pub async fn owner(&self, id: &MeterId) -> Result<Opened<Owner>, PrivacyError> {
        Ok(self.places.people.get(&subject(id)).await?)
    }

    /// Enters an owner outside of the events.
    ///
    /// # Errors
    ///
    /// The owner was forgotten, or the container fails.
    pub async fn enter(&self, id: &MeterId, owner: Owner) -> Result<(), PersonError> {
        self.places.people.put(&subject(id), owner).await
    }

    /// What is stored of an owner by each of the three ways; `None` if there never was such a meter.
    ///
    /// # Errors
    ///
    /// A container cannot be read.
    pub async fn stored(&self, id: &MeterId) -> Result<Option<Stored>, PrivacyError> {
        let documents = self.store.events().documents(&id.stream(), Range::all()).await?.documents;
        let Some(first) = documents.first() else { return Ok(None) };
        let stub = (first.event.event.kind() == "$deleted").then(|| first.text.get());
        let stub = stub.and_then(|text| serde_json::from_str(text).ok());
        let data: Value = serde_json::from_str(first.event.event.data().get()).unwrap_or_default();
        let postal_code = data["postal_code"].as_str().and_then(|text| text.parse().ok());
        let (subject, keys) = (subject(id), crate::store::Keyed::keys(&self.store));
        let key = keys.document(&subject).await?;
        let person = self.places.people_documents.read(subject.as_str()).await?;
        let made = self.places.forgetting.followers(&id.stream()).await?;
        let events = documents.into_iter().map(|it| it.event);
        let events = events.filter(|it| it.event.kind() != "$sealed").collect();
        let person = person.map(|read| read.document);
        let now = OffsetDateTime::now_utc();
        Ok(Some(Stored { now, key, person, events, data, stub, postal_code, made }))
    }

    /// What was ordered and done about an owner.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub async fn written_down(&self, id: &MeterId) -> Result<Vec<RecordedEvent>, StoreError> {
        let Ok(erasure) = StreamId::new("erasure", id.stream().as_str()) else {
            return Ok(vec![]);
        };
        Ok(self.store.load(&erasure, Range::all()).await?.events)
    }
}

/// Whoever lives behind a meter.
fn subject(id: &MeterId) -> Subject {
    Subject::of(&id.stream())
}
