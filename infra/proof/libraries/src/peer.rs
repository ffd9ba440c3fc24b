//! What is asked of each library, and how its speed is taken.

use std::time::Instant;

/// Whatever stops the measurement: its message is all that is left to say.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Events that a stream holds already when the commands come. At 0 each command meets a stream of its own.
pub const EVENTS: [u64; 4] = [0, 10, 1_000, 10_000];

/// Commands per second in each round, for each of [`EVENTS`].
pub type Rates = [Vec<f64>; EVENTS.len()];

/// A library with its store in memory and a counter that adds up what it is told.
pub trait Peer: Default {
    /// Tells the counter of a stream to count one more: load, decide, append one event. The number differs at each
    /// call.
    fn count(&mut self, stream: &str, number: u64) -> impl Future<Output = Result<(), Failure>>;

    /// How far the counter of a stream has come, from its events.
    fn total(&mut self, stream: &str) -> impl Future<Output = Result<u64, Failure>>;
}

/// How many commands are timed for each length, all rounds together.
const COMMANDS: u64 = 2_000;

/// A stream grows by no more than a part of this while it is measured, or it would be another one.
const GROWTH: u64 = 5;

/// Takes the rates of a library, in some rounds.
pub fn measure<P: Peer>(rounds: u64) -> Result<Rates, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(warm_up::<P>())?;
    let mut rates = Rates::default();
    for (rates, events) in rates.iter_mut().zip(EVENTS) {
        *rates = runtime.block_on(rates_at::<P>(events, rounds))?;
    }
    Ok(rates)
}

/// What a process does first is slow, whatever it is.
async fn warm_up<P: Peer>() -> Result<(), Failure> {
    let mut peer = P::default();
    for number in 0..10 * COMMANDS {
        peer.count(&stream(number), number).await?;
    }
    Ok(())
}

async fn rates_at<P: Peer>(events: u64, rounds: u64) -> Result<Vec<f64>, Failure> {
    let mut peer = P::default();
    let each = (events / GROWTH).clamp(1, COMMANDS);
    let streams = COMMANDS / each;
    for number in 0..events * streams {
        peer.count(&stream(number % streams), number).await?;
    }
    let mut measured = Vec::new();
    let mut number = events * streams;
    for _ in 0..rounds {
        let started = Instant::now();
        for _ in 0..COMMANDS / rounds {
            peer.count(&stream(number % streams), number).await?;
            number += 1;
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let done = (COMMANDS / rounds) as f64;
        measured.push(done / started.elapsed().as_secs_f64());
    }
    nothing_is_missing(&mut peer, streams, number).await?;
    Ok(measured)
}

fn stream(number: u64) -> String {
    format!("counter-{number}")
}

async fn nothing_is_missing<P: Peer>(
    peer: &mut P,
    streams: u64,
    commands: u64,
) -> Result<(), Failure> {
    let mut total = 0;
    for number in 0..streams.min(commands) {
        total += peer.total(&stream(number)).await?;
    }
    if total == commands {
        return Ok(());
    }
    Err(format!("the counters say {total} and not {commands}").into())
}
