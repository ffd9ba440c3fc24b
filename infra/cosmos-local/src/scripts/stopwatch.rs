//! How long a call has worked: by the processor time of its thread, so that a script is not stopped for what other
//! programs take of a busy machine.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;

/// How many times as long as it may work a call may take by the clock.
const PATIENCE: u32 = 3;

/// Runs from when it was made, on the thread that made it.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch {
    /// Not everywhere: then the clock alone counts.
    worked: Option<ThreadTime>,
    begun: Instant,
}

impl Stopwatch {
    pub fn start() -> Self {
        Self { worked: ThreadTime::try_now().ok(), begun: Instant::now() }
    }

    /// Whether this much work was done, or it takes too long by the clock.
    pub fn has_used(&self, time: Duration) -> bool {
        let passed = self.begun.elapsed();
        if passed < time {
            return false;
        }
        let worked = self.worked.and_then(|since| since.try_elapsed().ok()).unwrap_or(passed);
        worked >= time || passed >= longest(time)
    }
}

/// What work that may take so much takes by the clock at the most.
pub fn longest(time: Duration) -> Duration {
    time * PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Duration = Duration::from_millis(30);

    /// One that was started so long ago.
    fn started(ago: Duration) -> Stopwatch {
        let begun = Instant::now().checked_sub(ago).expect("the machine runs for longer");
        Stopwatch { begun, ..Stopwatch::start() }
    }

    #[test]
    fn time_in_which_nothing_was_done_does_not_count_until_it_is_too_long() {
        assert!(!started(SOME).has_used(SOME));
        assert!(started(longest(SOME)).has_used(SOME));
    }

    #[test]
    fn work_counts() {
        let watch = Stopwatch::start();
        while !watch.has_used(SOME) {
            std::hint::spin_loop();
        }
        assert!(watch.begun.elapsed() >= SOME);
    }
}
