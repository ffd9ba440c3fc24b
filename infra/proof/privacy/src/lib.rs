//! That nothing of a person who was forgotten is left: a Cosmos DB on disk that two processes share, and a bus.

use std::path::Path;
use std::time::Duration;

use cosmos::{Cosmos, Place, Settings};
use energy::store::Store;
use gdpr::{Caching, KeyFile, WrappingKey};

/// Connects to a server of this machine.
///
/// # Panics
///
/// It is not there.
pub async fn connect(url: &str, key: &str) -> Cosmos {
    let place = Place::Endpoint { url: url.to_owned(), key: Some(key.to_owned()) };
    let settings = Settings { place, ..Settings::ephemeral() };
    Cosmos::connect(&settings).await.expect("the server answers")
}

/// The store of the energy sample, with keys from this file that are kept in memory for so long.
///
/// # Panics
///
/// It cannot be made ready.
pub async fn store(cosmos: &Cosmos, keys: &Path, longest: Duration) -> Store {
    let store = Store::open(cosmos, "RU").await.expect("the containers can be made");
    let wrapping = WrappingKey::File(KeyFile::open(keys).expect("a file of our own"));
    store.sealed_by(wrapping, Caching { longest, ..Caching::default() })
}
