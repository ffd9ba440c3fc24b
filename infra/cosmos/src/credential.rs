//! Who we are: an account key, or an Entra ID identity.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential,
};
use tokio::sync::Mutex;

/// What requests are signed with. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub(crate) enum Credential {
    /// The account key, base64.
    Key(Secret),
    /// An Entra ID identity; it may use data, never manage.
    Entra(Arc<dyn TokenCredential>),
}

impl Credential {
    /// The Entra ID identity that the environment offers.
    pub(crate) fn entra(lookup: impl Fn(&str) -> Option<String>) -> azure_core::Result<Self> {
        Ok(Self::Entra(identity(lookup)?))
    }
}

/// The Entra ID identity that the environment offers, for other services of Azure as well.
///
/// | set | identity |
/// |---|---|
/// | `AZURE_FEDERATED_TOKEN_FILE` | workload identity (Kubernetes) |
/// | `IDENTITY_ENDPOINT`, `MSI_ENDPOINT` or `AZURE_CLIENT_ID` | managed identity; `AZURE_CLIENT_ID` names a user-assigned one |
/// | none of them | the developer signed in with `az login` or `azd auth login` |
///
/// # Errors
///
/// What is set does not fit together.
pub fn identity(
    lookup: impl Fn(&str) -> Option<String>,
) -> azure_core::Result<Arc<dyn TokenCredential>> {
    let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let client_id = set("AZURE_CLIENT_ID");
    let identity: Arc<dyn TokenCredential> = if set("AZURE_FEDERATED_TOKEN_FILE").is_some() {
        WorkloadIdentityCredential::new(None)?
    } else if client_id.is_some()
        || set("IDENTITY_ENDPOINT").is_some()
        || set("MSI_ENDPOINT").is_some()
    {
        ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
            user_assigned_id: client_id.map(UserAssignedId::ClientId),
            ..ManagedIdentityCredentialOptions::default()
        }))?
    } else {
        DeveloperToolsCredential::new(None)?
    };
    Ok(Arc::new(Remembering::new(identity)))
}

/// Keeps the last token until shortly before it expires.
///
/// The SDK asks for a token on every request, and the developer tools start a process of their own each
/// time: without this, every read would wait for `az`.
#[derive(Debug)]
struct Remembering {
    inner: Arc<dyn TokenCredential>,
    last: Mutex<Option<(Vec<String>, AccessToken)>>,
}

const MARGIN: Duration = Duration::minutes(5);

impl Remembering {
    fn new(inner: Arc<dyn TokenCredential>) -> Self {
        Self { inner, last: Mutex::new(None) }
    }
}

#[async_trait]
impl TokenCredential for Remembering {
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
            Ok(AccessToken::new(
                format!("token {number}"),
                OffsetDateTime::now_utc() + self.lifetime,
            ))
        }
    }

    async fn ask_twice(lifetime: Duration) -> u32 {
        let counting = Arc::new(Counting { asked: AtomicU32::new(0), lifetime });
        let remembering = Remembering::new(counting.clone());
        for _ in 0..2 {
            remembering.get_token(&["scope"], None).await.unwrap();
        }
        counting.asked.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn a_token_that_lasts_is_asked_for_once() {
        assert_eq!(ask_twice(Duration::hours(1)).await, 1);
    }

    #[tokio::test]
    async fn a_token_about_to_expire_is_asked_for_again() {
        assert_eq!(ask_twice(Duration::minutes(4)).await, 2);
    }

    fn chosen(variables: &[(&str, &str)]) -> String {
        let lookup = |name: &str| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        };
        format!("{:?}", Credential::entra(lookup).unwrap())
    }

    #[test]
    fn the_environment_decides_between_a_managed_identity_and_the_developer() {
        assert!(chosen(&[]).contains("DeveloperTools"));
        assert!(chosen(&[("AZURE_CLIENT_ID", "")]).contains("DeveloperTools"));
        assert!(chosen(&[("AZURE_CLIENT_ID", "1234")]).contains("ManagedIdentity"));
        assert!(chosen(&[("IDENTITY_ENDPOINT", "http://localhost")]).contains("ManagedIdentity"));
    }
}
