//! Partition keys: from the header of a request, from a document.

use serde_json::{Map, Value};

use super::Failure;
use super::limits::{self, invalid};

/// One value of a partition key.
#[derive(Debug, Clone, PartialEq)]
pub enum Component {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(String),
}

/// The value of a partition key, from the header or from a document.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionKey(pub Vec<Component>);

impl PartitionKey {
    /// Reads a header: a JSON array of scalars, in which `{}` is an undefined value.
    pub fn from_header(header: &str) -> Result<Self, Failure> {
        let Ok(Value::Array(values)) = serde_json::from_str(header) else {
            return Err(invalid(format!(
                "the partition key '{header}' is not a JSON array such as [\"value\"]"
            )));
        };
        let components = values.iter().map(|value| match value {
            Value::Object(fields) if fields.is_empty() => Ok(Component::Undefined),
            other => Component::of(other),
        });
        components.collect::<Result<_, _>>().map(Self)
    }

    /// Takes the key out of a document, whose paths are those of the container's definition.
    pub fn from_document(
        document: &Map<String, Value>,
        paths: &[Vec<String>],
    ) -> Result<Self, Failure> {
        let components = paths.iter().map(|path| match lookup(document, path) {
            Some(value) => Component::of(value).map_err(|failure| {
                invalid(format!("at /{} of the document: {failure}", path.join("/")))
            }),
            None => Ok(Component::Undefined),
        });
        components.collect::<Result<_, _>>().map(Self)
    }
}

impl From<&str> for PartitionKey {
    fn from(text: &str) -> Self {
        Self(vec![Component::String(text.to_owned())])
    }
}

impl std::fmt::Display for PartitionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Component::to_string).collect();
        write!(f, "[{}]", texts.join(","))
    }
}

impl Component {
    /// As clients are shown it.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Undefined => Value::Object(Map::new()),
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(value) => whole_or_float(*value),
            Self::String(text) => Value::from(text.as_str()),
        }
    }

    fn of(value: &Value) -> Result<Self, Failure> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Bool(value) => Ok(Self::Bool(*value)),
            // Adding zero makes one zero of two: they are equal, their hashes would not be.
            Value::Number(value) => Ok(Self::Number(value.as_f64().unwrap_or_default() + 0.0)),
            Value::String(value) if value.len() > limits::KEY_BYTES => Err(invalid(format!(
                "a partition key of {} bytes exceeds {} bytes",
                value.len(),
                limits::KEY_BYTES
            ))),
            Value::String(value) => Ok(Self::String(value.clone())),
            Value::Array(_) | Value::Object(_) => {
                Err(invalid("a partition key is a string, a number, true, false or null"))
            }
        }
    }
}

impl std::fmt::Display for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Undefined => f.write_str("{}"),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(value) => write!(f, "{}", Value::from(value.as_str())),
        }
    }
}

/// Keys keep numbers as floats; what was written whole is shown whole.
#[expect(clippy::cast_possible_truncation, reason = "only where nothing is lost")]
fn whole_or_float(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Value::from(value as i64);
    }
    Value::from(value)
}

/// The value at a split path, if it is there.
pub fn lookup<'a>(document: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let mut value = document.get(first)?;
    for name in rest {
        value = value.as_object()?.get(name)?;
    }
    Some(value)
}
