//! Who a program is on Azure: the Entra ID identity that its environment offers.
//!
//! Use [`Identity::find`] wherever a service is used without a key: the same program runs as the developer on a
//! laptop and as its managed identity in Azure.
//!
//! # Layout
//!
//! One type, an identity that remembers its tokens.
//!
//! # Why this design
//!
//! The clients ask for a token on every request, and the developer tools start a process of their own each time:
//! without a memory, every read would wait for `az`.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential,
};
use tokio::sync::Mutex;

/// A token is asked for anew so long before it expires.
const MARGIN: Duration = Duration::minutes(5);

/// An identity and the last token it gave. `Debug` shows no secret.
#[derive(Debug)]
pub struct Identity {
    inner: Arc<dyn TokenCredential>,
    last: Mutex<Option<(Vec<String>, AccessToken)>>,
}

impl Identity {
    /// Chooses the identity that the environment offers.
    ///
    /// | set | identity |
    /// |---|---|
    /// | `AZURE_FEDERATED_TOKEN_FILE` | workload identity (Kubernetes) |
    /// | `IDENTITY_ENDPOINT`, `MSI_ENDPOINT` or `AZURE_CLIENT_ID` | managed identity; `AZURE_CLIENT_ID` names a user-assigned one |
    /// | none of them | the developer signed in with `az login` or `azd auth login` |
    ///
    /// # Errors
    ///
    /// What is set does not make an identity.
    pub fn find(lookup: impl Fn(&str) -> Option<String>) -> azure_core::Result<Self> {
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

    /// An identity from elsewhere.
    #[must_use]
    pub fn of(inner: Arc<dyn TokenCredential>) -> Self {
        Self { inner, last: Mutex::new(None) }
    }
}

#[async_trait]
impl TokenCredential for Identity {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        // Held while asking, so that many requests at once ask once.
        let mut last = self.last.lock().await;
        if let Some((known, token)) = last.as_ref()
            && known == scopes
            && token.expires_on > OffsetDateTime::now_utc() + MARGIN
        {
            return Ok(token.clone());
        }
        let token = self.inner.get_token(scopes, options).await?;
        let scopes = scopes.iter().map(ToString::to_string).collect();
        *last = Some((scopes, token.clone()));
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[derive(Debug)]
    struct Counting {
        asked: AtomicU32,
        lifetime: Duration,
    }

    #[async_trait]
    impl TokenCredential for Counting {
        async fn get_token(
            &self,
            _scopes: &[&str],
            _options: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            let expires = OffsetDateTime::now_utc() + self.lifetime;
            Ok(AccessToken::new(format!("token {number}"), expires))
        }
    }

    async fn asked(lifetime: Duration, scopes: [&str; 2]) -> u32 {
        let counting = Arc::new(Counting { asked: AtomicU32::new(0), lifetime });
        let identity = Identity::of(counting.clone());
        for scope in scopes {
            identity.get_token(&[scope], None).await.unwrap();
        }
        counting.asked.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_token_that_lasts_is_asked_for_once() {
        assert_eq!(asked(Duration::hours(1), ["scope", "scope"]).await, 1);
    }

    #[tokio::test]
    async fn a_token_about_to_expire_is_asked_for_again() {
        assert_eq!(asked(Duration::minutes(4), ["scope", "scope"]).await, 2);
    }

    #[tokio::test]
    async fn a_token_for_something_else_is_no_token() {
        assert_eq!(asked(Duration::hours(1), ["scope", "another"]).await, 2);
    }

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
        assert!(chosen(&[("IDENTITY_ENDPOINT", "http://localhost")]).contains("ManagedIdentity"));
        assert!(chosen(&[("MSI_ENDPOINT", "http://localhost")]).contains("ManagedIdentity"));
    }
}
