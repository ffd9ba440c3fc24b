//! Who we are on Azure without a key: an Entra ID identity.

use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::time::{Duration, OffsetDateTime};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential,
};
use tokio::sync::Mutex;

const SCOPE: &str = "https://servicebus.azure.net/.default";

/// A token is asked for anew so long before it expires.
const MARGIN: Duration = Duration::minutes(5);

/// An identity and the last token it gave: the developer tools start a process of their own each time.
#[derive(Debug)]
pub(crate) struct Identity {
    inner: Arc<dyn TokenCredential>,
    last: Mutex<Option<AccessToken>>,
}

impl Identity {
    /// Chooses the identity that the environment offers.
    ///
    /// | set | identity |
    /// |---|---|
    /// | `AZURE_FEDERATED_TOKEN_FILE` | workload identity (Kubernetes) |
    /// | `IDENTITY_ENDPOINT`, `MSI_ENDPOINT` or `AZURE_CLIENT_ID` | managed identity; `AZURE_CLIENT_ID` names a user-assigned one |
    /// | none of them | the developer signed in with `az login` or `azd auth login` |
    pub(crate) fn find(lookup: impl Fn(&str) -> Option<String>) -> azure_core::Result<Self> {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let client_id = set("AZURE_CLIENT_ID");
        let managed = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"].iter().any(|name| set(name).is_some());
        let inner: Arc<dyn TokenCredential> = if set("AZURE_FEDERATED_TOKEN_FILE").is_some() {
            WorkloadIdentityCredential::new(None)?
        } else if client_id.is_some() || managed {
            ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                user_assigned_id: client_id.map(UserAssignedId::ClientId),
                ..ManagedIdentityCredentialOptions::default()
            }))?
        } else {
            DeveloperToolsCredential::new(None)?
        };
        Ok(Self::of(inner))
    }

    pub(crate) fn of(inner: Arc<dyn TokenCredential>) -> Self {
        Self { inner, last: Mutex::new(None) }
    }

    /// A token that is good for a while.
    pub(crate) async fn token(&self) -> azure_core::Result<AccessToken> {
        // Held while asking, so that many requests at once ask once.
        let mut last = self.last.lock().await;
        if let Some(token) = last.as_ref()
            && token.expires_on > OffsetDateTime::now_utc() + MARGIN
        {
            return Ok(token.clone());
        }
        let token = self.inner.get_token(&[SCOPE], None).await?;
        *last = Some(token.clone());
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &str)]) -> String {
        let lookup = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        format!("{:?}", Identity::find(lookup).unwrap())
    }

    #[test]
    fn the_environment_decides_between_a_managed_identity_and_the_developer() {
        assert!(chosen(&[]).contains("DeveloperTools"));
        assert!(chosen(&[("AZURE_CLIENT_ID", "")]).contains("DeveloperTools"));
        assert!(chosen(&[("AZURE_CLIENT_ID", "1234")]).contains("ManagedIdentity"));
        assert!(chosen(&[("MSI_ENDPOINT", "http://localhost")]).contains("ManagedIdentity"));
    }
}
