//! How far a rebuild is.

use askama::Template;

use crate::model::Progress;

/// A bar with its numbers in words.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<label class="progress">{{ what }} <progress max="{{ progress.of }}" value="{{ progress.done }}"></progress> <span class="number">{{ progress.done }} of {{ progress.of }} events</span></label>"#
)]
pub struct ProgressBar {
    what: String,
    progress: Progress,
}

impl ProgressBar {
    /// How far `what` is.
    #[must_use]
    pub fn new(what: impl Into<String>, progress: Progress) -> Self {
        Self { what: what.into(), progress }
    }
}
