//! A page being filled.

use std::io;

use serde_json::Value;

use super::Page;
use super::continuation::Continuation;

/// About as much as the service puts into a page.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Results up to the number asked for and to [`MAX_BYTES`]; one always fits, or a query could not go on.
pub struct Filling {
    results: Vec<Value>,
    bytes: usize,
    max_items: usize,
    /// Results given on earlier pages.
    before: u64,
    /// From TOP or LIMIT, over all pages.
    limit: u64,
}

impl Filling {
    pub fn new(max_items: Option<usize>, before: u64, limit: Option<u64>) -> Self {
        Self {
            results: Vec::new(),
            bytes: 0,
            max_items: max_items.unwrap_or(usize::MAX).max(1),
            before,
            limit: limit.unwrap_or(u64::MAX),
        }
    }

    /// Results given so far, on this page and earlier ones.
    pub fn given(&self) -> u64 {
        self.before
            .saturating_add(u64::try_from(self.results.len()).unwrap_or(u64::MAX))
    }

    /// Whether TOP or LIMIT is reached.
    pub fn is_complete(&self) -> bool {
        self.given() >= self.limit
    }

    /// Whether the page has the number of results asked for.
    pub fn is_full(&self) -> bool {
        self.results.len() >= self.max_items
    }

    /// How many more results can be taken here at most.
    pub fn room(&self) -> usize {
        let left = usize::try_from(self.limit.saturating_sub(self.given())).unwrap_or(usize::MAX);
        left.min(self.max_items - self.results.len())
    }

    /// Takes a result if it fits.
    pub fn accept(&mut self, result: Value) -> bool {
        let bytes = length(&result);
        let fits = self.results.is_empty() || self.bytes + bytes <= MAX_BYTES;
        if fits {
            self.bytes += bytes;
            self.results.push(result);
        }
        fits
    }

    /// The page, and how it goes on.
    pub fn finish(self, next: Option<Continuation>, query: &str, scanned: usize) -> Page {
        Page {
            results: self.results,
            continuation: next.map(|next| next.encode(query)),
            scanned,
        }
    }
}

/// Of the JSON text.
fn length(value: &Value) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Neither counting nor the text of a JSON value can fail.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}
