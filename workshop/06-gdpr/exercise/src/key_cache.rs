//! Keys in memory, for a while: so long does an erasure elsewhere stay unnoticed, and no longer.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use crate::ring::Held;
use crate::{Clock, Subject};

/// How keys are kept in memory.
#[derive(Debug, Clone)]
pub struct Caching {
    /// How long a key is used before it is fetched again: so long another process may still show what was erased.
    pub longest: Duration,
    /// How many subjects' keys are kept.
    pub keys: usize,
    /// What the time is read from.
    pub clock: Clock,
}

impl Default for Caching {
    /// 1,000 keys, for 60 seconds.
    fn default() -> Self {
        Self { longest: Duration::from_secs(60), keys: 1_000, clock: Clock::system() }
    }
}

/// The keys that were used last. Clones share them.
#[derive(Clone)]
pub(crate) struct KeyCache {
    caching: Caching,
    /// With the time at which each was fetched.
    kept: Arc<Cache<Subject, (Held, Duration)>>,
}

impl KeyCache {
    pub(crate) fn new(caching: Caching) -> Self {
        let kept = Arc::new(Cache::new(caching.keys));
        Self { caching, kept }
    }

    /// What was fetched for the subject, unless that is too long ago.
    pub(crate) fn get(&self, subject: &Subject) -> Option<Held> {
        // step 2
        todo!(
            "step 2: give what is kept for the {subject}, unless it was fetched longer ago than it may be used"
        )
    }

    /// Keeps what was asked for at a time: what is changed behind it must not be covered up for longer than it may be.
    pub(crate) fn keep(&self, subject: &Subject, held: Held, asked: Duration) {
        self.kept.insert(subject.clone(), (held, asked));
    }

    pub(crate) fn now(&self) -> Duration {
        self.caching.clock.now()
    }

    pub(crate) fn longest(&self) -> Duration {
        self.caching.longest
    }

    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }
}
