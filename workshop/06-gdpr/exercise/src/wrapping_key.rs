//! The wrapping key that the environment names: in a vault, or in a file.

use std::path::Path;
use std::sync::Arc;

use azure_core::http::ClientOptions;
use identity::Identity;

use crate::data_key::KeyBytes;
use crate::{KeyFile, VaultKey, Wrapped, Wrapping, WrappingError};

/// The variable that names a key in a vault.
pub const KEK_ID: &str = "KEYVAULT_KEK_ID";

/// One of the two.
#[derive(Clone)]
pub enum WrappingKey {
    /// In a file of this machine.
    File(KeyFile),
    /// In Azure Key Vault.
    Vault(VaultKey),
}

impl WrappingKey {
    /// The key in the vault that `KEYVAULT_KEK_ID` names, or else the file; without one a key that is lost with this
    /// process, for data that is as well.
    ///
    /// # Errors
    ///
    /// See [`WrappingError`].
    pub fn from_lookup(
        lookup: impl Fn(&str) -> Option<String>,
        file: Option<&Path>,
    ) -> Result<Self, WrappingError> {
        match (lookup(KEK_ID).filter(|id| !id.is_empty()), file) {
            (Some(id), _) => {
                let identity = Identity::find(lookup).map_err(WrappingError::Vault)?;
                Ok(Self::Vault(VaultKey::new(&id, Arc::new(identity), ClientOptions::default())?))
            }
            (None, Some(file)) => Ok(Self::File(KeyFile::open(file)?)),
            (None, None) => Ok(Self::File(KeyFile::in_memory())),
        }
    }
}

impl Wrapping for WrappingKey {
    async fn wrap(&self, key: &KeyBytes) -> Result<Wrapped, WrappingError> {
        match self {
            Self::File(file) => file.wrap(key).await,
            Self::Vault(vault) => vault.wrap(key).await,
        }
    }

    async fn unwrap(&self, wrapped: &Wrapped) -> Result<KeyBytes, WrappingError> {
        match self {
            Self::File(file) => file.unwrap(wrapped).await,
            Self::Vault(vault) => vault.unwrap(wrapped).await,
        }
    }

    async fn newest(&self) -> Result<String, WrappingError> {
        match self {
            Self::File(file) => file.newest().await,
            Self::Vault(vault) => vault.newest().await,
        }
    }
}
