//! Session tokens: how a client proves what it has seen, so that it reads its own writes.

use http::StatusCode;

use super::failure::{Refusal, sub_status};
use crate::engine::Committed;

/// Where a partition-key range stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub range: u32,
    pub lsn: u64,
}

impl Position {
    /// `{range}:{version}#{lsn}#{region}={lsn}`
    pub fn session_token(self) -> String {
        let Self { range, lsn } = self;
        format!("{range}:0#{lsn}#0={lsn}")
    }
}

impl<T> From<&Committed<T>> for Position {
    fn from(committed: &Committed<T>) -> Self {
        Self { range: committed.range, lsn: committed.lsn }
    }
}

/// Refuses a token that has seen more than this server has; clients send the tokens of all ranges at once.
///
/// # Errors
///
/// 404/1002 when the token is ahead, 400 when it is none.
pub fn check(token: &str, positions: &[Position]) -> Result<(), Refusal> {
    for segment in token.split(',').filter(|segment| !segment.is_empty()) {
        let (range, seen) = parse(segment.trim()).ok_or_else(|| {
            Refusal::bad_request(format!(
                "x-ms-session-token has '{segment}', which is not of the form 0:0#5#0=5"
            ))
        })?;
        let mut here = positions.iter().filter(|position| position.range == range);
        if here.any(|position| position.lsn < seen) {
            return Err(Refusal::new(
                StatusCode::NOT_FOUND,
                "The read session is not available for the input session token.",
            )
            .with_sub_status(sub_status::SESSION_NOT_AVAILABLE));
        }
    }
    Ok(())
}

/// Reads `3:0#5#0=5`, `3:-1#5` and `3:5`, all meaning LSN 5 of range 3.
fn parse(segment: &str) -> Option<(u32, u64)> {
    let (range, value) = segment.split_once(':')?;
    let mut parts = value.split('#');
    let first = parts.next()?;
    let lsn = parts.next().unwrap_or(first);
    Some((range.parse().ok()?, lsn.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &[Position] = &[Position { range: 0, lsn: 9 }, Position { range: 3, lsn: 5 }];

    #[test]
    fn a_token_given_out_is_accepted_back() {
        assert!(check(&HERE[1].session_token(), HERE).is_ok());
    }

    #[test]
    fn a_token_ahead_of_the_server_is_not_found_with_1002() {
        for token in ["3:0#6#0=6", "0:0#1#0=1,3:0#6#0=6", "3:-1#6", "3:6"] {
            let refusal = check(token, HERE).unwrap_err();
            assert_eq!(refusal.status, StatusCode::NOT_FOUND);
            assert_eq!(refusal.sub_status, Some(1002), "{token}");
        }
    }

    #[test]
    fn ranges_that_are_not_read_do_not_matter() {
        assert!(check("7:0#100#0=100", HERE).is_ok());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let refusal = check("nonsense", HERE).unwrap_err();
        assert_eq!(refusal.status, StatusCode::BAD_REQUEST);
    }
}
