//! Tries again what is safe to do twice.

use std::time::Duration;

use rand::Rng as _;

use crate::BusError;

/// How often, and how long between. The longest is about a second: what takes longer is the caller's to decide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    pub(crate) attempts: u32,
    pub(crate) first_pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 4, first_pause: Duration::from_millis(100) }
    }
}

/// A broker that asks for more than this is told to the caller instead of waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Retry {
    /// Runs `attempt` until it succeeds or fails for good.
    pub(crate) async fn run<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, BusError>
    where
        F: Future<Output = Result<T, BusError>>,
    {
        let mut pause = self.first_pause;
        for _ in 1..self.attempts {
            let wait = match attempt().await {
                Err(BusError::Transient(reason)) => {
                    tracing::debug!(reason, "trying again");
                    jittered(pause)
                }
                Err(BusError::Throttled { retry_after }) if retry_after <= LONGEST_PAUSE => {
                    retry_after.max(jittered(pause))
                }
                done => return done,
            };
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
        attempt().await
    }
}

/// Between half and all of it, so that many who failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// How often it is tried when it fails so each time.
    async fn attempts(failure: impl Fn() -> BusError) -> u32 {
        let tried = AtomicU32::new(0);
        let retry = Retry { first_pause: Duration::ZERO, ..Retry::default() };
        let run = retry.run(|| {
            tried.fetch_add(1, Ordering::Relaxed);
            let failed = failure();
            async { Err::<(), _>(failed) }
        });
        run.await.unwrap_err();
        tried.into_inner()
    }

    #[tokio::test]
    async fn only_what_may_pass_is_tried_again() {
        assert_eq!(attempts(|| BusError::Transient("gone".into())).await, 4);
        assert_eq!(attempts(|| BusError::Throttled { retry_after: Duration::ZERO }).await, 4);
        assert_eq!(attempts(|| BusError::LockLost).await, 1);
        assert_eq!(attempts(|| BusError::Rejected { reason: String::new() }).await, 1);
    }

    #[tokio::test]
    async fn a_broker_that_wants_a_long_pause_is_not_waited_for() {
        let retry_after = Duration::from_secs(60);
        assert_eq!(attempts(|| BusError::Throttled { retry_after }).await, 1);
    }
}
