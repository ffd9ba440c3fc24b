//! From a domain event to what others may know of it.

use std::collections::BTreeMap;

use aggregates::Recorded;
use serde::Serialize;
use serde::de::DeserializeOwned;
use service_bus::Value;

/// What filters of subscriptions read. Names have lower-case letters and digits only.
pub type Properties = BTreeMap<String, Value>;

/// Says what others are told of our events.
///
/// It is pure: the same event always gives the same, or a message that is sent again would be another one.
/// What it leaves out stays private.
pub trait Mapping: Send + Sync + 'static {
    /// The streams it speaks of, by their category.
    const CATEGORIES: &'static [&'static str];
    /// What happens in them. Kinds that are not among it are not published.
    type Event: DeserializeOwned;
    /// What others are told: a plain enum, whose names carry a version, such as `MeterActivated.v1`. Others
    /// rely on them as they stand, so a change of meaning is a new name.
    type Notice: Serialize;

    /// What others are told of an event, if anything.
    fn map(event: &Recorded<Self::Event>) -> Option<Self::Notice>;

    /// What filters read of it. Values are plain ASCII.
    fn properties(notice: &Self::Notice) -> Properties;
}
