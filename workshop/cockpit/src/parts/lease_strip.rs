//! The leases of a processor, side by side.

use askama::Template;
use time::OffsetDateTime;

use super::Document;
use crate::When;
use crate::model::Lease;

/// A cell for each feed range: who holds it, at which page, how far behind. It opens to the lease document.
#[derive(Template)]
#[template(path = "parts/lease_strip.html")]
pub struct LeaseStrip {
    cells: Vec<Cell>,
}

struct Cell {
    range: String,
    owner: Option<String>,
    page: u64,
    pinned: usize,
    lag: u64,
    renewed: Option<When>,
    document: Document,
}

impl LeaseStrip {
    /// The leases, in the order of their ranges, as they are seen `now`.
    #[must_use]
    pub fn new(leases: &[Lease], now: OffsetDateTime) -> Self {
        let cell = |lease: &Lease| Cell {
            range: lease.range.clone(),
            owner: lease.owner.clone(),
            page: lease.page,
            pinned: lease.pinned,
            lag: lease.lag,
            renewed: lease.renewed_at.map(|at| When::new(at, now)),
            document: Document::new(&lease.document, None),
        };
        Self { cells: leases.iter().map(cell).collect() }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn strip(owner: Option<&str>, pinned: usize) -> String {
        let lease = Lease {
            range: "00-40".to_owned(),
            owner: owner.map(str::to_owned),
            page: 12,
            pinned,
            lag: 3,
            renewed_at: None,
            document: r#"{"id":"views.00-40"}"#.to_owned(),
        };
        LeaseStrip::new(&[lease], datetime!(2026-11-21 12:00 UTC)).to_string()
    }

    #[test]
    fn a_pinned_page_is_marked_and_said() {
        let held = strip(Some("worker-1"), 5);
        assert!(held.contains("class=\"lease pinned\""), "{held}");
        assert!(held.contains("5 events pinned"), "{held}");
        assert!(!strip(Some("worker-1"), 0).contains("pinned"));
    }

    #[test]
    fn a_lease_without_an_owner_is_free() {
        assert!(strip(None, 0).contains("free"));
    }
}
