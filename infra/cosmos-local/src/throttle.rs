//! Throughput that can be used up: a second's worth for each partition-key range, refilled as time goes by.
//!
//! As on the service, a request is let in while anything is left and pays afterwards, so one request can use
//! more than there is; those after it wait until that is made up for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What each range has left. Times are those of any clock that only goes forward.
#[derive(Default)]
pub struct Throttle {
    left: Mutex<HashMap<(u64, u32), Budget>>,
}

#[derive(Clone, Copy)]
struct Budget {
    units: f64,
    at: Duration,
}

/// A range and what it may use.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// The container's number and the range's id.
    pub range: (u64, u32),
    /// Request units a second.
    pub rate: f64,
}

impl Throttle {
    /// Lets a request in, or says how many milliseconds it is to wait.
    pub fn admit(&self, share: Share, now: Duration) -> Result<(), u64> {
        let budget = self.refilled(share, now);
        if budget.units > 0.0 {
            return Ok(());
        }
        let wait = (1.0 - budget.units) / share.rate;
        let wait = Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX);
        Err(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
    }

    /// Takes what a request has cost.
    pub fn pay(&self, share: Share, charge: f64, now: Duration) {
        let mut budget = self.refilled(share, now);
        budget.units -= charge;
        self.lock().insert(share.range, budget);
    }

    fn refilled(&self, share: Share, now: Duration) -> Budget {
        let full = Budget { units: share.rate, at: now };
        let known = self.lock().get(&share.range).copied().unwrap_or(full);
        let passed = now.saturating_sub(known.at).as_secs_f64();
        Budget { units: (known.units + passed * share.rate).min(share.rate), at: now }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(u64, u32), Budget>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: Share = Share { range: (1, 0), rate: 100.0 };

    fn at(milliseconds: u64) -> Duration {
        Duration::from_secs(60) + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_seconds_worth_can_be_used_at_once_and_no_more() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            assert_eq!(throttle.admit(SHARE, at(0)), Ok(()));
            throttle.pay(SHARE, 10.0, at(0));
        }
        assert_eq!(throttle.admit(SHARE, at(0)), Err(10));
        assert_eq!(throttle.admit(SHARE, at(10)), Ok(()));
    }

    #[test]
    fn what_was_overdrawn_is_waited_for() {
        let throttle = Throttle::default();
        throttle.pay(SHARE, 300.0, at(0));
        assert_eq!(throttle.admit(SHARE, at(0)), Err(2010));
        assert_eq!(throttle.admit(SHARE, at(1000)), Err(1010));
        assert_eq!(throttle.admit(SHARE, at(2010)), Ok(()));
    }

    #[test]
    fn what_is_not_used_is_not_saved_up() {
        let throttle = Throttle::default();
        throttle.pay(SHARE, 1.0, at(0));
        throttle.pay(SHARE, 100.0, at(60_000));
        assert!(throttle.admit(SHARE, at(60_000)).is_err());
    }

    #[test]
    fn ranges_have_throughput_of_their_own() {
        let throttle = Throttle::default();
        throttle.pay(SHARE, 200.0, at(0));
        assert_eq!(throttle.admit(Share { range: (1, 1), ..SHARE }, at(0)), Ok(()));
    }
}
