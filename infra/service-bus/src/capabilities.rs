//! What the place can do, known when it is connected.

/// What the connected place can do. What it cannot is shown at start, not met later as a surprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Queues, topics and subscriptions can be created from here; on Azure, Bicep does that.
    pub management: bool,
    /// Messages can be counted and looked at without receiving them.
    pub browsing: bool,
    /// The broker's clock can be moved ahead.
    pub clock: bool,
}

impl Capabilities {
    /// Our own broker on this machine, embedded or not.
    pub(crate) const ALL: Self = Self { management: true, browsing: true, clock: true };
    /// REST with the right to send and listen: Azure, and a broker on another machine.
    pub(crate) const NONE: Self = Self { management: false, browsing: false, clock: false };
}
