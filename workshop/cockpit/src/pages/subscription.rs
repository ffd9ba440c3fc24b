//! A subscription: its messages, its dead letters, and the switch that makes its consumer fail.

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use daybook::service_bus::{Source, resubmit_where};
use serde::Deserialize;
use time::OffsetDateTime;

use super::{bus, messaging};
use crate::form::Filled;
use crate::messaging::{Listener, Messaging};
use crate::parts::MessageRow;
use crate::{Cockpit, Csrf, Documented, Frame, Problem, StreamList};

/// How many messages a page lists, and how many dead letters.
const PAGE: u32 = 50;

/// So many dead letters are looked through for the one to be sent again, and so many are sent at once.
const AT_ONCE: usize = 200;

#[derive(Template)]
#[template(path = "subscription.html")]
struct SubscriptionPage<'a> {
    frame: Frame<'a>,
    name: &'static str,
    address: String,
    topic: &'static str,
    gets: String,
    makes: &'static str,
    deliveries: u32,
    fails: bool,
    /// What lies there; nothing where messages cannot be looked at.
    lying: Option<Lying>,
    /// Whether these are not the first ones.
    on: bool,
    /// Whether it looks different soon.
    moving: bool,
}

struct Lying {
    messages: Vec<MessageRow>,
    dead: Vec<MessageRow>,
    waiting: u64,
    dead_lettered: u64,
    /// After which message, and after which dead letter, there may be more.
    next: [Option<u64>; 2],
}

#[derive(Deserialize)]
pub struct Part {
    after: Option<u64>,
    dead_after: Option<u64>,
}

/// `GET /cockpit/bus/{subscription}`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    query: Result<Query<Part>, QueryRejection>,
    csrf: Csrf,
) -> Result<Response, Problem> {
    let messaging = messaging(&cockpit)?;
    let listener = listener(messaging, &path?.0)?;
    let part = query?.0;
    let on = part.after.is_some() || part.dead_after.is_some();
    let fails = listener.fault.is_on().await?;
    let lying = lying(messaging, listener, &part, &csrf).await?;
    let page = SubscriptionPage {
        frame: Frame::new(&cockpit.site, &csrf),
        name: listener.name(),
        address: bus::address(listener.name()),
        topic: messaging.topic.name,
        gets: listener.gets(),
        makes: listener.makes,
        deliveries: listener.subscription.max_delivery_count,
        fails,
        moving: fails || lying.as_ref().is_some_and(|lying| lying.waiting > 0),
        lying,
        on,
    };
    csrf.page(StatusCode::OK, &page)
}

/// `POST /cockpit/bus/{subscription}/fault`: makes the consumer fail, or lets it work.
pub async fn fault<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    form: Filled,
) -> Result<Response, Problem> {
    let listener = listener(messaging(&cockpit)?, &path?.0)?;
    listener.fault.turn(form.get("fails") == "yes").await?;
    Ok(back(listener))
}

/// `POST /cockpit/bus/{subscription}/again`: sends a dead letter again, or all of them.
pub async fn again<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    path: Result<Path<String>, PathRejection>,
    form: Filled,
) -> Result<Response, Problem> {
    let messaging = messaging(&cockpit)?;
    let listener = listener(messaging, &path?.0)?;
    let (source, topic) = (messaging.source(listener), messaging.topic.name);
    let number: Option<u64> = match form.get("number") {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::malformed("number must be a number"))?),
    };
    let wanted = |dead: &daybook::service_bus::Received| {
        number.is_none_or(|number| dead.sequence_number == number)
    };
    let sent = resubmit_where(&messaging.bus, &source, topic, AT_ONCE, wanted).await?;
    if sent == 0 && number.is_some() {
        let detail = "the dead letter is not there any more, or not among the first 200: \
                      look at the page again, or send those before it first";
        return Err(Problem::not_found(detail));
    }
    Ok(back(listener))
}

fn back(listener: &Listener) -> Response {
    Redirect::to(&bus::address(listener.name())).into_response()
}

fn listener<'a>(messaging: &'a Messaging, name: &str) -> Result<&'a Listener, Problem> {
    let missing = || Problem::not_found(format!("nobody listens to a subscription {name:?} here"));
    messaging.find(name).ok_or_else(missing)
}

/// What lies in the subscription, if the place shows it.
async fn lying(
    messaging: &Messaging,
    listener: &Listener,
    part: &Part,
    csrf: &Csrf,
) -> Result<Option<Lying>, Problem> {
    let Some(counts) = messaging.counts().await? else {
        return Ok(None);
    };
    let place = messaging.consumers.iter().position(|other| other.name() == listener.name());
    let counts = place.and_then(|place| counts.get(place));
    let source = messaging.source(listener);
    let (messages, more) = rows(messaging, &source, part.after).await?;
    let (dead, more_dead) = rows(messaging, &source.dead_letters(), part.dead_after).await?;
    let again = format!("{}/again", bus::address(listener.name()));
    let dead = dead.into_iter().map(|row| row.to_send_again(&again, &csrf.token));
    Ok(Some(Lying {
        messages,
        dead: dead.collect(),
        waiting: counts.map_or(0, |counts| counts.active + counts.locked + counts.scheduled),
        dead_lettered: counts.map_or(0, |counts| counts.dead_lettered),
        next: [more, more_dead],
    }))
}

/// A page of messages, and after which one there are more.
async fn rows(
    messaging: &Messaging,
    source: &Source,
    after: Option<u64>,
) -> Result<(Vec<MessageRow>, Option<u64>), Problem> {
    let found = messaging.bus.browse(source, after.unwrap_or_default(), PAGE).await?;
    let full = found.len() == PAGE as usize;
    let next = found.last().filter(|_| full).map(|message| message.sequence_number);
    let now = OffsetDateTime::now_utc();
    Ok((found.iter().map(|message| MessageRow::new(message, now)).collect(), next))
}
