//! What is asked of the key that data keys are wrapped with.

use std::future::Future;
use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::data_key::KeyBytes;

/// A data key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrapped {
    /// The wrapping key, with its version.
    pub by: String,
    /// The data key, encrypted, in Base64.
    pub key: String,
}

/// Why a data key cannot be wrapped or unwrapped. Named by what the caller can do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WrappingError {
    /// Others on this machine may read the file.
    #[error("{path} can be read by others (mode {mode:o}): run chmod 600 {path}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("the wrapping keys in {path} cannot be read or written", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not one of ours.
    #[error("{path} holds no wrapping keys: restore it, or everything that it sealed is lost", path = path.display())]
    NoKeys {
        /// The file.
        path: PathBuf,
    },
    /// The key is not there any more.
    #[error("a data key was wrapped by {by}, which is not here: bring that wrapping key back")]
    Unknown {
        /// The wrapping key.
        by: String,
    },
    /// The wrapped key is not what was wrapped.
    #[error("a data key that {by} wrapped was changed since: restore the container keys")]
    Tampered {
        /// The wrapping key.
        by: String,
    },
    /// The id names no key in a vault.
    #[error("KEYVAULT_KEK_ID must read https://<vault>.vault.azure.net/keys/<name>, not {0:?}")]
    Id(String),
    /// The vault failed, or does not let us: who runs this needs the role Key Vault Crypto User.
    #[error("Key Vault failed")]
    Vault(#[source] azure_core::Error),
}

/// A key that wraps data keys and never leaves its place. It can be exchanged: what older ones wrapped still unwraps, and
/// [`Keys::rewrap`](crate::Keys::rewrap) brings all under the newest.
pub trait Wrapping: Send + Sync + 'static {
    /// Wraps a data key by the newest wrapping key.
    fn wrap(&self, key: &KeyBytes) -> impl Future<Output = Result<Wrapped, WrappingError>> + Send;

    /// Unwraps a data key.
    fn unwrap(
        &self,
        wrapped: &Wrapped,
    ) -> impl Future<Output = Result<KeyBytes, WrappingError>> + Send;

    /// The newest wrapping key, with its version.
    fn newest(&self) -> impl Future<Output = Result<String, WrappingError>> + Send;
}

impl Wrapped {
    pub(crate) fn new(by: String, bytes: &[u8]) -> Self {
        Self { by, key: BASE64_STANDARD.encode(bytes) }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, WrappingError> {
        BASE64_STANDARD.decode(&self.key).map_err(|_| self.tampered())
    }

    pub(crate) fn tampered(&self) -> WrappingError {
        WrappingError::Tampered { by: self.by.clone() }
    }

    /// The data key, if it has the length of one.
    pub(crate) fn key(&self, bytes: &[u8]) -> Result<KeyBytes, WrappingError> {
        bytes.try_into().map(Zeroizing::new).map_err(|_| self.tampered())
    }
}
