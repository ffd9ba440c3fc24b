//! The change feed: who reads which part of it, and how far each is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use daybook::projections::Standing as Leased;
use time::OffsetDateTime;

use super::{html, projected};
use crate::model::Worker;
use crate::parts::{LeaseStrip, Line, StatusWord};
use crate::standing::{behind, oldest, status, workers};
use crate::{Cockpit, Documented, Frame, Problem, StreamList};

#[derive(Template)]
#[template(path = "feed.html")]
struct FeedPage<'a> {
    frame: Frame<'a>,
    lag: Line,
    workers: Vec<Worker>,
    readers: Vec<Reader>,
    /// Whether it looks different soon.
    moving: bool,
}

struct Reader {
    name: String,
    projection: &'static str,
    standing: StatusWord,
    leases: LeaseStrip,
}

/// `GET /cockpit/feed`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let projected = projected(&cockpit)?;
    let now = OffsetDateTime::now_utc();
    let mut readers = Vec::new();
    let mut all: Vec<Leased> = Vec::new();
    for (known, overview) in projected.overviews().await? {
        let Some(overview) = overview else {
            continue;
        };
        for leased in [Some(overview.live), overview.building].into_iter().flatten() {
            let live = leased.generation == overview.generations.live;
            let status = status(known.name, &leased, live, 0);
            readers.push(Reader {
                name: leased.generation.name(known.name),
                projection: known.name,
                standing: StatusWord::from(&status.standing),
                leases: LeaseStrip::new(&status.leases, now),
            });
            all.push(leased);
        }
    }
    let left = all.iter().map(behind).sum();
    let samples = projected.sampled(left, all.iter().filter_map(oldest).min());
    let leases = all.iter().flat_map(|leased| leased.leases.iter().map(|(lease, _)| lease));
    html(&FeedPage {
        frame: Frame::to_read(&cockpit.site),
        lag: Line::lag(&samples, None, now),
        workers: workers(leases),
        readers,
        moving: left > 0,
    })
}
