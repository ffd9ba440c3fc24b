//! Where Cosmos DB is.

use std::path::PathBuf;

use azure_data_cosmos::options::Region;
use url::Url;

const DEFAULT_DATABASE: &str = "daybook";
const DEFAULT_FOLDER: &str = ".daybook";

/// The only hosts the SDK takes plain http for, besides the one in `AZURE_COSMOS_EMULATOR_HOST`.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Where Cosmos DB is and which database is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The place.
    pub place: Place,
    /// The database's name; `daybook` unless `DAYBOOK_DATABASE` says otherwise.
    pub database: String,
}

/// A place where Cosmos DB runs. `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In this process, kept in a folder or (`None`) in memory.
    Embedded {
        /// The folder, `.daybook` unless told otherwise.
        data: Option<PathBuf>,
    },
    /// An endpoint: a `cosmos-local`, an emulator or Azure.
    Endpoint {
        /// Such as `http://localhost:8081/`.
        url: String,
        /// The account key; `None` means Entra ID.
        key: Option<String>,
    },
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded { data } => f.debug_struct("Embedded").field("data", data).finish(),
            Self::Endpoint { url, key } => f
                .debug_struct("Endpoint")
                .field("url", url)
                .field("key", &key.as_ref().map(|_| "***"))
                .finish(),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The variable has a value that cannot be used; `remedy` says what to set instead.
    #[error("{variable} is {value:?}: {remedy}")]
    Invalid {
        /// The environment variable.
        variable: &'static str,
        /// Its value, never a key.
        value: String,
        /// What to do.
        remedy: String,
    },
}

impl Settings {
    /// Reads the environment: nothing set means embedded, kept in `.daybook`.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `COSMOS_ENDPOINT` | where Cosmos DB is, such as `https://name.documents.azure.com/` |
    /// | `COSMOS_KEY` | its account key; without it Entra ID is used |
    /// | `DAYBOOK_DATABASE` | the database, `daybook` if unset |
    /// | `AZURE_COSMOS_REGION` | the Azure region this process is nearest to; the account's first if unset |
    ///
    /// # Errors
    ///
    /// A variable has a value that cannot be used.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(environment)
    }

    /// Reads the same variables from anywhere: the rules of [`Settings::from_env`] without its environment.
    ///
    /// # Errors
    ///
    /// A variable has a value that cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let endpoint = lookup("COSMOS_ENDPOINT");
        let key = lookup("COSMOS_KEY").map(valid_key).transpose()?;
        let place = match (endpoint, key) {
            (Some(url), key) => Place::Endpoint {
                url: valid_endpoint(&url, &lookup)?.to_string(),
                key,
            },
            (None, None) => Self::embedded(DEFAULT_FOLDER).place,
            (None, Some(_)) => {
                return Err(invalid(
                    "COSMOS_KEY",
                    HIDDEN,
                    "COSMOS_ENDPOINT is not set; set both, or neither to run embedded",
                ));
            }
        };
        let database = lookup("DAYBOOK_DATABASE").map(valid_database).transpose()?;
        region(&lookup)?;
        Ok(Self {
            place,
            database: database.unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
        })
    }

    /// In this process and in memory: for tests, and for `--ephemeral`.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self {
            place: Place::Embedded { data: None },
            database: DEFAULT_DATABASE.to_owned(),
        }
    }

    /// In this process, kept in a folder that is created if absent: for `--data DIR`.
    #[must_use]
    pub fn embedded(folder: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::Embedded {
                data: Some(folder.into()),
            },
            database: DEFAULT_DATABASE.to_owned(),
        }
    }
}

const HIDDEN: &str = "(not shown)";

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
            "not an Azure region this SDK knows; give one such as \"West Europe\", or unset it",
        ));
    }
    Ok(Some(region))
}

fn valid_endpoint(
    value: &str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Url, SettingsError> {
    const EXAMPLE: &str =
        "give a URL such as https://name.documents.azure.com/ or http://localhost:8081/";
    // A connection string pasted by mistake carries the key after its first part.
    let shown = value.split(';').next().unwrap_or_default();
    let refuse = |remedy: &str| Err(invalid("COSMOS_ENDPOINT", shown, remedy));
    if value.trim().is_empty() {
        return refuse("give the endpoint's URL, or unset it to run embedded");
    }
    if value.to_ascii_lowercase().contains("accountkey=") {
        return refuse(
            "a connection string; put its AccountEndpoint here and its AccountKey in COSMOS_KEY",
        );
    }
    let Ok(url) = Url::parse(value) else {
        return refuse(&format!("not a URL; {EXAMPLE}"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid(
            "COSMOS_ENDPOINT",
            HIDDEN,
            &format!("it carries a user name or password; {EXAMPLE}"),
        ));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_emulator(&url, lookup) => {}
        "http" => {
            return refuse(
                "plain http is only for this machine; use https, or name an emulator's host \
                 in AZURE_COSMOS_EMULATOR_HOST",
            );
        }
        _ => return refuse(&format!("not an http address; {EXAMPLE}")),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refuse("only scheme, host and port are used; leave out what follows them");
    }
    Ok(url)
}

fn valid_key(value: String) -> Result<String, SettingsError> {
    let refuse = |remedy: &str| Err(invalid("COSMOS_KEY", HIDDEN, remedy));
    if value.trim().is_empty() {
        return refuse("empty; give the account key, or unset it to use Entra ID");
    }
    if azure_core::base64::decode(&value).is_err() {
        return refuse("not base64; copy the account's primary or secondary key whole");
    }
    Ok(value)
}

/// The service's rules for names, and ours: no surrounding spaces, which nobody means.
fn valid_database(value: String) -> Result<String, SettingsError> {
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

fn invalid(variable: &'static str, value: &str, remedy: &str) -> SettingsError {
    SettingsError::Invalid {
        variable,
        value: value.to_owned(),
        remedy: remedy.to_owned(),
    }
}
