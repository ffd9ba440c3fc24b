//! A wrapping key in Azure Key Vault: it never leaves the vault, and the vault keeps its older versions.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::http::ClientOptions;
use azure_core::http::{RequestContent, Response};
use azure_security_keyvault_keys::models::{
    EncryptionAlgorithm, KeyClientWrapKeyOptions, KeyOperationParameters,
};
use azure_security_keyvault_keys::{KeyClient, KeyClientOptions, ResourceExt, ResourceId};

use crate::data_key::KeyBytes;
use crate::{Wrapped, Wrapping, WrappingError};

/// RSA with OAEP: a 256-bit key fits many times over.
const ALGORITHM: EncryptionAlgorithm = EncryptionAlgorithm::RsaOaep256;

/// A key in a vault. Cheap to clone.
#[derive(Clone)]
pub struct VaultKey {
    client: Arc<KeyClient>,
    vault: String,
    name: String,
}

impl VaultKey {
    /// Wraps by the newest version of the key that `id` names, such as `https://kv-1.vault.azure.net/keys/kek`.
    ///
    /// # Errors
    ///
    /// The id names no key in a vault.
    pub fn new(
        id: &str,
        credential: Arc<dyn TokenCredential>,
        client_options: ClientOptions,
    ) -> Result<Self, WrappingError> {
        let options = KeyClientOptions { client_options, ..KeyClientOptions::default() };
        let key = resource(id)?;
        let client = KeyClient::new(&key.vault_url, credential, Some(options));
        let client = Arc::new(client.map_err(WrappingError::Vault)?);
        Ok(Self { client, vault: key.vault_url, name: key.name })
    }
}

impl Wrapping for VaultKey {
    async fn wrap(&self, key: &KeyBytes) -> Result<Wrapped, WrappingError> {
        // Without a version it is the newest. Which one that was is in the answer.
        let options: Option<KeyClientWrapKeyOptions<'_>> = None;
        let wrapped = self.client.wrap_key(&self.name, parameters(&key[..])?, options).await;
        let wrapped = wrapped.and_then(Response::into_model).map_err(WrappingError::Vault)?;
        match (wrapped.kid, wrapped.result) {
            (Some(by), Some(bytes)) => Ok(Wrapped::new(by, &bytes)),
            _ => Err(incomplete()),
        }
    }

    async fn unwrap(&self, wrapped: &Wrapped) -> Result<KeyBytes, WrappingError> {
        let by = resource(&wrapped.by)?;
        let ours = by.vault_url == self.vault && by.name == self.name;
        let version = by.version.filter(|_| ours);
        let version = version.ok_or_else(|| WrappingError::Unknown { by: wrapped.by.clone() })?;
        let parameters = parameters(&wrapped.bytes()?)?;
        let unwrapped = self.client.unwrap_key(&self.name, &version, parameters, None).await;
        let unwrapped = unwrapped.and_then(Response::into_model);
        let unwrapped = unwrapped.map_err(WrappingError::Vault)?.result.ok_or_else(incomplete)?;
        wrapped.key(&zeroize::Zeroizing::new(unwrapped))
    }

    async fn newest(&self) -> Result<String, WrappingError> {
        let key = self.client.get_key(&self.name, None).await;
        let key = key.and_then(Response::into_model).map_err(WrappingError::Vault)?;
        Ok(key.resource_id().map_err(WrappingError::Vault)?.source_id)
    }
}

fn resource(id: &str) -> Result<ResourceId, WrappingError> {
    id.parse::<ResourceId>().map_err(|_| WrappingError::Id(id.to_owned()))
}

fn parameters(value: &[u8]) -> Result<RequestContent<KeyOperationParameters>, WrappingError> {
    let parameters = KeyOperationParameters {
        algorithm: Some(ALGORITHM),
        value: Some(value.to_vec()),
        ..KeyOperationParameters::default()
    };
    parameters.try_into().map_err(WrappingError::Vault)
}

fn incomplete() -> WrappingError {
    let kind = azure_core::error::ErrorKind::DataConversion;
    WrappingError::Vault(azure_core::Error::with_message(kind, "the answer lacks the key"))
}
