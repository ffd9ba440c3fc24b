//! Everything that can go wrong between the kit and a Cosmos DB.

/// Why Cosmos DB could not be reached or made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A placeholder until the crate has content.
    #[error("todo")]
    Todo,
}
