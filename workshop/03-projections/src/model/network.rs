//! The dice. Whatever happens by chance happens here, so that a seed tells the whole story.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::Error;

/// Something that goes on by itself, as long as it is polled.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing happened, and that is said.
    Refused,
    /// It happened, and nobody is told.
    AnswerLost,
    /// It happened, the client sent it again by itself, and is told what came of the second time.
    SentTwice,
    /// The client gives it up, and it happens later.
    Delayed,
}

/// What all requests of a run go through. Clones share it.
#[derive(Clone)]
pub(crate) struct Network(Arc<Mutex<State>>);

struct State {
    dice: SmallRng,
    calm: bool,
    /// Requests that were given up and are still on their way.
    delayed: Vec<Task>,
    /// What happened, if somebody wants to know.
    story: Option<Vec<String>>,
}

impl Network {
    pub(crate) fn new(seed: u64, told: bool) -> Self {
        let dice = SmallRng::seed_from_u64(seed);
        let story = told.then(Vec::new);
        Self(Arc::new(Mutex::new(State { dice, calm: false, delayed: Vec::new(), story })))
    }

    /// A number below `end`.
    pub(crate) fn below(&self, end: usize) -> usize {
        self.state().dice.random_range(0..end)
    }

    /// Whether something happens that does so in so many of a hundred cases, unless the network is calm.
    pub(crate) fn strikes(&self, percent: u32) -> bool {
        let mut state = self.state();
        !state.calm && state.dice.random_ratio(percent, 100)
    }

    /// From now on nothing goes wrong any more.
    pub(crate) fn calm(&self) {
        self.state().calm = true;
    }

    /// On its way: the others may go on meanwhile.
    pub(crate) async fn pause(&self) {
        for _ in 0..=self.below(2) {
            let mut waited = false;
            poll_fn(|context| {
                if std::mem::replace(&mut waited, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    /// What becomes of the next request; `None` if it goes well.
    pub(crate) fn fault(&self) -> Option<Fault> {
        const FAULTS: [Fault; 4] =
            [Fault::Refused, Fault::AnswerLost, Fault::SentTwice, Fault::Delayed];
        self.strikes(10).then(|| FAULTS[self.below(FAULTS.len())])
    }

    /// Lets a request go on that its client gave up.
    pub(crate) fn delay(&self, request: Task) {
        self.state().delayed.push(request);
    }

    /// The requests that were given up since this was asked last.
    pub(crate) fn delayed(&self) -> Vec<Task> {
        std::mem::take(&mut self.state().delayed)
    }

    /// Takes down what happened.
    pub(crate) fn note(&self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.state().story {
            story.push(what());
        }
    }

    /// What happened, line by line.
    pub(crate) fn story(&self) -> Vec<String> {
        self.state().story.clone().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The other side takes no more for the moment.
pub(crate) fn busy() -> Error {
    Error::Busy { retry_after: Duration::ZERO, source: "429".into() }
}

/// The connection broke.
pub(crate) fn lost() -> Error {
    Error::Failed("the connection broke".into())
}
