//! The cockpit's front page: how an event flows, and where it is kept.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::html;
use crate::ledger::Counted;
use crate::messaging::Messaging;
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
    /// Whether it publishes.
    publishes: bool,
    /// Whether it seals what is said of persons.
    seals: bool,
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
    let [bus, consumers] = match &cockpit.messaging {
        Some(messaging) => told(messaging).await,
        None => [later("no bus here", "module 04"), later("none", "module 04")],
    };
    html(&Overview {
        frame: Frame::to_read(&cockpit.site),
        flow: Flow::new(&stations(counted, [feed, views, bus, consumers])),
        backend: cockpit.site.backend(),
        spent: cockpit.ledger.say_sum(counted.charge, counted.appends),
        projects: cockpit.projected.is_some(),
        publishes: cockpit.messaging.is_some(),
        seals: cockpit.privacy.is_some(),
    })
}

fn stations(
    Counted { appends, events, .. }: Counted,
    [feed, views, bus, consumers]: [Station; 4],
) -> Stations {
    let since = "since the start";
    Stations {
        commands: station(count(appends, "append"), since, Some("/")),
        streams: station(count(events, "event"), since, Some("/cockpit/streams")),
        feed,
        views,
        bus,
        consumers,
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

/// The bus and who listens: what waits there, and what was set aside. The picture is shown also when the broker does
/// not answer.
async fn told(messaging: &Messaging) -> [Station; 2] {
    let page = Some("/cockpit/bus");
    let consumers = count(messaging.consumers.len() as u64, "consumer");
    match messaging.counts().await {
        Ok(None) => {
            [station("not counted".to_owned(), "over REST", page), station(consumers, "", page)]
        }
        Ok(Some(counts)) => {
            let waiting: u64 =
                counts.iter().map(|one| one.active + one.locked + one.scheduled).sum();
            let dead = counts.iter().map(|one| one.dead_lettered).sum();
            let waiting =
                if waiting == 0 { "all is taken".to_owned() } else { format!("{waiting} waiting") };
            let dead = count(dead, "dead letter");
            [station(waiting, &count(1, "topic"), page), station(consumers, &dead, page)]
        }
        Err(_) => {
            [station("no answer".to_owned(), "see the log", page), station(consumers, "", page)]
        }
    }
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
