//! Time to live: when a document expires. From that moment on nobody sees it; the sweep removes it later.

use serde_json::{Map, Value};

use super::Failure;
use super::limits::invalid;
use super::record::Record;

/// What a container's definition says about the time to live of its documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeToLive {
    /// No document expires, whatever it says itself.
    Off,
    /// A document expires if it says so itself.
    Own,
    /// A document expires after so many seconds, unless it says otherwise.
    Default(i32),
}

/// What a document says itself: nothing.
pub const UNSAID: i32 = 0;
const NEVER: i32 = -1;

impl TimeToLive {
    /// When a document expires that was written at this time and says this of itself.
    pub fn due(self, written: i64, own: i32) -> Option<i64> {
        let seconds = match (self, own) {
            (Self::Off, _) | (_, NEVER) | (Self::Own, UNSAID) => return None,
            (Self::Default(seconds), UNSAID) => seconds,
            (_, own) => own,
        };
        Some(written.saturating_add(i64::from(seconds)))
    }

    /// The `ttl` of a document. Where documents can expire it has to make sense.
    pub fn of(self, document: &Map<String, Value>) -> Result<i32, Failure> {
        let Some(ttl) = document.get("ttl").filter(|ttl| !ttl.is_null()) else {
            return Ok(UNSAID);
        };
        let seconds = ttl.as_i64().and_then(|seconds| i32::try_from(seconds).ok());
        match seconds.filter(|seconds| *seconds == NEVER || *seconds > 0) {
            Some(seconds) => Ok(seconds),
            None if self == Self::Off => Ok(UNSAID),
            None => Err(invalid(format!(
                "the document's 'ttl' is {ttl}, it must be -1 or a whole number of seconds from 1 to {}",
                i32::MAX
            ))),
        }
    }
}

/// What is still alive at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: i64,
    pub ttl: TimeToLive,
}

impl Moment {
    pub fn is_over(self, record: &Record) -> bool {
        self.ttl.due(record.at, record.ttl).is_some_and(|due| due <= self.now)
    }
}
