//! The file that lists the entities: the shape of the official emulator's `Config.json`.

mod check;
mod comments;
mod duration;
mod entities;

use serde::Deserialize;

pub use duration::Span;
pub use entities::{
    CorrelationFilter, Entities, FilterType, Queue, Rule, Subscription, Topic, TopicProperties,
};

/// The name of the namespace, unless a file says otherwise. The official emulator insists on it.
pub const NAMESPACE: &str = "sbemulatorns";

/// The namespace and its entities.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub(crate) namespace: String,
    pub(crate) entities: Entities,
}

/// Why a configuration cannot be used. The message names the field and the remedy.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is not of the expected shape.
    #[error("the configuration cannot be read: {reason}")]
    Shape {
        /// What is wrong, with its line and column.
        reason: String,
    },
    /// An entity cannot be as it is described.
    #[error("{entity}: {reason}")]
    Entity {
        /// The entity, such as `topic 'events'`.
        entity: String,
        /// What is wrong, and the remedy.
        reason: String,
    },
}

impl Default for Config {
    /// A namespace without entities.
    fn default() -> Self {
        Self { namespace: NAMESPACE.to_owned(), entities: Entities::default() }
    }
}

impl Config {
    /// Reads the text of a `Config.json`. `//` comments are allowed, unknown keys are not.
    ///
    /// # Errors
    ///
    /// The text is not of the emulator's shape, or asks for something that this broker does not do.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let file: File = serde_json::from_str(&comments::strip(text))
            .map_err(|error| ConfigError::Shape { reason: error.to_string() })?;
        let namespaces: [Namespace; 1] =
            file.user_config.namespaces.try_into().map_err(|found: Vec<_>| ConfigError::Shape {
                reason: format!("Namespaces has {} entries, exactly one is expected", found.len()),
            })?;
        let [Namespace { name, queues, topics }] = namespaces;
        let entities = Entities { queues, topics };
        entities.check(true)?;
        Ok(Self { namespace: name, entities })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct File {
    user_config: UserConfig,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UserConfig {
    namespaces: Vec<Namespace>,
    /// The schema wants it; where this program logs to is not the file's business.
    #[expect(dead_code, reason = "required and ignored")]
    logging: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Namespace {
    name: String,
    queues: Vec<Queue>,
    topics: Vec<Topic>,
}

#[cfg(test)]
mod tests;
