//! Where Cosmos DB is.

use std::path::PathBuf;

use crate::variables::{HIDDEN, endpoint, environment, invalid, key, name, region};

const DEFAULT_DATABASE: &str = "daybook";
const DEFAULT_FOLDER: &str = ".daybook";

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
        let key = lookup("COSMOS_KEY").map(key).transpose()?;
        let place = match (lookup("COSMOS_ENDPOINT"), key) {
            (Some(url), key) => Place::Endpoint {
                url: endpoint(&url, &lookup)?.to_string(),
                key,
            },
            (None, None) => Self::embedded(DEFAULT_FOLDER).place,
            (None, Some(_)) => {
                let remedy = "COSMOS_ENDPOINT is not set; set both, or neither to run embedded";
                return Err(invalid("COSMOS_KEY", HIDDEN, remedy));
            }
        };
        region(&lookup)?;
        let database = lookup("DAYBOOK_DATABASE").map(name).transpose()?;
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
