//! The two words of a projection: which views an event is for, and what it changes in one.

use std::fmt;

use aggregates::Recorded;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A pure function from events to views. It looks at no clock and at nothing but the event, so folding the
/// same events again gives the same views.
///
/// Events of one stream come in order. Between streams there is no order, so a view of several streams must
/// come out the same however they are interleaved: see [`commutes`](crate::commutes).
pub trait Projection: 'static {
    /// Names the projection in documents, such as `weeks`.
    const NAME: &'static str;
    /// Raised when the views change their shape or their meaning: they are then built anew beside the old ones.
    const VERSION: u32;
    /// The events it looks at. Kinds that are not among them are passed over.
    type Event: DeserializeOwned + Send + Sync;
    /// What it answers with.
    type View: Serialize + DeserializeOwned + Send + Sync;

    /// The views that the event changes.
    fn keys(event: &Recorded<Self::Event>) -> Vec<ViewKey>;

    /// Makes the event part of a view. `None` is a view that is not there.
    fn apply(view: &mut Option<Self::View>, event: &Recorded<Self::Event>);
}

/// Names a view among those of its projection, such as `87000001:2020-W18`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewKey(String);

impl ViewKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for ViewKey {
    fn from(key: T) -> Self {
        Self(key.into())
    }
}

impl fmt::Display for ViewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
