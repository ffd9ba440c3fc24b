//! Where Cosmos DB is.

use std::path::PathBuf;

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
    /// # Errors
    ///
    /// A variable has a value that cannot be used.
    pub fn from_env() -> Result<Self, SettingsError> {
        todo!()
    }

    /// In this process and in memory: for tests, and for `--ephemeral`.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self { place: Place::Embedded { data: None }, database: "daybook".to_owned() }
    }
}
