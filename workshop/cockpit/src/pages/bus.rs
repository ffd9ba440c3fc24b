//! The bus: how far it is published, who listens, what lies there and what was given up.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use daybook::integration_events::{self, Parking};
use time::OffsetDateTime;

use super::{encoded, html, messaging, projected};
use crate::messaging::{Listener, Messaging};
use crate::parts::{LeaseStrip, StatusWord};
use crate::{Cockpit, Documented, Frame, Problem, StreamList};

#[derive(Template)]
#[template(path = "bus.html")]
struct BusPage<'a> {
    frame: Frame<'a>,
    place: &'a str,
    topic: &'static str,
    publisher: StatusWord,
    leases: LeaseStrip,
    /// Whether the place tells how many messages there are.
    counted: bool,
    rows: Vec<Row>,
    parked: Vec<Parked>,
    /// Whether it looks different soon.
    moving: bool,
}

struct Row {
    name: &'static str,
    address: String,
    gets: String,
    waiting: u64,
    held: u64,
    dead: u64,
    fails: bool,
}

/// A message that was given up by us, and not by the broker.
struct Parked {
    by: String,
    label: String,
    event: Option<(String, u64)>,
    reason: String,
}

/// `GET /cockpit/bus`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let messaging = messaging(&cockpit)?;
    let publisher = messaging.publishing(&projected(&cockpit)?.sources).await?;
    let counts = messaging.counts().await?;
    let mut rows = Vec::new();
    for (place, listener) in messaging.consumers.iter().enumerate() {
        let mut row = row(listener, listener.fault.is_on().await?);
        if let Some(counts) = counts.as_ref().and_then(|counts| counts.get(place)) {
            (row.waiting, row.held, row.dead) =
                (counts.active, counts.locked, counts.dead_lettered);
        }
        rows.push(row);
    }
    let parked = parked(messaging).await?;
    let moves = |row: &Row| row.waiting + row.held > 0 || row.fails;
    html(&BusPage {
        frame: Frame::to_read(&cockpit.site),
        place: &messaging.place,
        topic: messaging.topic.name,
        moving: publisher.behind > 0 || rows.iter().any(moves),
        publisher: StatusWord::from(&publisher.standing),
        leases: LeaseStrip::new(&publisher.leases, OffsetDateTime::now_utc()),
        counted: counts.is_some(),
        rows,
        parked,
    })
}

fn row(listener: &Listener, fails: bool) -> Row {
    let (name, gets) = (listener.name(), listener.gets());
    Row { name, address: address(name), gets, waiting: 0, held: 0, dead: 0, fails }
}

/// The page of a subscription.
pub(super) fn address(subscription: &str) -> String {
    format!("/cockpit/bus/{}", encoded(subscription))
}

/// What the publisher and the consumers gave up.
async fn parked(messaging: &Messaging) -> Result<Vec<Parked>, Problem> {
    let mut all = Vec::new();
    let names = messaging.consumers.iter().map(Listener::name);
    for name in std::iter::once(messaging.publisher).chain(names) {
        let found = messaging.parking.parked(name).await?;
        all.extend(found.into_iter().map(given_up));
    }
    Ok(all)
}

fn given_up(parked: integration_events::Parked) -> Parked {
    Parked {
        by: parked.processor,
        label: parked.label.unwrap_or(parked.message_id),
        event: parked.stream.zip(parked.version).map(|(stream, at)| (stream.to_string(), at.0)),
        reason: parked.reason,
    }
}
