//! Personal data outside the events: they name a person by id, and what is known of that person is kept here alone.

use std::marker::PhantomData;

use cosmos::ContainerSpec;
use projections::{Documents, Error};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Erased, Opened, Subject};

/// The container of the people. They are found by their ids alone.
pub const PEOPLE: ContainerSpec = ContainerSpec {
    name: "people",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// A person as they are stored: what is known, or the marker that they are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDocument<T> {
    /// The subject.
    pub id: Subject,
    /// What is known.
    pub person: Option<T>,
    /// The person was removed: the document stays, so that nobody enters them again by mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// Why a person was not entered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PersonError {
    /// Nothing more is written about them: tell the one who asked.
    #[error("{subject} was forgotten: nothing more is recorded about them")]
    Erased {
        /// Whom.
        subject: Subject,
    },
    /// The container fails.
    #[error("the container people failed")]
    Documents(#[from] Error),
}

/// The people that events refer to. Enter a person first and append the event then: an event without its person is
/// a question that nobody can answer, a person without an event is entered again or removed.
#[derive(Debug, Clone)]
pub struct People<D, T> {
    documents: D,
    person: PhantomData<fn() -> T>,
}

impl<D, T> People<D, T>
where
    D: Documents,
    T: Serialize + DeserializeOwned + Send + Sync,
{
    /// People in these documents.
    #[must_use]
    pub fn new(documents: D) -> Self {
        Self { documents, person: PhantomData }
    }

    /// Who is behind a reference. An event may be written and its person gone, for whatever reason: that shows as
    /// [`Opened::Erased`], and is no failure.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn get(&self, subject: &Subject) -> Result<Opened<T>, Error> {
        let read = self.documents.read::<PersonDocument<T>>(subject.as_str()).await?;
        let person = read.and_then(|stored| stored.document.person);
        Ok(person.map_or(Opened::Erased, Opened::Known))
    }

    /// Enters a person, or what is known of them now.
    ///
    /// # Errors
    ///
    /// The person was removed, or the documents fail.
    pub async fn put(&self, subject: &Subject, person: T) -> Result<(), PersonError> {
        let id = subject.as_str();
        let entered = PersonDocument { id: subject.clone(), person: Some(person), erased: None };
        loop {
            let saved = match self.documents.read::<PersonDocument<T>>(id).await? {
                Some(found) if found.document.erased.is_some() => {
                    return Err(PersonError::Erased { subject: subject.clone() });
                }
                Some(found) => self.documents.replace(id, &entered, &found.etag).await?,
                None => self.documents.create(id, &entered).await?,
            };
            if saved.is_some() {
                return Ok(());
            }
        }
    }

    /// Removes a person. Events that refer to them stay as they are. Answers whether they were there.
    ///
    /// # Errors
    ///
    /// The documents fail.
    pub async fn remove(&self, subject: &Subject, erased: &Erased) -> Result<bool, Error> {
        let id = subject.as_str();
        let (marker, erased) = (subject.clone(), Some(erased.clone()));
        let marker = PersonDocument::<T> { id: marker, person: None, erased };
        loop {
            // What is removed need not be readable.
            let read = self.documents.read::<PersonDocument<serde_json::Value>>(id).await?;
            let (was_there, saved) = match read {
                Some(found) if found.document.erased.is_some() => return Ok(false),
                Some(found) => (true, self.documents.replace(id, &marker, &found.etag).await?),
                None => (false, self.documents.create(id, &marker).await?),
            };
            if saved.is_some() {
                return Ok(was_there);
            }
        }
    }
}
