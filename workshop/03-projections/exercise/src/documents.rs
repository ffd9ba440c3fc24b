//! Documents by id, each in a partition of its own: the containers `views` and `leases`.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// Says which writing of a document was read: it changes with every write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etag(pub String);

/// A document as it was read.
#[derive(Debug, Clone)]
pub struct Stored<T> {
    /// What it says.
    pub document: T,
    /// Hand it to [`Documents::replace`].
    pub etag: Etag,
}

/// Documents that are read whole, created once, and replaced only by somebody who has seen the last writing.
pub trait Documents: Clone + Send + Sync + 'static {
    /// Reads a document; `None` if there is none.
    fn read<T: DeserializeOwned>(
        &self,
        id: &str,
    ) -> impl Future<Output = Result<Option<Stored<T>>, Error>> + Send;

    /// Creates a document; `None` if there is one already.
    fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> impl Future<Output = Result<Option<Etag>, Error>> + Send;

    /// Replaces a document; `None` if it was written or removed since it was read.
    fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> impl Future<Output = Result<Option<Etag>, Error>> + Send;

    /// Removes a document, if it is there.
    fn remove(&self, id: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// The ids that begin with this text.
    fn ids(&self, prefix: &str) -> impl Future<Output = Result<Vec<String>, Error>> + Send;
}
