//! What a module needs of the database, as plain data that Rust and Bicep are both checked against.

/// A container that a module needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContainerSpec {
    /// The container's name, such as `events`.
    pub name: &'static str,
    /// The path of the partition key, such as `/stream`.
    pub partition_key: &'static str,
    /// Paths that are unique within a logical partition, each a unique key of its own.
    pub unique_keys: &'static [&'static str],
    /// Scalar paths that are indexed, such as `/version/?`; everything else is excluded. Empty means the
    /// service's default, which indexes all paths.
    pub indexed: &'static [&'static str],
    /// The stored procedures, uploaded where the place runs them.
    pub procedures: &'static [ProcedureSpec],
}

/// A stored procedure that belongs to a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcedureSpec {
    /// The id it is called by.
    pub id: &'static str,
    /// The JavaScript.
    pub body: &'static str,
}
