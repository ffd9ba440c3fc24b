//! The pages.

pub mod bus;
pub mod charges;
pub mod feed;
pub mod overview;
pub mod privacy;
pub mod projection;
pub mod stream;
pub mod streams;
pub mod subscription;
pub mod view;
pub mod views;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::messaging::Messaging;
use crate::projected::{Known, Projected};
use crate::{Cockpit, Problem};

/// A page that is only read.
fn html(page: &impl Template) -> Result<Response, Problem> {
    Ok(Html(page.render()?).into_response())
}

/// The projections, if the sample has any.
fn projected<S, L>(cockpit: &Cockpit<S, L>) -> Result<&Projected, Problem> {
    let missing = || Problem::not_found("this program folds no views");
    cockpit.projected.as_ref().ok_or_else(missing)
}

/// The bus, if the sample has one.
fn messaging<S, L>(cockpit: &Cockpit<S, L>) -> Result<&Messaging, Problem> {
    let detail = "this program has no bus: inside one process it brings its own; where Cosmos DB is \
                  elsewhere, set SERVICEBUS_NAMESPACE or SERVICEBUS_LOCAL_URL";
    cockpit.messaging.as_ref().ok_or_else(|| Problem::not_found(detail))
}

/// A projection that the sample runs.
fn known<'a>(projected: &'a Projected, name: &str) -> Result<&'a Known, Problem> {
    let missing = || Problem::not_found(format!("this program has no projection {name:?}"));
    projected.find(name).ok_or_else(missing)
}

/// The page of a view.
fn address(projection: &str, key: &str) -> String {
    format!("/cockpit/views/{projection}/{}", encoded(key))
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
