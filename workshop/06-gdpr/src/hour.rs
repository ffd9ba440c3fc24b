//! A clock that stands still until a check moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Caching, Clock};

/// Seconds that pass when they are told to. Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Hour(Arc<AtomicU64>);

impl Hour {
    /// So many seconds pass.
    pub fn passes(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Keys are kept as usual, by this clock.
    #[must_use]
    pub fn caching(&self) -> Caching {
        let seconds = Arc::clone(&self.0);
        let clock = Clock::from(move || Duration::from_secs(seconds.load(Ordering::SeqCst)));
        Caching { clock, ..Caching::default() }
    }
}
