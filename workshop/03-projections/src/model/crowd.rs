//! Polls one task after the other, as the dice fall; leaves some for a while, and some for good.

use std::task::{Context, Poll, Waker};

use tokio::task::unconstrained;

use super::network::{Network, Task};

/// So many polls are more than anything needs that goes on at all.
const STUCK: usize = 20_000;

/// Tasks that are under way.
pub(crate) struct Crowd {
    network: Network,
    tasks: Vec<Member>,
    turn: usize,
}

struct Member {
    task: Task,
    name: String,
    /// It does nothing before this turn: it stalls.
    stalls_until: usize,
}

impl Crowd {
    pub(crate) fn new(network: &Network) -> Self {
        Self { network: network.clone(), tasks: Vec::new(), turn: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(crate) fn add(&mut self, name: String, task: Task) {
        // It is not for tokio to put a task off: the dice do that.
        self.tasks.push(Member { task: Box::pin(unconstrained(task)), name, stalls_until: 0 });
    }

    /// Lets chance decide whose turn it is, and what becomes of it.
    pub(crate) fn step(&mut self) {
        self.turn += 1;
        for late in self.network.delayed() {
            self.add("a late request".to_owned(), late);
        }
        let Some(chosen) = (!self.tasks.is_empty()).then(|| self.network.below(self.tasks.len()))
        else {
            return;
        };
        if self.network.strikes(2) {
            let Member { name, .. } = self.tasks.swap_remove(chosen);
            self.network.note(|| format!("{name} crashes"));
            return;
        }
        if self.network.strikes(3) {
            self.tasks[chosen].stalls_until = self.turn + self.network.below(150);
        }
        if self.tasks[chosen].stalls_until <= self.turn && self.tasks[chosen].poll() {
            self.tasks.swap_remove(chosen);
        }
    }

    /// Somebody goes on, and nothing goes wrong with that.
    pub(crate) fn go_on(&mut self) {
        if self.tasks.is_empty() {
            return;
        }
        let chosen = self.network.below(self.tasks.len());
        if self.tasks[chosen].poll() {
            self.tasks.swap_remove(chosen);
        }
    }

    /// Lets everybody who is left wake up and end, together.
    pub(crate) fn finish(&mut self) -> Result<(), String> {
        for _ in 0..STUCK {
            for late in self.network.delayed() {
                self.add("a late request".to_owned(), late);
            }
            if self.tasks.is_empty() {
                return Ok(());
            }
            self.go_on();
        }
        let names: Vec<_> = self.tasks.iter().map(|member| &*member.name).collect();
        Err(format!("never ends: {}", names.join(", ")))
    }
}

impl Member {
    /// Goes on to the next place where it waits; answers whether it has ended.
    fn poll(&mut self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        matches!(self.task.as_mut().poll(&mut context), Poll::Ready(()))
    }
}
