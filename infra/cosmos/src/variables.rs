//! What each environment variable may hold, and what to do if it holds something else.

use azure_data_cosmos::options::Region;
use url::Url;

use crate::SettingsError;

/// The only hosts the SDK takes plain http for, besides the one in `AZURE_COSMOS_EMULATOR_HOST`.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

const EXAMPLE: &str =
    "give a URL such as https://name.documents.azure.com/ or http://localhost:8081/";

const PLAIN_HTTP: &str = "plain http is only for this machine; use https, or name an emulator's host \
     in AZURE_COSMOS_EMULATOR_HOST";

/// Stands in an error for what must not be shown.
pub(crate) const HIDDEN: &str = "(not shown)";

pub(crate) fn environment(name: &str) -> Option<String> {
    // A value that is not Unicode is a mistake to be reported like any other, not an unset variable.
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Emulators are the places plain http is allowed for; the SDK decides by the same rule.
pub(crate) fn is_emulator(url: &Url, lookup: impl Fn(&str) -> Option<String>) -> bool {
    let named = lookup("AZURE_COSMOS_EMULATOR_HOST").filter(|host| !host.is_empty());
    url.host_str().is_some_and(|host| {
        LOOPBACK.contains(&host) || named.is_some_and(|named| named.eq_ignore_ascii_case(host))
    })
}

/// The region to be near to, if one is named. The SDK's behaviour for an unknown name is undefined.
pub(crate) fn region(
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<Region>, SettingsError> {
    const VARIABLE: &str = "AZURE_COSMOS_REGION";
    let Some(name) = lookup(VARIABLE) else {
        return Ok(None);
    };
    let region = Region::new(name.clone());
    if region.display_name() == region.as_str() {
        return Err(invalid(
            VARIABLE,
            &name,
            "not an Azure region; give one such as \"West Europe\", or unset it",
        ));
    }
    Ok(Some(region))
}

/// `COSMOS_ENDPOINT`.
pub(crate) fn endpoint(
    value: &str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Url, SettingsError> {
    let refuse = |shown, remedy| Err(invalid("COSMOS_ENDPOINT", shown, remedy));
    if value.trim().is_empty() {
        return refuse(
            value,
            "give the endpoint's URL, or unset it to run embedded",
        );
    }
    if value.to_ascii_lowercase().contains("accountkey=") {
        let remedy = "it is a connection string; put its AccountEndpoint here and its AccountKey in COSMOS_KEY";
        return refuse(HIDDEN, remedy);
    }
    let Ok(url) = Url::parse(value) else {
        return refuse(value, &format!("not a URL; {EXAMPLE}"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            HIDDEN,
            &format!("it carries a user name or password; {EXAMPLE}"),
        );
    }
    if !matches!(url.scheme(), "http" | "https") {
        return refuse(value, &format!("not an http address; {EXAMPLE}"));
    }
    if url.scheme() == "http" && !is_emulator(&url, lookup) {
        return refuse(value, PLAIN_HTTP);
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        let remedy = "only scheme, host and port are used; leave out what follows them";
        return refuse(value, remedy);
    }
    Ok(url)
}

/// `COSMOS_KEY`.
pub(crate) fn key(value: String) -> Result<String, SettingsError> {
    let refuse = |remedy: &str| Err(invalid("COSMOS_KEY", HIDDEN, remedy));
    if value.trim().is_empty() {
        return refuse("empty; give the account key, or unset it to use Entra ID");
    }
    if azure_core::base64::decode(&value).is_err() {
        return refuse("not base64; copy the account's primary or secondary key whole");
    }
    Ok(value)
}

/// `DAYBOOK_DATABASE`: the service's rules for names, and ours: no surrounding spaces, which nobody means.
pub(crate) fn name(value: String) -> Result<String, SettingsError> {
    let refuse = |remedy: &str| Err(invalid("DAYBOOK_DATABASE", &value, remedy));
    if value.is_empty() {
        return refuse("empty; give a name, or unset it for `daybook`");
    }
    if value.trim() != value {
        return refuse("spaces around the name; take them away");
    }
    if value.chars().count() > 255 {
        return refuse("longer than 255 characters; give a shorter name");
    }
    let forbidden = |c: char| matches!(c, '/' | '\\' | '?' | '#' | '\u{FFFD}') || c.is_control();
    if value.contains(forbidden) {
        return refuse(r"none of / \ ? # and no control characters are allowed in the name");
    }
    Ok(value)
}

pub(crate) fn invalid(variable: &'static str, value: &str, remedy: &str) -> SettingsError {
    SettingsError::Invalid {
        variable,
        value: value.to_owned(),
        remedy: remedy.to_owned(),
    }
}
