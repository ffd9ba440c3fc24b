//! Commands for one aggregate wait for each other instead of colliding.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use event_store::StreamId;
use tokio::sync;

type Lines = HashMap<StreamId, Arc<sync::Mutex<()>>>;

/// A queue for each stream on which there is work. Other processes have queues of their own: what they
/// do at the same time is found out by the store.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    lines: Mutex<Lines>,
}

/// A place in the queue of a stream. The last one to leave takes the queue away.
struct Place<'a> {
    queues: &'a Queues,
    stream: &'a StreamId,
    line: Arc<sync::Mutex<()>>,
}

impl Queues {
    /// Does the work when everything that came before it on this stream is done.
    pub(crate) async fn in_turn<T>(&self, stream: &StreamId, work: impl Future<Output = T>) -> T {
        let place = self.join(stream);
        // Nearly always nobody is there, and to try is cheaper than to wait. A turn that is handed on cannot be snatched.
        let _turn = match place.line.try_lock() {
            Ok(turn) => turn,
            Err(_) => place.line.lock().await,
        };
        work.await
    }

    fn join<'a>(&'a self, stream: &'a StreamId) -> Place<'a> {
        let mut lines = self.lines();
        let line = Arc::clone(lines.entry(stream.clone()).or_default());
        Place { queues: self, stream, line }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many streams have a queue.
    pub(crate) fn len(&self) -> usize {
        self.lines().len()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut lines = self.queues.lines();
        // One is in the map and one is ours. Places are taken under the lock that we hold.
        if Arc::strong_count(&self.line) == 2 {
            lines.remove(self.stream);
        }
    }
}
