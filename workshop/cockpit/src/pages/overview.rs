//! The cockpit's front page: how an event flows, and where it is kept.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::html;
use crate::ledger::Counted;
use crate::parts::{Flow, Station, Stations};
use crate::{Backend, Cockpit, Documented, Frame, Problem, StreamList};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'a> {
    frame: Frame<'a>,
    flow: Flow,
    backend: &'a Backend,
    spent: String,
}

/// `GET /cockpit`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let counted = cockpit.ledger.counted();
    html(&Overview {
        frame: Frame::to_read(&cockpit.site),
        flow: Flow::new(&stations(counted)),
        backend: cockpit.site.backend(),
        spent: cockpit.ledger.say_sum(counted.charge, counted.appends),
    })
}

fn stations(Counted { appends, events, .. }: Counted) -> Stations {
    let station = |counter: String, note: &str, page: Option<&str>| Station {
        counter,
        note: note.to_owned(),
        page: page.map(str::to_owned),
    };
    let later = |counter: &str, module: &str| station(counter.to_owned(), module, None);
    Stations {
        commands: station(count(appends, "append"), "since the start", Some("/")),
        streams: station(count(events, "event"), "since the start", Some("/cockpit/streams")),
        feed: later("not read yet", "module 03"),
        views: later("none yet", "module 03"),
        bus: later("none yet", "module 04"),
        consumers: later("none yet", "module 04"),
    }
}

fn count(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
