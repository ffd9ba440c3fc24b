//! What happens, as server-sent events: each carries the row that the pages show.

use std::convert::Infallible;

use askama::Template;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use time::OffsetDateTime;
use tokio_stream::wrappers::BroadcastStream;

use super::App;
use super::rows::EventRow;
use crate::ledger::{Entry, Ledger};

#[derive(Template)]
#[template(path = "parts/event_row.html")]
struct Row {
    row: EventRow,
}

/// Tells what happens from now on.
pub async fn live(
    State(app): State<App>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send> {
    let entries = app.ledger.listen().map(BroadcastStream::new);
    let entries = stream::iter(entries).flatten();
    let ledger = app.ledger.clone();
    let entries = entries.map(move |entry| Ok(message(entry.ok().as_ref(), &ledger)));
    Sse::new(entries).keep_alive(KeepAlive::default())
}

/// A listener that fell behind is told to look for itself.
fn message(entry: Option<&Entry>, ledger: &Ledger) -> Event {
    let row =
        entry.map(|entry| Row { row: EventRow::entered(entry, ledger, OffsetDateTime::now_utc()) });
    match row.and_then(|row| row.render().ok()) {
        Some(html) => Event::default().event("entry").data(html),
        None => Event::default().event("missed").data("reload"),
    }
}
