//! Commands for one aggregate wait for each other instead of colliding.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use event_store::StreamId;
use hashbrown::HashMap;
use hashbrown::hash_map::EntryRef;
use tokio::sync::oneshot::{self, Receiver, Sender};

/// Who waits for a stream, in the order in which they came. Nearly always nobody does, and that costs no memory.
type Lines = HashMap<StreamId, VecDeque<Sender<()>>>;

/// A queue for each stream on which there is work. Other processes have queues of their own: what they
/// do at the same time is found out by the store.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    lines: Mutex<Lines>,
}

/// A place in the queue of a stream. Whoever leaves it in its turn calls the next.
pub(crate) struct Place<'a> {
    queues: &'a Queues,
    stream: &'a StreamId,
    /// Tells when its turn comes; nothing once that is so.
    called: Option<Receiver<()>>,
}

impl Queues {
    /// Waits until everything that came before on this stream is done. The turn lasts as long as the place is kept.
    pub(crate) async fn turn<'a>(&'a self, stream: &'a StreamId) -> Place<'a> {
        let mut place = self.join(stream);
        if let Some(called) = &mut place.called {
            called.await.expect("nobody leaves without calling the next");
            place.called = None;
        }
        place
    }

    fn join<'a>(&'a self, stream: &'a StreamId) -> Place<'a> {
        let called = match self.lines().entry_ref(stream) {
            EntryRef::Vacant(nobody) => {
                nobody.insert(VecDeque::new());
                None
            }
            EntryRef::Occupied(mut line) => {
                let (call, called) = oneshot::channel();
                line.get_mut().push_back(call);
                Some(called)
            }
        };
        Place { queues: self, stream, called }
    }

    /// Calls the next one who still waits. The last one to leave takes the queue away.
    fn call_next(&self, stream: &StreamId) {
        let mut lines = self.lines();
        let EntryRef::Occupied(mut line) = lines.entry_ref(stream) else { return };
        while let Some(next) = line.get_mut().pop_front() {
            if next.send(()).is_ok() {
                return;
            }
        }
        line.remove();
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many streams have a queue.
    pub(crate) fn len(&self) -> usize {
        self.lines().len()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let its_turn = self.called.as_mut().is_none_or(|called| {
            // From here on nobody calls; somebody may have.
            called.close();
            called.try_recv().is_ok()
        });
        if its_turn {
            self.queues.call_next(self.stream);
        }
    }
}
