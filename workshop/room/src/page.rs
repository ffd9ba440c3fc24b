//! What the teacher sees: a row for each step, and who is there.

use crate::{Person, Refusal, Room, Rules};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::time::Duration;

/// Units of the widest bar.
const WIDEST: usize = 120;

#[derive(Template)]
#[template(path = "room.html")]
struct Page {
    summary: String,
    people: usize,
    rows: Vec<Row>,
    shared: bool,
    kept: bool,
}

struct Row {
    /// Such as `03.2`, or `03 done`.
    step: String,
    title: String,
    people: Vec<Seen>,
    width: usize,
}

struct Seen {
    name: String,
    /// How long they have been there, such as `4 min`.
    waiting: String,
}

/// The page.
///
/// # Errors
///
/// None is known: its parts are all there.
pub async fn room(State(room): State<Room>) -> Result<Html<String>, Refusal> {
    let page = Page::of(&room);
    page.render().map(Html).map_err(|error| Refusal::Message(error.to_string()))
}

/// The stylesheet of all of Daybook's pages, this page's script, and the icon.
///
/// # Errors
///
/// There is none of this name.
pub async fn asset(Path(name): Path<String>) -> Result<Response, Refusal> {
    let (media_type, text) = match name.as_str() {
        "daybook.css" => {
            ("text/css; charset=utf-8", include_str!("../../cockpit/assets/daybook.css"))
        }
        "room.css" => ("text/css; charset=utf-8", include_str!("../assets/room.css")),
        "room.js" => ("text/javascript; charset=utf-8", include_str!("../assets/room.js")),
        "icon.svg" => ("image/svg+xml", include_str!("../../cockpit/assets/icon.svg")),
        _ => return Err(Refusal::NoSuchPage),
    };
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

impl Page {
    fn of(room: &Room) -> Self {
        let (rules, now, roll) = (room.rules(), room.now(), room.roll());
        let people = roll.people();
        let rows = rows(rules, &people, now);
        let summary = summary(people.len(), &rows);
        Self { summary, people: people.len(), rows, shared: rules.shared, kept: rules.kept }
    }
}

/// The list as it is kept, if the teacher asked for it.
#[must_use]
pub fn list(room: &Room) -> String {
    let (now, roll) = (room.now(), room.roll());
    let line = |person: &&Person| {
        format!("{}\t{}\t{}\n", person.name, label(person), waiting(now, person.since))
    };
    roll.people().iter().map(line).collect()
}

/// A row for each step, and one for a finished module when somebody is there.
fn rows(rules: &Rules, people: &[&Person], now: Duration) -> Vec<Row> {
    let mut labels: Vec<(String, String)> = rules.steps.clone();
    for person in people {
        let label = label(person);
        if !labels.iter().any(|(known, _)| *known == label) {
            let title = if person.place.passed { "all of it passes" } else { "" };
            labels.push((label, title.into()));
        }
    }
    // `03 done` stands behind `03.3`.
    labels.sort_by_key(|(label, _)| label.replace(' ', "~"));
    let row = |(step, title): (String, String)| {
        let here = people.iter().filter(|person| label(person) == step);
        let seen = |person: &&Person| Seen {
            name: person.name.clone(),
            waiting: waiting(now, person.since),
        };
        let here: Vec<_> = here.map(seen).collect();
        Row { step, title, people: here, width: 0 }
    };
    let mut rows: Vec<_> = labels.into_iter().map(row).collect();
    let most = rows.iter().map(|row| row.people.len()).max().unwrap_or(0).max(1);
    for row in &mut rows {
        row.width = row.people.len() * WIDEST / most;
    }
    rows
}

fn label(person: &Person) -> String {
    let module = person.place.step.split('.').next().unwrap_or_default();
    if person.place.passed { format!("{module} done") } else { person.place.step.clone() }
}

fn waiting(now: Duration, since: Duration) -> String {
    match now.saturating_sub(since).as_secs() / 60 {
        0 => "just come".into(),
        minutes => format!("{minutes} min"),
    }
}

/// The room in a sentence.
fn summary(people: usize, rows: &[Row]) -> String {
    let most = rows.iter().max_by_key(|row| row.people.len());
    match (people, most) {
        (0, _) | (_, None) => "Nobody is in the room yet.".into(),
        (1, Some(row)) => format!("1 person, at {}.", row.step),
        (_, Some(row)) => {
            format!("{people} people; most are at {} ({}).", row.step, row.people.len())
        }
    }
}
