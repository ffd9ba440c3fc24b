//! The request-unit model. Figures are a model of the service's, never a measurement of it.
//!
//! The same request on the same data always costs the same. With `k` the document's size in KB, at least 1,
//! and `t` the number of paths the container indexes:
//!
//! | operation | request units |
//! |---|---|
//! | point read | `1.0·√k` |
//! | create | `5.0·√k + 0.1·t` |
//! | replace | `10.0·√k + 0.1·t`: the old goes, the new comes |
//! | delete | `5.0 + 0.1·t` |
//! | batch | the sum of its operations |
//! | query page | `2.8 + 0.05` for each document looked at `+ 0.1` for each KB returned |
//! | change-feed page | `1.0 + 0.1` for each KB returned; an empty poll is charged too |
//! | stored procedure | `4.6` for the script, and its operations at 0.9 of their price |
//! | anything else, and whatever fails | `1.0` |
//!
//! The roots follow Microsoft's two published points: 1 KB costs 1 to read and 5 to write, 100 KB costs 10
//! and 50. The script's price is what users of the service report, 4.6 to 5.4. The rest is an estimate.

/// The price of metadata, of an empty poll, and of what fails.
pub const FLAT: f64 = 1.0;

/// The price of running a script, without its operations.
pub const SCRIPT: f64 = 4.6;

/// Operations inside a script cost slightly less than those of a client.
const IN_SCRIPT: f64 = 0.9;

const KB: f64 = 1024.0;

/// A point read of a document of this many bytes.
pub fn read(bytes: usize) -> f64 {
    rounded(root(bytes))
}

/// A document written where there was none.
pub fn create(bytes: usize, indexed: usize) -> f64 {
    rounded(5.0 * root(bytes) + terms(indexed))
}

/// A document written over another.
pub fn replace(bytes: usize, indexed: usize) -> f64 {
    rounded(10.0 * root(bytes) + terms(indexed))
}

/// A document removed.
pub fn delete(indexed: usize) -> f64 {
    rounded(5.0 + terms(indexed))
}

/// One page of a query.
pub fn query(scanned: usize, returned_bytes: usize) -> f64 {
    rounded(2.8 + 0.05 * count(scanned) + 0.1 * count(returned_bytes) / KB)
}

/// One page of the change feed.
pub fn feed(returned_bytes: usize) -> f64 {
    rounded(FLAT + 0.1 * count(returned_bytes) / KB)
}

/// A stored procedure whose operations would cost a client this much.
pub fn procedure(operations: f64) -> f64 {
    rounded(SCRIPT + IN_SCRIPT * operations)
}

/// Charges are told in hundredths.
fn rounded(charge: f64) -> f64 {
    (charge * 100.0).round() / 100.0
}

fn root(bytes: usize) -> f64 {
    (count(bytes) / KB).max(1.0).sqrt()
}

fn terms(indexed: usize) -> f64 {
    0.1 * count(indexed)
}

#[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn the_published_points_are_met() {
        assert!(close(read(1024), 1.0) && close(read(100 * 1024), 10.0));
        assert!(close(create(1024, 0), 5.0) && close(create(100 * 1024, 0), 50.0));
    }

    #[test]
    fn a_small_document_costs_as_much_as_one_kilobyte() {
        assert!(close(read(10), read(1024)));
    }

    #[test]
    fn a_query_costs_more_the_more_it_looks_at() {
        assert!(close(query(0, 0), 2.8));
        assert!(query(100, 0) > query(1, 0));
    }

    #[test]
    fn a_write_is_cheaper_in_a_script_but_the_script_itself_costs() {
        assert!(procedure(100.0) < 100.0);
        assert!(procedure(create(400, 2)) > create(400, 2));
    }
}
