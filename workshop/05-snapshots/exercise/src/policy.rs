//! When a snapshot is worth taking.

use event_store::Version;

/// Takes a snapshot at each multiple of `every`, once the stream is more than `offset` events beyond it: so one
/// that stops at the multiple costs nothing, and commands that come at once do not race for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The distance between snapshots, in events; 0 takes none.
    pub every: u64,
    /// How far behind the end of the stream a snapshot stays at least, in events.
    pub offset: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { every: 80, offset: 15 }
    }
}

impl Policy {
    /// The version at which a stream that ends at `end` should have a snapshot; `None` as long as it is short.
    #[must_use]
    pub fn due(self, end: Version) -> Option<Version> {
        let beyond = end.0.checked_sub(self.offset)?.checked_sub(1)?;
        let multiple = beyond.checked_div(self.every)? * self.every;
        (multiple > 0).then_some(Version(multiple))
    }
}
