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
    let Some(Entry { event, price, seen }) = entry else {
        return Event::default().event("missed").data("reload");
    };
    let row = EventRow::new(event, categories, OffsetDateTime::now_utc());
    let row = row.priced(ledger.say_price(*price)).to_string();
    let message = Event::default().event("entry").data(row);
    // The script sends it on, so that the parts of the page that it asks for then show the event.
    match seen {
        Some(seen) => message.id(seen.text()),
        None => message,
    }
}
