//! Documents that stand still at a chosen point, so that a process can be killed there.

use projections::{Documents, Error, Etag, Stored};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Watch;

/// Views or leases that somebody watches. Both containers of a process share one [`Watch`].
#[derive(Clone)]
pub struct Watched<D> {
    documents: D,
    watch: Watch,
}

impl<D> Watched<D> {
    /// Watches these documents.
    #[must_use]
    pub fn new(documents: D, watch: &Watch) -> Self {
        Self { documents, watch: watch.clone() }
    }
}

impl<D: Documents> Watched<D> {
    async fn write<T: Serialize + Sync>(
        &self,
        document: &T,
        send: impl AsyncFnOnce(&D, &Value) -> Result<Option<Etag>, Error>,
    ) -> Result<Option<Etag>, Error> {
        let mut document = serde_json::to_value(document).expect("documents can be written");
        self.watch.falsify(&mut document);
        let step = self.watch.step(&document);
        let write = async {
            self.watch.before(&step).await;
            let written = send(&self.documents, &document).await?;
            if written.is_some() {
                self.watch.after(&step, &document).await;
            }
            Ok(written)
        };
        self.watch.in_turn(&step, write).await
    }
}

impl<D: Documents> Documents for Watched<D> {
    async fn read<T: DeserializeOwned>(&self, id: &str) -> Result<Option<Stored<T>>, Error> {
        self.watch.hold().await;
        let Some(Stored { document, etag }) = self.documents.read::<Value>(id).await? else {
            return Ok(None);
        };
        self.watch.note(&document);
        let document = serde_json::from_value(document)
            .map_err(|source| Error::Unreadable { id: id.to_owned(), source })?;
        Ok(Some(Stored { document, etag }))
    }

    async fn create<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
    ) -> Result<Option<Etag>, Error> {
        self.write(document, async |documents, document| documents.create(id, document).await).await
    }

    async fn replace<T: Serialize + Sync>(
        &self,
        id: &str,
        document: &T,
        etag: &Etag,
    ) -> Result<Option<Etag>, Error> {
        let send =
            async |documents: &D, document: &Value| documents.replace(id, document, etag).await;
        self.write(document, send).await
    }

    async fn remove(&self, id: &str) -> Result<(), Error> {
        self.watch.hold().await;
        self.documents.remove(id).await
    }

    async fn ids(&self, prefix: &str) -> Result<Vec<String>, Error> {
        self.watch.hold().await;
        self.documents.ids(prefix).await
    }
}
