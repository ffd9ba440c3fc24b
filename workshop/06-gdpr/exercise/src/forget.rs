//! The commands that forget: each way writes down who wanted it and why, does it, and can be repeated after a crash.

use std::sync::Arc;

use aggregates::{Context, ExecuteError, Repository};
use event_store::{AppendError, EventStore, Metadata, Sealing, StreamId};
use projections::{Documents, Error, ViewDocument, ViewKey, rebuild, view_id};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::erasure::{Command, Erasure, Rejection, Way};
use crate::{Erased, KeyError, Keys, People, Subject, Wrapping};

/// How the views of a projection follow a stream that is deleted.
#[derive(Debug, Clone, Copy)]
pub struct Follows {
    /// The projection's name.
    pub projection: &'static str,
    /// The key of a stream's own views, or the front of it before a colon. They are blanked at once. `None`: its
    /// views are of several streams, and all of them are built anew.
    pub of_one_stream: Option<fn(&StreamId) -> String>,
}

/// What deleting a stream did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deleted {
    /// Events that went. None: they had gone before.
    pub events: u64,
    /// Views that were blanked.
    pub views: Vec<String>,
    /// Projections that are built anew.
    pub rebuilt: Vec<&'static str>,
}

/// Why something was not forgotten, or only in part. Doing it again is safe and does the rest.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForgetError<E> {
    /// It could not be written down, so nothing was done.
    #[error("the erasure could not be written down")]
    Order(#[source] Box<ExecuteError<Rejection, E>>),
    /// The events are not all gone.
    #[error("the stream is not deleted")]
    Stream(#[source] AppendError<E>),
    /// The key is still there.
    #[error("the key is not erased")]
    Key(#[from] KeyError),
    /// The events are gone, and what was made of them is not.
    #[error("what was made of the events is not all gone")]
    Documents(#[from] Error),
}

/// Forgets. `D` are documents by id, `S` the store.
pub struct Forgetting<S, D> {
    /// The events.
    pub store: Arc<S>,
    /// The views.
    pub views: D,
    /// The snapshots.
    pub snapshots: D,
    /// How views follow.
    pub follows: Vec<Follows>,
}

impl<S: Sealing, D: Documents> Forgetting<S, D> {
    /// Deletes a stream: seals it, removes its events, its snapshot and its views, and has views of several streams built
    /// anew. The name is never used again. In memory, let go of it with `Cached::forget`.
    ///
    /// # Errors
    ///
    /// See [`ForgetError`].
    pub async fn delete_stream(
        &self,
        stream: &StreamId,
        reason: &str,
        context: &Context,
    ) -> Result<Deleted, ForgetError<S::Error>> {
        let erasures = self.ordered(stream.as_str(), Way::Stream, reason, context).await?;
        let meta = Metadata {
            correlation_id: Some(context.command_id.clone()),
            actor: context.actor.clone(),
            ..Metadata::at(context.time)
        };
        let events = self.store.delete(stream, meta).await.map_err(ForgetError::Stream)?;
        self.snapshots.remove(stream.as_str()).await?;
        let mut deleted = Deleted { events, views: vec![], rebuilt: vec![] };
        for follows in &self.follows {
            match follows.of_one_stream {
                Some(key) => {
                    deleted.views.extend(self.blank(follows.projection, &key(stream)).await?);
                }
                None if rebuild(&self.views, follows.projection).await?.is_some() => {
                    deleted.rebuilt.push(follows.projection);
                }
                None => {}
            }
        }
        self.done(&erasures, stream.as_str(), Way::Stream, context).await?;
        Ok(deleted)
    }

    /// Erases a subject's key: what was sealed for them never opens again, wherever it is. Answers whether it opened
    /// before. It costs the same for ten events and for a million.
    ///
    /// # Errors
    ///
    /// See [`ForgetError`].
    pub async fn erase_key<W: Wrapping>(
        &self,
        keys: &Keys<D, W>,
        subject: &Subject,
        reason: &str,
        context: &Context,
    ) -> Result<bool, ForgetError<S::Error>> {
        let erasures = self.ordered(subject.as_str(), Way::Key, reason, context).await?;
        let new = keys.erase(subject, &Erased::by(context, reason)).await?;
        self.done(&erasures, subject.as_str(), Way::Key, context).await?;
        Ok(new)
    }

    /// Removes a person from the documents outside of the events. Answers whether they were there.
    ///
    /// # Errors
    ///
    /// See [`ForgetError`].
    pub async fn remove_person<T>(
        &self,
        people: &People<D, T>,
        subject: &Subject,
        reason: &str,
        context: &Context,
    ) -> Result<bool, ForgetError<S::Error>>
    where
        T: Serialize + DeserializeOwned + Send + Sync,
    {
        let erasures = self.ordered(subject.as_str(), Way::Person, reason, context).await?;
        let removed = people.remove(subject, &Erased::by(context, reason)).await?;
        self.done(&erasures, subject.as_str(), Way::Person, context).await?;
        Ok(removed)
    }

    /// Writes down what is to be done, before it is done.
    async fn ordered(
        &self,
        what: &str,
        way: Way,
        reason: &str,
        context: &Context,
    ) -> Result<Repository<S, Erasure>, ForgetError<S::Error>> {
        let erasures = Repository::new(Arc::clone(&self.store));
        let order = Command::Order { way, reason: reason.to_owned() };
        write_down(&erasures, what, order, context, "ordered").await?;
        Ok(erasures)
    }

    async fn done(
        &self,
        erasures: &Repository<S, Erasure>,
        what: &str,
        way: Way,
        context: &Context,
    ) -> Result<(), ForgetError<S::Error>> {
        write_down(erasures, what, Command::Complete { way }, context, "completed").await
    }

    /// Blanks the views under a key in every generation. They stay as documents: a late worker would make them anew.
    async fn blank(&self, projection: &str, key: &str) -> Result<Vec<String>, Error> {
        let mut blanked = Vec::new();
        for id in self.views.ids(&format!("{projection}@")).await? {
            let Some((generation, _)) = id.split_once(':') else { continue };
            let its = view_id(generation, &ViewKey::from(key));
            if (id == its || id.starts_with(&format!("{its}:"))) && self.blank_one(&id).await? {
                blanked.push(id);
            }
        }
        Ok(blanked)
    }

    async fn blank_one(&self, id: &str) -> Result<bool, Error> {
        loop {
            let Some(found) = self.views.read::<ViewDocument<Value>>(id).await? else {
                return Ok(false);
            };
            if found.document.view.is_none() {
                return Ok(false);
            }
            let blank = ViewDocument { view: None, ..found.document };
            if self.views.replace(id, &blank, &found.etag).await?.is_some() {
                return Ok(true);
            }
        }
    }
}

/// A command about an erasure, under an id of its own: the same order sent again is carried out once.
async fn write_down<S: EventStore>(
    erasures: &Repository<S, Erasure>,
    what: &str,
    command: Command,
    context: &Context,
    step: &str,
) -> Result<(), ForgetError<S::Error>> {
    let command_id = format!("{}/{step}", context.command_id);
    let context = Context { command_id, ..context.clone() };
    let done = erasures.execute(&what.to_owned(), command, &context).await;
    done.map(drop).map_err(|error| ForgetError::Order(Box::new(error)))
}
