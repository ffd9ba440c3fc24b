//! How large a computed value may get. Text of a few bytes could otherwise ask for terabytes.

use std::borrow::Cow;

use serde_json::Value;

use super::functions::Computed;

/// Bytes of memory, roughly. No page could carry a larger value, so it is undefined.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// What is left of [`LARGEST`] while a value is put together.
pub struct Budget(usize);

impl Budget {
    pub fn new() -> Self {
        Self(LARGEST)
    }

    /// Takes the weight of a part; `None` when the whole would be too large.
    pub fn take(&mut self, part: &Value) -> Option<()> {
        self.0 = self.0.checked_sub(weight(part))?;
        Some(())
    }

    /// Evaluates parts one after the other and stops when together they are too large. What is only
    /// borrowed weighs nothing.
    pub fn all<'a>(parts: impl Iterator<Item = Computed<'a>>) -> Option<Vec<Computed<'a>>> {
        let mut budget = Self::new();
        let weighed = parts.map(|part| {
            if let Some(Cow::Owned(value)) = &part {
                budget.take(value)?;
            }
            Some(part)
        });
        weighed.collect()
    }
}

/// Bytes of memory a value takes, roughly.
pub fn weight(value: &Value) -> usize {
    const EACH: usize = size_of::<Value>();
    EACH + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| name.len() + weight(value)).sum()
        }
    }
}
