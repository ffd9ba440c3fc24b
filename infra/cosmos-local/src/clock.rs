//! The time that documents are stamped with and expire by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the server takes the time of documents from: the machine, or a test that turns the hands itself.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Seconds since 1970, of a clock that stands still by itself.
    hands: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at so many seconds since 1970 until it is advanced. Clones are the same clock.
    #[must_use]
    pub fn manual(seconds: i64) -> Self {
        Self { hands: Some(Arc::new(AtomicI64::new(seconds))) }
    }

    /// Advances a manual clock by whole seconds; the machine's cannot be moved.
    pub fn advance(&self, time: Duration) {
        if let Some(hands) = &self.hands {
            let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
            hands.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    /// Seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        if let Some(hands) = &self.hands {
            return hands.load(Ordering::Relaxed);
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}
