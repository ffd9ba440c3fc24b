//! What happens, as server-sent events: each carries the row that the pages show.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use time::OffsetDateTime;
use tokio_stream::wrappers::BroadcastStream;

use crate::ledger::{Entry, Ledger};
use crate::parts::EventRow;
use crate::{Categories, Cockpit, Documented, StreamList};

/// Tells what happens from now on.
pub async fn live<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + Send> {
    let Cockpit { ledger, categories, .. } = cockpit;
    let entries = ledger.listen().map(BroadcastStream::new);
    let entries = stream::iter(entries).flatten();
    let entries = entries.map(move |entry| Ok(message(entry.ok().as_ref(), &ledger, categories)));
    Sse::new(entries).keep_alive(KeepAlive::default())
}

/// A listener that fell behind is told to look for itself.
fn message(entry: Option<&Entry>, ledger: &Ledger, categories: Categories) -> Event {
    let row = entry.map(|Entry { event, price }| {
        EventRow::new(event, categories, OffsetDateTime::now_utc()).priced(ledger.say_price(*price))
    });
    match row {
        Some(row) => Event::default().event("entry").data(row.to_string()),
        None => Event::default().event("missed").data("reload"),
    }
}
