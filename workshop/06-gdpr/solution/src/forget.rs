//! The commands that forget: each way writes down who wanted it and why, does it, and can be repeated after a crash.

use std::sync::Arc;

use aggregates::{Context, ExecuteError, Repository};
use event_store::{AppendError, EventStore, Metadata, Sealing, StreamId};
use projections::{Documents, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::erasure::{Command, Erasure, Rejection, Way};
use crate::{Erased, Follows, Kept, KeyError, Keys, People, Subject, Wrapping};

/// What deleting a stream did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Deleted {
    /// Events that went. None: they had gone before.
    pub events: u64,
    /// Views that were ended.
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
    /// What consumers of messages keep, as far as it can be got at from here. Others have to be told.
    pub kept: Vec<Kept<D>>,
}

impl<S: Sealing, D: Documents> Forgetting<S, D> {
    /// Deletes a stream: seals it, ends its views, removes its events, ends its snapshot and what consumers keep, and has
    /// views of several streams built anew. The name is never used again. In memory, let go of it with `Cached::forget`.
    ///
    /// The events go after the views, since they name them: after a crash half-way that is still known.
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
        let erasures = Repository::new(Arc::clone(&self.store));
        let order = Command::Order { way: Way::Stream, reason: reason.to_owned() };
        let erasure = write_down(&erasures, stream.as_str(), order, context, "ordered").await?;
        let meta = Metadata {
            correlation_id: Some(context.command_id.clone()),
            actor: context.actor.clone(),
            ..Metadata::at(context.time)
        };
        self.store.seal(stream, meta.clone()).await.map_err(ForgetError::Stream)?;
        let mut deleted = Deleted::default();
        let mut views = self.views_of(stream).await?;
        self.end_views(&mut views, &mut deleted).await?;
        deleted.events = self.store.delete(stream, meta).await.map_err(ForgetError::Stream)?;
        // Whoever began to build views anew meanwhile may have read the events.
        self.end_views(&mut views, &mut deleted).await?;
        self.end_others(stream).await?;
        let first = erasure.open().any(|way| way == Way::Stream);
        deleted.rebuilt = self.build_anew(first).await?;
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
        write_down(erasures, what, Command::Complete { way }, context, "completed").await?;
        Ok(())
    }
}

/// A command about an erasure, under an id of its own: the same order sent again is carried out once.
async fn write_down<S: EventStore>(
    erasures: &Repository<S, Erasure>,
    what: &str,
    command: Command,
    context: &Context,
    step: &str,
) -> Result<Erasure, ForgetError<S::Error>> {
    let command_id = format!("{}/{step}", context.command_id);
    let context = Context { command_id, ..context.clone() };
    let done = erasures.execute(&what.to_owned(), command, &context).await;
    let done = done.map_err(|error| ForgetError::Order(Box::new(error)))?;
    Ok(done.state.aggregate)
}
