//! What the place can do, found out at start.

/// What the connected place can do. What it cannot is shown at start, not met later as a surprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Stored procedures run. Where they do not, the event store appends by transactional batch.
    pub procedures: bool,
    /// Request charges are reported.
    pub charges: bool,
    /// Databases, containers and procedures can be created with the credential in use (not with Entra ID).
    pub management: bool,
}
