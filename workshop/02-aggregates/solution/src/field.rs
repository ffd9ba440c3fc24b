//! What is wrong with a field that somebody filled in.

/// A field that cannot be taken as it is, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {remedy}")]
pub struct InvalidField {
    /// The field's name as the sender knows it, such as `postal_code`.
    pub field: String,
    /// How the sentence goes on, such as `must not be empty`.
    pub remedy: String,
}

impl InvalidField {
    /// Names the field and the remedy.
    #[must_use]
    pub fn new(field: &str, remedy: impl Into<String>) -> Self {
        Self { field: field.to_owned(), remedy: remedy.into() }
    }
}

/// A text of a person: trimmed, neither empty nor longer than `longest` characters.
///
/// # Errors
///
/// It is empty, too long, or holds control characters.
pub fn text(field: &str, value: &str, longest: usize) -> Result<String, InvalidField> {
    let value = value.trim();
    if value.is_empty() {
        return Err(InvalidField::new(field, "must not be empty"));
    }
    let characters = value.chars().count();
    if characters > longest {
        let remedy = format!("has {characters} characters, at most {longest} are allowed");
        return Err(InvalidField::new(field, remedy));
    }
    if value.chars().any(char::is_control) {
        return Err(InvalidField::new(field, "must not hold control characters"));
    }
    Ok(value.to_owned())
}
