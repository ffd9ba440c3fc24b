//! What is asked of each library, and how its speed is taken.

use std::time::{Duration, Instant};

/// Whatever stops the measurement: its message is all that is left to say.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Events that a stream holds already when the commands come. At 0 each command meets a stream of its own.
pub const EVENTS: [u64; 4] = [0, 10, 1_000, 10_000];

/// Commands per second, one rate for each of [`EVENTS`].
pub type Rates = [f64; 4];

/// A library with its store in memory and a counter that adds up what it is told.
pub trait Peer: Default {
    /// Tells the counter of a stream to count one more: load, decide, append one event. The number differs at each
    /// call.
    fn count(&mut self, stream: &str, number: u64) -> impl Future<Output = Result<(), Failure>>;

    /// How far the counter of a stream has come, from its events.
    fn total(&mut self, stream: &str) -> impl Future<Output = Result<u64, Failure>>;
}

/// Takes the rates of a library, each the median of some rounds.
pub fn measure<P: Peer>(rounds: usize, round: Duration) -> Result<Rates, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut rates = [0.0; EVENTS.len()];
    for (rate, events) in rates.iter_mut().zip(EVENTS) {
        let mut measured = Vec::new();
        for _ in 0..rounds {
            measured.push(runtime.block_on(one_round::<P>(events, round))?);
        }
        measured.sort_by(f64::total_cmp);
        *rate = measured[measured.len() / 2];
    }
    Ok(rates)
}

async fn one_round<P: Peer>(events: u64, round: Duration) -> Result<f64, Failure> {
    let mut peer = P::default();
    for number in 0..events {
        peer.count(&stream(events, number), number).await?;
    }
    let started = Instant::now();
    let mut done = 0;
    while started.elapsed() < round && done < most(events) {
        let number = events + done;
        peer.count(&stream(events, number), number).await?;
        done += 1;
    }
    let took = started.elapsed();
    nothing_is_missing(&mut peer, events, done).await?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let done = done as f64;
    Ok(done / took.as_secs_f64())
}

/// One stream for all commands, or one for each.
fn stream(events: u64, number: u64) -> String {
    if events == 0 { format!("fresh-{number}") } else { "one".to_owned() }
}

async fn nothing_is_missing<P: Peer>(peer: &mut P, events: u64, done: u64) -> Result<(), Failure> {
    let expected = if events == 0 { 1 } else { events + done };
    let total = peer.total(&stream(events, events + done - 1)).await?;
    if total == expected {
        return Ok(());
    }
    Err(format!("the counter says {total} and not {expected}").into())
}

/// A stream grows by no more than a fifth while it is measured, or it would be another one.
fn most(events: u64) -> u64 {
    if events == 0 { u64::MAX } else { (events / 5).max(5) }
}
