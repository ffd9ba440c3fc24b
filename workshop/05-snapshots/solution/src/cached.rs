//! States kept in memory: a command on one that is there needs one request, the append.

use std::sync::Arc;

use aggregates::{Aggregate, LoadError, Loaded, State, States};
use event_store::StreamId;
use quick_cache::sync::Cache;

/// The states that were used last, in front of another source of states. Clones share them.
///
/// A state in memory may be old: another process may have written. Nothing is wrong with that. An append behind
/// an old version is refused with what was missed, and before anything is refused or left undone on such a state,
/// the end of the stream is looked at.
pub struct Cached<T, A> {
    behind: T,
    states: Arc<Cache<StreamId, State<A>>>,
}

/// How often a state was in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hits {
    /// It was there.
    pub hits: u64,
    /// It had to be loaded.
    pub misses: u64,
    /// States that are in memory now.
    pub kept: usize,
}

impl<T, A: Clone> Cached<T, A> {
    /// Keeps at most `states` states of those that `behind` gives.
    #[must_use]
    pub fn new(behind: T, states: usize) -> Self {
        Self { behind, states: Arc::new(Cache::new(states)) }
    }

    /// How often a state was in memory.
    #[must_use]
    pub fn hits(&self) -> Hits {
        let states = &self.states;
        Hits { hits: states.hits(), misses: states.misses(), kept: states.len() }
    }

    /// Forgets a state, such as that of a stream that was deleted.
    pub fn forget(&self, stream: &StreamId) {
        self.states.remove(stream);
    }
}

impl<T: States<A>, A: Aggregate + Send + Sync> States<A> for Cached<T, A> {
    type Error = T::Error;

    async fn load(&self, stream: &StreamId) -> Result<Loaded<A>, LoadError<T::Error>> {
        //@ step 2: give the state of {stream} that is in memory, unchecked and at no cost; else the one behind
        match self.states.get(stream) {
            Some(state) => Ok(Loaded { state, checked: false, ..Loaded::default() }),
            None => self.behind.load(stream).await,
        }
        //@ end
    }

    fn keep(&self, stream: &StreamId, state: &State<A>) {
        //@ step 2: keep the state of {stream}, unless a newer one is there
        let newer = |kept: State<A>| kept.version > state.version;
        if !self.states.peek(stream).is_some_and(newer) {
            self.states.insert(stream.clone(), state.clone());
        }
        self.behind.keep(stream, state);
        //@ end
    }
}

impl<T: Clone, A> Clone for Cached<T, A> {
    fn clone(&self) -> Self {
        Self { behind: self.behind.clone(), states: Arc::clone(&self.states) }
    }
}
