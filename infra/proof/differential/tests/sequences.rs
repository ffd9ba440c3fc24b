//! Random sequences of operations on both: after each, both have said the same, and in the end both hold the same.
//!
//! What the emulator is known to get wrong alone (`known/stories.json`) is left out of the sequences: an upsert with
//! `If-None-Match: *`, a replace under another id, patches of what is absent, the order of the changes of a batch.

mod sequence;

use differential::Pair;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sequence::{Both, operation};
use tokio::runtime::Runtime;

/// Sequences tried; `PROPTEST_CASES` tries more.
const CASES: u32 = 48;

#[test]
fn random_sequences_are_answered_alike() {
    let runtime = Runtime::new().expect("threads can be started");
    let pair = runtime.block_on(Pair::start());
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config {
        cases: cases.unwrap_or(CASES),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let number = std::sync::atomic::AtomicU32::new(0);
    let sequences = prop::collection::vec(operation(), 1..40);
    let ran = TestRunner::new(config).run(&sequences, |operations| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        runtime.block_on(async {
            let mut both = Both::new(&pair, number).await;
            for operation in &operations {
                both.step(operation).await?;
            }
            both.hold_the_same().await
        })
    });
    if let Err(failure) = ran {
        panic!("{failure}");
    }
}
