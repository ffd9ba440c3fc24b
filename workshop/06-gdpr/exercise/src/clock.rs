//! The time that keys in memory go by: the system's, or one that a test moves.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Says how much time has passed since it was made. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock {
    /// A clock that never goes back, whatever is done to the system's time.
    #[must_use]
    pub fn system() -> Self {
        let start = Instant::now();
        Self::from(move || start.elapsed())
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> Duration {
        (self.0)()
    }
}

impl<F: Fn() -> Duration + Send + Sync + 'static> From<F> for Clock {
    fn from(now: F) -> Self {
        Self(Arc::new(now))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
