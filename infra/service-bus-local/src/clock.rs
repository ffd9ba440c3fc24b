//! The time a broker goes by: the system's, or one that stands still until a test moves it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use time::OffsetDateTime;

/// Milliseconds since 1970, the only resolution the broker knows.
pub type Millis = i64;

/// Where the broker takes the time from. Clones show the same time.
#[derive(Clone)]
pub struct Clock(Arc<Source>);

struct Source {
    /// `false`: stands still until it is advanced.
    runs: bool,
    /// Ahead of the system's clock, or of 1970 when it stands still.
    offset: AtomicI64,
}

impl Clock {
    /// The system's clock. What it is advanced by is forgotten with the process.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source { runs: true, offset: AtomicI64::new(0) }))
    }

    /// A clock that stands still at this time until it is advanced.
    #[must_use]
    pub fn stopped(at: OffsetDateTime) -> Self {
        Self(Arc::new(Source { runs: false, offset: AtomicI64::new(of(at)) }))
    }

    /// The time it shows.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        date(self.millis())
    }

    pub(crate) fn millis(&self) -> Millis {
        let offset = self.0.offset.load(Ordering::Relaxed);
        if self.0.runs { of(OffsetDateTime::now_utc()).saturating_add(offset) } else { offset }
    }

    /// Only the engine advances it: what becomes due then has to be done.
    pub(crate) fn advance(&self, by: Millis) {
        self.0.offset.fetch_add(by, Ordering::Relaxed);
    }

    /// How long to wait until a time comes by itself; `None` when it never does.
    pub(crate) fn until(&self, time: Millis) -> Option<Duration> {
        let left = u64::try_from(time.saturating_sub(self.millis())).unwrap_or(0);
        self.0.runs.then_some(Duration::from_millis(left))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("runs", &self.0.runs).field("now", &self.now()).finish()
    }
}

/// A date as the broker counts it.
pub(crate) fn of(date: OffsetDateTime) -> Millis {
    // Every date that `time` can express fits.
    Millis::try_from(date.unix_timestamp_nanos() / 1_000_000).unwrap_or(Millis::MAX)
}

/// The date of a time; the last one there is for what is later.
pub(crate) fn date(millis: Millis) -> OffsetDateTime {
    let nanos = i128::from(millis) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .unwrap_or_else(|_| time::PrimitiveDateTime::MAX.assume_utc())
}
