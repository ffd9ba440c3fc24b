//! The three ways to forget, who has a key, what was forgotten, and what a search finds of it.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use daybook::gdpr::erasure::Way;
use daybook::gdpr::{Erased, Holding, Left};
use futures::future::try_join_all;
use serde::Deserialize;
use time::OffsetDateTime;

use super::{encoded, html};
use crate::privacy::{Known, Ordered, Privacy, ordered};
use crate::{Cockpit, Documented, Frame, Problem, StreamList, When};

/// How many subjects a page lists, and how many streams of erasures.
const PAGE: usize = 50;
const ERASURES: u32 = 50;

#[derive(Template)]
#[template(path = "subjects.html")]
struct PrivacyPage<'a> {
    frame: Frame<'a>,
    prefix: &'a str,
    subjects: Vec<Subject>,
    /// Whether these are not the first ones.
    on: bool,
    /// What to ask for to see more.
    next: Option<String>,
    in_memory: usize,
    seconds: u64,
    erasures: Vec<Erasure>,
    found: Option<Found>,
}

struct Subject {
    id: String,
    page: Option<String>,
    /// Its key, and its record outside of the events.
    held: [Stands; 2],
}

/// How something stands that may have been erased.
struct Stands {
    class: &'static str,
    word: &'static str,
    note: String,
}

struct Erasure {
    about: String,
    way: &'static str,
    done: bool,
    when: When,
    by: String,
    reason: String,
}

/// What a search found.
struct Found {
    left: Vec<Left>,
    holdings: Vec<Holding>,
}

#[derive(Deserialize)]
pub struct Asked {
    prefix: Option<String>,
    after: Option<String>,
    verify: Option<String>,
}

/// `GET /cockpit/privacy?prefix=&after=&verify=`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("this program keeps nothing of persons");
    let privacy = cockpit.privacy.as_ref().ok_or_else(missing)?;
    let Asked { prefix, after, verify } = asked?.0;
    let prefix = prefix.unwrap_or_default();
    let prefix = prefix.trim();
    let now = OffsetDateTime::now_utc();
    let on = after.is_some();
    let (known, more) = privacy.subjects(prefix, &after.unwrap_or_default(), PAGE).await?;
    let last = known.last().filter(|_| more).map(|known| encoded(&known.id));
    let ordered = orders(&cockpit, prefix).await?;
    let found = match verify {
        Some(_) => {
            let (left, holdings) = privacy.verify(&ordered).await?;
            Some(Found { left, holdings })
        }
        None => None,
    };
    let (in_memory, longest) = privacy.in_memory();
    html(&PrivacyPage {
        frame: Frame::to_read(&cockpit.site),
        subjects: known.into_iter().map(|known| subject(privacy, known, now)).collect(),
        on,
        next: last.map(|last| format!("prefix={}&after={last}", encoded(prefix))),
        prefix,
        in_memory,
        seconds: longest.as_secs(),
        erasures: ordered.into_iter().map(|one| erasure(one, now)).collect(),
        found,
    })
}

/// What was ordered lately, the newest first.
async fn orders<S: Documented, L: StreamList>(
    cockpit: &Cockpit<S, L>,
    prefix: &str,
) -> Result<Vec<Ordered>, Problem> {
    let streams = cockpit.streams.latest(&format!("erasure:{prefix}"), ERASURES, None).await?;
    let orders = streams.rows.iter().map(|row| ordered(&cockpit.store, &row.stream));
    let mut orders: Vec<_> = try_join_all(orders).await?.into_iter().flatten().collect();
    orders.sort_by_key(|one| std::cmp::Reverse(one.order.event.meta().recorded_at));
    Ok(orders)
}

fn subject(privacy: &Privacy, Known { id, key, person }: Known, now: OffsetDateTime) -> Subject {
    let key = match key {
        None => Stands::none(),
        Some(document) => match (document.erased, document.key) {
            (Some(erased), _) => Stands::erased(&erased, now),
            (None, Some(key)) => Stands::held(format!("wrapped by {}", key.wrapped.by)),
            (None, None) => Stands::none(),
        },
    };
    let record = match person {
        None => Stands::none(),
        Some(document) => match document.erased {
            Some(erased) => Stands::erased(&erased, now),
            None => Stands::held(String::new()),
        },
    };
    let page = id.parse().ok().and_then(|id| (privacy.page)(&id));
    Subject { id, page, held: [key, record] }
}

impl Stands {
    fn none() -> Self {
        Self { class: "none", word: "none", note: String::new() }
    }

    fn held(note: String) -> Self {
        Self { class: "active", word: "held", note }
    }

    fn erased(erased: &Erased, now: OffsetDateTime) -> Self {
        let when = When::new(erased.at, now).shown;
        let by = erased.by.as_deref().unwrap_or("somebody");
        Self { class: "erased", word: "erased", note: format!("a marker: {when}, by {by}") }
    }
}

fn erasure(one: Ordered, now: OffsetDateTime) -> Erasure {
    let Ordered { about, way, order, reason, done } = one;
    let meta = order.event.meta();
    let way = match way {
        Way::Key => "erase the key",
        Way::Stream => "delete the stream",
        Way::Person => "remove the record",
    };
    let by = meta.actor.clone().unwrap_or_else(|| "somebody".to_owned());
    Erasure { about, way, done, when: When::new(meta.recorded_at, now), by, reason }
}
