//! Who we are: an account key, or an Entra ID identity.

use std::sync::Arc;

use azure_core::credentials::{Secret, TokenCredential};
use identity::Identity;

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
        Ok(Self::Entra(Arc::new(Identity::find(lookup)?)))
    }
}
