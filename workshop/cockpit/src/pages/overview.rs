//! The cockpit's front page: how an event flows, and where it is kept.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::html;
use crate::ledger::Counted;
use crate::model::Standing;
use crate::parts::{Flow, Station, Stations};
use crate::projected::{Known, Projected};
use crate::{Backend, Cockpit, Documented, Frame, Look, Problem, StreamList};

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview<'a> {
    frame: Frame<'a>,
    flow: Flow,
    backend: &'a Backend,
    spent: String,
    /// Whether this program folds views.
    projects: bool,
}

/// `GET /cockpit`
pub async fn page<S: Documented, L: StreamList>(
    State(cockpit): State<Cockpit<S, L>>,
) -> Result<Response, Problem> {
    let counted = cockpit.ledger.counted();
    let [feed, views] = match &cockpit.projected {
        Some(projected) => read(projected).await?,
        None => [later("not read", "module 03"), later("none", "module 03")],
    };
    html(&Overview {
        frame: Frame::to_read(&cockpit.site),
        flow: Flow::new(&stations(counted, feed, views)),
        backend: cockpit.site.backend(),
        spent: cockpit.ledger.say_sum(counted.charge, counted.appends),
        projects: cockpit.projected.is_some(),
    })
}

fn stations(Counted { appends, events, .. }: Counted, feed: Station, views: Station) -> Stations {
    let since = "since the start";
    Stations {
        commands: station(count(appends, "append"), since, Some("/")),
        streams: station(count(events, "event"), since, Some("/cockpit/streams")),
        feed,
        views,
        bus: later("none yet", "module 04"),
        consumers: later("none yet", "module 04"),
    }
}

/// The feed and the views: how many read it and how far behind, how many projections and how they stand.
async fn read(projected: &Projected) -> Result<[Station; 2], Problem> {
    let looks = projected.looks().await?;
    let leases =
        looks.iter().flat_map(|(_, look)| &look.live).map(|live| live.leases.len() as u64).sum();
    let behind = looks.iter().flat_map(|(_, look)| &look.live).map(|live| live.behind).max();
    let reading = match behind {
        None => "not read yet".to_owned(),
        Some(0) => "all is read".to_owned(),
        Some(events) => format!("behind {events}"),
    };
    let projections = u64::try_from(looks.len()).unwrap_or(u64::MAX);
    Ok([
        station(reading, &count(leases, "lease"), Some("/cockpit/feed")),
        station(count(projections, "projection"), &stand(&looks), Some("/cockpit/views")),
    ])
}

/// How all projections stand, in a few words: the worst first.
fn stand(looks: &[(&Known, Look)]) -> String {
    let how_many = |what: fn(&Look) -> bool| looks.iter().filter(|(_, look)| what(look)).count();
    let halted = how_many(|look| matches!(look.standing(), Standing::Halted(_)));
    let parked: usize = looks.iter().map(|(_, look)| look.parked).sum();
    let building = how_many(|look| look.building.is_some());
    let live = how_many(|look| matches!(look.standing(), Standing::Live));
    match (halted, parked, building) {
        (0, 0, 0) if live == looks.len() => "all live".to_owned(),
        (0, 0, 0) => format!("{live} live"),
        (0, 0, building) => format!("{building} being built"),
        (0, parked, _) => format!("{parked} parked"),
        (halted, ..) => format!("{halted} halted"),
    }
}

fn station(counter: String, note: &str, page: Option<&str>) -> Station {
    Station { counter, note: note.to_owned(), page: page.map(str::to_owned) }
}

/// What a later module brings.
fn later(counter: &str, module: &str) -> Station {
    station(counter.to_owned(), module, None)
}

fn count(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
