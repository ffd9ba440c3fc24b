//! The pages.

pub mod overview;
pub mod stream;
pub mod streams;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use crate::Problem;

/// A page that is only read.
fn html(page: &impl Template) -> Result<Response, Problem> {
    Ok(Html(page.render()?).into_response())
}
