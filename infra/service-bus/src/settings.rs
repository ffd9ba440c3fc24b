//! Where Service Bus is.

use std::path::PathBuf;

use crate::variables::{HIDDEN, environment, invalid, key, local_url, namespace};

const DEFAULT_FOLDER: &str = ".daybook";

/// The policy that every namespace is created with.
const DEFAULT_POLICY: &str = "RootManageSharedAccessKey";

/// Where Service Bus is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The place.
    pub place: Place,
}

/// A place where Service Bus runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this process, kept in a folder or (`None`) in memory.
    Embedded {
        /// The folder, `.daybook` unless told otherwise.
        data: Option<PathBuf>,
    },
    /// A `service-bus-local`.
    Local {
        /// Such as `http://127.0.0.1:5300/`.
        url: String,
        /// The key; `None` means the one that every emulator publishes.
        key: Option<Key>,
    },
    /// A namespace on Azure.
    Azure {
        /// Its short name.
        namespace: String,
        /// The key; `None` means Entra ID.
        key: Option<Key>,
    },
}

/// A shared access key. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// The name of its policy.
    pub policy: String,
    /// The key itself.
    pub key: String,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("policy", &self.policy).field("key", &"***").finish()
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
    /// | `SERVICEBUS_NAMESPACE` | the namespace on Azure, by its short name |
    /// | `SERVICEBUS_LOCAL_URL` | instead of it, where a `service-bus-local` listens |
    /// | `SERVICEBUS_KEY` | a shared access key; without it Entra ID is used, or the published key of emulators |
    /// | `SERVICEBUS_KEY_NAME` | the policy of that key, `RootManageSharedAccessKey` if unset |
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
        let policy = lookup("SERVICEBUS_KEY_NAME").unwrap_or_else(|| DEFAULT_POLICY.to_owned());
        let key = lookup("SERVICEBUS_KEY").map(key).transpose()?.map(|key| Key { policy, key });
        let place = match (lookup("SERVICEBUS_NAMESPACE"), lookup("SERVICEBUS_LOCAL_URL")) {
            (Some(name), None) => Place::Azure { namespace: namespace(name)?, key },
            (None, Some(url)) => Place::Local { url: local_url(&url)?.to_string(), key },
            (Some(name), Some(_)) => {
                let remedy =
                    "SERVICEBUS_LOCAL_URL is set too; set one of them, or neither to run embedded";
                return Err(invalid("SERVICEBUS_NAMESPACE", &name, remedy));
            }
            (None, None) if key.is_some() => {
                let remedy = "neither SERVICEBUS_NAMESPACE nor SERVICEBUS_LOCAL_URL is set; set one of them, \
                     or none of the three to run embedded";
                return Err(invalid("SERVICEBUS_KEY", HIDDEN, remedy));
            }
            (None, None) => Self::embedded(DEFAULT_FOLDER).place,
        };
        Ok(Self { place })
    }

    /// In this process and in memory: for tests, and for `--ephemeral`.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self { place: Place::Embedded { data: None } }
    }

    /// In this process, kept in a folder that is created if absent: for `--data DIR`.
    #[must_use]
    pub fn embedded(folder: impl Into<PathBuf>) -> Self {
        Self { place: Place::Embedded { data: Some(folder.into()) } }
    }
}
