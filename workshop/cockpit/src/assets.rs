//! The stylesheet, the script and the icon: part of the program.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::Problem;

/// An asset by its name.
///
/// # Errors
///
/// There is none of this name.
pub async fn asset(name: Result<Path<String>, PathRejection>) -> Result<Response, Problem> {
    let Path(name) = name?;
    let (media_type, text) = match name.as_str() {
        "daybook.css" => ("text/css; charset=utf-8", include_str!("../assets/daybook.css")),
        "daybook.js" => ("text/javascript; charset=utf-8", include_str!("../assets/daybook.js")),
        "icon.svg" => ("image/svg+xml", include_str!("../assets/icon.svg")),
        _ => return Err(Problem::no_such_page()),
    };
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
