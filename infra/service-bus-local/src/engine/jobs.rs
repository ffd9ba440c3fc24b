//! What the broker is asked to do, and how each is answered.

use tokio::sync::oneshot;

use super::receive::Mode;
use super::settle::{Claim, Settlement};
use super::waiting::Answer;
use super::work::Work;
use super::{Failure, Source, broker};
use crate::config::Entities;
use crate::message::Message;

/// Where the answer to a job goes.
pub type Done = oneshot::Sender<Result<(), Failure>>;

pub enum Job {
    Send {
        to: String,
        messages: Vec<Message>,
        done: Done,
    },
    /// With a ticket, the receiver waits if there is nothing.
    Receive {
        source: Source,
        mode: Mode,
        ticket: Option<u64>,
        answer: Answer,
    },
    /// The receiver with this ticket waits no longer.
    GiveUp {
        ticket: u64,
    },
    Settle {
        claim: Claim,
        settlement: Settlement,
        done: Done,
    },
    Define {
        entities: Entities,
        done: Done,
    },
    /// Does what is due by the clock.
    CatchUp {
        done: Done,
    },
    /// Removes every message; entities stay.
    Reset {
        done: Done,
    },
    /// Nobody is to wait any more.
    Close,
}

impl Work<'_> {
    /// Does jobs in their order. A refusal is the answer to its job; a failed storage ends them all.
    pub fn all(&mut self, jobs: Vec<Job>) -> Result<(), Failure> {
        for job in jobs {
            self.one(job)?;
            self.serve_all()?;
        }
        Ok(())
    }

    fn one(&mut self, job: Job) -> Result<(), Failure> {
        match job {
            Job::Send { to, messages, done } => {
                let sent = self.send(&to, messages);
                self.answer(sent, done)
            }
            Job::Settle { claim, settlement, done } => {
                let settled = self.settle(&claim, settlement);
                self.answer(settled, done)
            }
            Job::Receive { source, mode, ticket, answer } => {
                self.receive(&source, mode, ticket, answer)
            }
            Job::GiveUp { ticket } => {
                self.waiting.give_up(ticket);
                Ok(())
            }
            Job::Close => {
                self.waiting.close();
                Ok(())
            }
            Job::Reset { done } => {
                let cleared = self.tables.clear();
                self.answer(cleared, done)
            }
            Job::CatchUp { done } => self.answer(Ok(()), done),
            // The desk does these before it comes here.
            Job::Define { done, .. } => self.answer(Err(broker::stopped()), done),
        }
    }

    fn receive(
        &mut self,
        source: &Source,
        mode: Mode,
        ticket: Option<u64>,
        answer: Answer,
    ) -> Result<(), Failure> {
        let tray = match self.tray(source) {
            Ok(tray) => tray,
            Err(refused) => return self.answer(Err(refused), answer),
        };
        let found = self.take(tray, mode)?;
        match ticket {
            Some(ticket) if found.is_none() => {
                self.waiting.push(tray.number(), ticket, mode, answer);
                Ok(())
            }
            _ => self.answer(Ok(found), answer),
        }
    }

    /// Answers once the transaction is durable, unless it is the storage that failed.
    fn answer<T: Send + 'static>(
        &mut self,
        outcome: Result<T, Failure>,
        done: oneshot::Sender<Result<T, Failure>>,
    ) -> Result<(), Failure> {
        if let Err(failure @ Failure::Storage { .. }) = outcome {
            return Err(failure);
        }
        self.replies.push(Box::new(move || {
            // Nobody may be waiting any more; it is done all the same.
            let _ = done.send(outcome);
        }));
        Ok(())
    }
}
