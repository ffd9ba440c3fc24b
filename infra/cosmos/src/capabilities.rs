//! What the place can do, found out at start.

use azure_core::credentials::Secret;
use azure_core::http::Method;
use url::Url;

use crate::credential::Credential;
use crate::rest::Rest;

/// What the connected place can do. What it cannot is shown at start, not met later as a surprise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Stored procedures run. Where they do not, the event store appends by transactional batch.
    pub procedures: bool,
    /// Request charges are reported.
    pub charges: bool,
    /// Databases, containers and procedures can be created with the credential in use (not with Entra ID).
    pub management: bool,
}

impl Capabilities {
    /// Azure is known; an emulator is asked, with requests that change nothing.
    pub(crate) async fn find(
        rest: &Rest,
        endpoint: &Url,
        credential: &Credential,
        emulator: bool,
    ) -> azure_core::Result<Self> {
        let (procedures, charges) = if emulator {
            // The vNext emulator runs no procedures and counts no charges, and gives itself away by
            // taking any key. The others check keys.
            let complete = checks_keys(endpoint, credential).await?;
            (complete && runs_procedures(rest).await?, complete)
        } else {
            (true, true)
        };
        Ok(Self {
            procedures,
            charges,
            management: matches!(credential, Credential::Key(_)),
        })
    }
}

/// Lists the databases with a wrong key, unless there is no key to be wrong.
async fn checks_keys(endpoint: &Url, credential: &Credential) -> azure_core::Result<bool> {
    if matches!(credential, Credential::Entra(_)) {
        return Ok(true);
    }
    let wrong = Credential::Key(Secret::new(azure_core::base64::encode("not the key")));
    let stranger = Rest::new(endpoint.clone(), wrong, true)?;
    let answer = stranger
        .send(Method::Get, &["dbs"], None, Vec::new())
        .await?;
    Ok(u16::from(answer.status()) == 401)
}

/// Executes a procedure that does not exist: where procedures run, that is all there is to say about it.
/// Executing needs no right to manage, so this works with every credential.
async fn runs_procedures(rest: &Rest) -> azure_core::Result<bool> {
    const NOWHERE: &str = "daybook-probe";
    let path = ["dbs", NOWHERE, "colls", NOWHERE, "sprocs", NOWHERE];
    let answer = rest
        .send(Method::Post, &path, Some(NOWHERE), b"[]".to_vec())
        .await?;
    Ok(u16::from(answer.status()) == 404)
}
