//! The room: a page on the teacher's machine that shows at which step the attendees are who chose to say so.
//!
//! `just room open` starts it; it is no part of what an attendee runs. A guide tells it nothing before
//! `just room join`, and `just room leave` takes back what was told.
//!
//! # Layout
//! - [`Roll`]: who is where, and what is refused; pure
//! - [`wire`]: what guides send
//! - [`page`]: what the teacher sees
//! - [`guard`]: stands before both
//!
//! Why memory and nothing else: names of people at their work are nobody's business after the day. They are
//! written down only if the teacher asks for it, and then everybody is told when joining.

pub mod guard;
pub mod page;
mod roll;
pub mod wire;

pub use roll::{Person, Place, Refusal, Roll, Ticket};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A guide's message is a name and a step: a hundred bytes.
const LONGEST_MESSAGE: usize = 1024;

/// How a room is held.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Other machines may see the page.
    pub shared: bool,
    /// The list is written to a file when the room closes.
    pub kept: bool,
    /// The steps of the course in order, with their titles. Empty: any step is believed.
    pub steps: Vec<(String, String)>,
}

/// An open room.
#[derive(Clone)]
pub struct Room {
    rules: Arc<Rules>,
    roll: Arc<Mutex<Roll>>,
    opened: Instant,
}

impl Room {
    /// Opens a room.
    #[must_use]
    pub fn open(rules: Rules) -> Self {
        Self { rules: Arc::new(rules), roll: Arc::default(), opened: Instant::now() }
    }

    /// How it is held.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Who is where. Nothing waits while it is held.
    pub fn roll(&self) -> MutexGuard<'_, Roll> {
        // Every change is a single assignment, so a panic elsewhere leaves nothing half done.
        self.roll.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time since it was opened.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.opened.elapsed()
    }
}

/// The room's pages and what guides send to it.
pub fn router(room: Room) -> Router {
    Router::new()
        .route("/", get(page::room))
        .route("/assets/{name}", get(page::asset))
        .route("/join", post(wire::join))
        .route("/at", post(wire::at))
        .route("/leave", post(wire::leave))
        .fallback(|| async { Refusal::NoSuchPage })
        .layer(DefaultBodyLimit::max(LONGEST_MESSAGE))
        .layer(middleware::from_fn_with_state(room.clone(), guard::guard))
        .with_state(room)
}
