//! What pages are put together from. Each part is a value with a template of its own; a page shows it with
//! `{{ part }}`, as it is.
//!
//! - `event_row`, `document`, `json`: what happened, and what is stored of it.
//! - `state_card`, `travel`: the thing at a moment, and the way to another moment.
//! - `bars`, `line`, `axis`: numbers, as a picture and as a table.
//! - `chips`, `lease_strip`, `progress`, `freshness`: how readers of the feed stand.
//! - `message_row`: a message on the bus.
//! - `flow`: from a command to its consumers.

mod axis;
mod bars;
mod chips;
mod document;
mod event_row;
mod flow;
mod freshness;
mod json;
mod lease_strip;
mod line;
mod message_row;
mod progress;
mod state_card;
mod travel;

pub use bars::{Bars, Point, Sparkline};
pub use chips::{Checkpoint, StatusWord};
pub use document::Document;
pub use event_row::EventRow;
pub use flow::{Flow, Station, Stations};
pub use freshness::Freshness;
pub use lease_strip::LeaseStrip;
pub use line::Line;
pub use message_row::MessageRow;
pub use progress::ProgressBar;
pub use state_card::StateCard;
pub use travel::Travel;

/// Parts escape what they show themselves.
macro_rules! html_safe {
    ($($part:ty),* $(,)?) => { $(impl askama::filters::HtmlSafe for $part {})* };
}

html_safe!(
    Bars,
    Checkpoint,
    Document,
    EventRow,
    Flow,
    Freshness,
    LeaseStrip,
    Line,
    MessageRow,
    ProgressBar,
    Sparkline,
    StateCard,
    StatusWord,
    Travel
);
