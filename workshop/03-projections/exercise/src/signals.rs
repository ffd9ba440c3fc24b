//! How a processor is told from outside: something was appended; it is time to stop.

use std::sync::Arc;
use std::time::Duration;

use event_store::{AppendError, Appended, EventStore, Expected, NewEvent, Range, Slice, StreamId};
use tokio::sync::watch;

/// Wakes the workers of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Wake(Arc<watch::Sender<u64>>);

/// Stops what was started with it, when it is told to or dropped.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

/// The receiving side of both.
#[derive(Debug, Clone)]
pub struct Signals {
    wake: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
}

/// An event store that wakes the workers of this process after an append, so that they need not poll often.
#[derive(Debug, Clone)]
pub struct Waking<S> {
    store: S,
    wake: Wake,
}

impl Wake {
    /// Something was appended.
    pub fn wake(&self) {
        self.0.send_modify(|appends| *appends = appends.wrapping_add(1));
    }
}

impl Default for Wake {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Stop {
    /// Signals to hand to processors, and what stops them.
    #[must_use]
    pub fn new(wake: &Wake) -> (Self, Signals) {
        let (sender, stop) = watch::channel(false);
        (Self(sender), Signals { wake: wake.0.subscribe(), stop })
    }

    /// Asks everything started with it to finish what it is at.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Signals {
    /// Whether it is time to stop.
    #[must_use]
    pub fn stopping(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    /// Waits until something was appended, it is time to stop, or the time is over. Answers whether it was
    /// worth waking up.
    pub async fn wait(&mut self, longest: Duration) -> bool {
        tokio::select! {
            Ok(()) = self.wake.changed() => true,
            _ = self.stop.wait_for(|stop| *stop) => true,
            () = tokio::time::sleep(longest) => false,
        }
    }

    /// Waits until it is time to stop.
    pub async fn stopped(&mut self) {
        // An error is the sender dropped, which means the same.
        let _ = self.stop.wait_for(|stop| *stop).await;
    }
}

impl<S> Waking<S> {
    /// Wakes by `wake` after every append to `store`.
    #[must_use]
    pub fn new(store: S, wake: Wake) -> Self {
        Self { store, wake }
    }

    /// The store behind it.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }
}

impl<S: EventStore> EventStore for Waking<S> {
    type Error = S::Error;

    async fn load(&self, stream: &StreamId, range: Range) -> Result<Slice, S::Error> {
        self.store.load(stream, range).await
    }

    async fn append(
        &self,
        stream: &StreamId,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError<S::Error>> {
        let appended = self.store.append(stream, expected, events).await;
        // Also after a failure: its answer may be lost and its events stored.
        self.wake.wake();
        appended
    }
}
