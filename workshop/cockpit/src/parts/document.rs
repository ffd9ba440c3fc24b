//! A document as it is stored, and as the program reads it.

use askama::Template;

use super::json;

/// A stored document beside what the program makes of it.
#[derive(Template)]
#[template(path = "parts/document.html")]
pub struct Document {
    /// The JSON as HTML.
    wire: String,
    /// What the program makes of it, where it knows the event.
    decoded: Option<String>,
}

impl Document {
    /// Shows a JSON text, which is valid JSON.
    #[must_use]
    pub fn new(text: &str, decoded: Option<String>) -> Self {
        Self { wire: json::html(text), decoded }
    }
}
