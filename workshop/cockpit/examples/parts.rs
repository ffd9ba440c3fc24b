//! Every part that shows projections, with made-up values, to look at while changing the styles:
//! `cargo run -p cockpit --example parts`, then open the address it prints.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use cockpit::model::{LagSample, Lease, Progress, Standing};
use cockpit::parts::{Checkpoint, LeaseStrip, Line, ProgressBar, StatusWord};
use cockpit::{Backend, Frame, Site, assets};
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout.html" %}{% block title %}Parts{% endblock %}{% block content %}
<h1>Parts</h1>
<h2>How readers stand</h2><ul>{% for word in words %}<li>{{ word }}</li>{% endfor %}</ul>
<p>{{ checkpoint }} {{ none }}</p>
<h2>Leases</h2>{{ leases }}{{ no_leases }}
<h2>Lag</h2><div class="plots">{{ lag }}{{ no_lag }}</div>
<h2>Rebuild</h2>{{ progress }}
{% endblock %}"#
)]
struct Parts<'a> {
    frame: Frame<'a>,
    words: Vec<StatusWord>,
    checkpoint: Checkpoint,
    none: Checkpoint,
    leases: LeaseStrip,
    no_leases: LeaseStrip,
    lag: Line,
    no_lag: Line,
    progress: ProgressBar,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}/", listener.local_addr()?);
    let pages = Router::new()
        .route("/", get(async || Html(page())))
        .nest(cockpit::AT, Router::new().route("/assets/{name}", get(assets::asset)));
    axum::serve(listener, pages).await?;
    Ok(())
}

fn page() -> String {
    let backend = Backend {
        place: "Nowhere: these are examples".to_owned(),
        appends: "nothing is appended",
        charges: "nothing is charged",
        unit: "RU",
        cannot: vec![],
    };
    let site = Site::new("Parts", "workshop/cockpit", backend, &[]);
    let now = OffsetDateTime::now_utc();
    let standings = [
        Standing::Live,
        Standing::Behind(120),
        Standing::Parked(2),
        Standing::Rebuilding,
        Standing::Halted("meter:87000001:3 cannot be decoded".to_owned()),
    ];
    let pages = |count| (0..count).map(|lease| (format!("{lease}0-{}0", lease + 1), 12 + lease));
    let parts = Parts {
        frame: Frame::to_read(&site),
        words: standings.iter().map(StatusWord::from).collect(),
        checkpoint: Checkpoint::new(pages(2).collect()),
        none: Checkpoint::new(BTreeMap::new()),
        leases: LeaseStrip::new(&(0..4).map(|number| lease(number, now)).collect::<Vec<_>>(), now),
        no_leases: LeaseStrip::new(&[], now),
        lag: Line::lag(&(0..90).map(|age| sample(age, now)).collect::<Vec<_>>(), Some(150), now),
        no_lag: Line::lag(&[], None, now),
        progress: ProgressBar::new("daily-totals 2", Progress { done: 61_200, of: 100_000 }),
    };
    parts.to_string()
}

fn lease(number: u64, now: OffsetDateTime) -> Lease {
    Lease {
        range: format!("{number}0-{}0", number + 1),
        owner: (number != 3).then(|| format!("worker-{}", number % 2)),
        page: 40 + number,
        pinned: if number == 1 { 100 } else { 0 },
        lag: number * 60,
        renewed_at: (number != 3).then_some(now - Duration::seconds(4)),
        document: format!(r#"{{"id":"views.{number}0","page":{},"pending":{{}}}}"#, 40 + number),
    }
}

fn sample(age: u64, now: OffsetDateTime) -> LagSample {
    let at = now - Duration::minutes(15)
        + Duration::seconds(10) * f64::from(u8::try_from(age).unwrap_or(0));
    LagSample { at, events: (age * 37) % 210, seconds: 0.4 }
}
