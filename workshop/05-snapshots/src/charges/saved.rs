//! The rows as a file keeps them, for the cockpit: what is counted and modelled, and nothing that was timed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Row, Way};

/// A row without what differs from run to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Events in the stream at first.
    pub length: usize,
    /// Events appended.
    pub events: usize,
    /// How the state is had.
    pub strategy: String,
    /// How they are appended: `procedure` or `batch`; the floor has no way.
    pub way: Option<String>,
    /// Requests that were sent.
    pub trips: u32,
    /// What was asked of Cosmos DB.
    pub operations: String,
    /// Request units by the formulas, to two places.
    pub model: f64,
}

impl From<&Row> for Saved {
    fn from(row: &Row) -> Self {
        let way = row.way.map(|way| match way {
            Way::Procedure => "procedure".to_owned(),
            Way::Batch => "batch".to_owned(),
        });
        Self {
            length: row.length,
            events: row.events,
            strategy: row.strategy.name().to_owned(),
            way,
            trips: row.trips,
            operations: row.operations(),
            model: (row.model * 100.0).round() / 100.0,
        }
    }
}

/// The file, beside the lesson.
#[must_use]
pub fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("charges.json")
}

/// What the file holds.
///
/// # Panics
///
/// It is not there, or not as [`save`] writes it.
#[must_use]
pub fn saved() -> Vec<Saved> {
    let text = std::fs::read_to_string(file()).expect("the file is committed");
    serde_json::from_str(&text).expect("the file is a list of rows")
}

/// Writes the file anew.
///
/// # Errors
///
/// The file cannot be written.
pub fn save(rows: &[Row]) -> std::io::Result<()> {
    let rows: Vec<_> = rows.iter().map(Saved::from).collect();
    let mut text = serde_json::to_string_pretty(&rows)?;
    text.push('\n');
    std::fs::write(file(), text)
}
