//! Whether views are as new as who looks at them may expect.

use askama::Template;

/// Says so where views are behind, and nothing where they are not. The script looks again until they are not.
#[derive(Debug, Clone, Default, Template)]
#[template(
    ext = "html",
    source = r#"<div data-live="freshness">{% if let Some(why) = why %}<p class="notice late" role="status" data-again="1">Views are behind: {{ why }}</p>{% endif %}</div>"#
)]
pub struct Freshness {
    why: Option<String>,
}

impl Freshness {
    /// Behind, for this reason.
    #[must_use]
    pub fn behind(why: impl Into<String>) -> Self {
        Self { why: Some(why.into()) }
    }

    /// Whether views are behind.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.why.is_some()
    }
}
