//! The broker: one thread that owns the writer of the file.
//!
//! It takes whatever jobs are waiting, does them in the order they came in one redb transaction, and answers each
//! once that is durable. So one flush of the disk serves many, everything happens in one order, and nobody waits
//! inside a transaction: a receiver that finds nothing is kept beside it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use super::Failure;
use super::catalogue::{Catalogue, Described};
use super::jobs::Job;
use super::storage::{ENTITIES, Writer};
use super::tables::Tables;
use super::waiting::Waiting;
use super::work::Work;
use crate::clock::{Clock, Millis};
use crate::config::Entities;

/// Jobs in one transaction, at most: bounds how long the first of them waits.
const GROUP: usize = 256;

/// The catalogue as it is now.
pub type Shared = Arc<RwLock<Arc<Catalogue>>>;

/// The way to the broker. Dropping it ends the thread, after what was handed over is done.
pub struct Broker {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Broker {
    /// Ends the locks of whoever had the data open before, and starts.
    pub fn start(writer: Writer, catalogue: Shared, clock: Clock) -> Result<Self, Failure> {
        let now = clock.millis();
        let mut desk =
            Desk { writer, catalogue, clock, now, next_due: None, waiting: Waiting::default() };
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is not general enough"
        )]
        while desk.transaction(|work| work.end_locks())? {}
        let (jobs, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("service-bus-local broker".to_owned())
            .spawn(move || desk.run(&waiting))
            .map_err(|error| Failure::Storage { reason: error.to_string() })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub fn hand(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // If the thread is gone the job is dropped, and its answer with it: the caller sees `stopped`.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The answer when a job was not finished, which only a defect or a failed disk brings about.
pub fn stopped() -> Failure {
    Failure::Storage { reason: "the broker could not finish; the log says why".to_owned() }
}

/// What the thread works with.
struct Desk {
    writer: Writer,
    catalogue: Shared,
    clock: Clock,
    /// Never goes back, whatever the system's clock does.
    now: Millis,
    next_due: Option<Millis>,
    waiting: Waiting,
}

impl Desk {
    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let first = match self.next_due.and_then(|due| self.clock.until(due)) {
                Some(left) => jobs.recv_timeout(left),
                None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            let group = match first {
                Ok(job) => std::iter::once(job).chain(jobs.try_iter().take(GROUP - 1)).collect(),
                Err(RecvTimeoutError::Timeout) => Vec::new(),
                Err(RecvTimeoutError::Disconnected) => return,
            };
            self.pass(group);
        }
    }

    /// What is due comes first, so that no job sees a message whose time is over.
    fn pass(&mut self, group: Vec<Job>) {
        self.now = self.now.max(self.clock.millis());
        while self.next_due.is_some_and(|due| due <= self.now) {
            #[expect(
                clippy::redundant_closure_for_method_calls,
                reason = "the method is not general enough"
            )]
            let done = self.transaction(|work| work.do_due());
            if let Err(failure) = done {
                tracing::error!(%failure, "what is due could not be done");
                // Tried again with the next job, not for ever.
                self.next_due = None;
            }
        }
        let mut group = group.into_iter().peekable();
        while group.peek().is_some() {
            // A change of entities is a transaction of its own.
            let ordinary = |job: &Job| !matches!(job, Job::Define { .. });
            let jobs: Vec<_> = std::iter::from_fn(|| group.next_if(ordinary)).collect();
            if !jobs.is_empty()
                && let Err(failure) = self.transaction(|work| work.all(jobs))
            {
                tracing::error!(%failure, "a group of jobs failed");
            }
            if let Some(Job::Define { entities, done }) = group.next() {
                let _ = done.send(self.define(entities));
            }
        }
    }

    /// Runs a transaction; commits it if it wrote anything. Answers go out when that is done.
    fn transaction<T>(
        &mut self,
        run: impl FnOnce(&mut Work<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let transaction = self.writer.begin()?;
        let catalogue = current(&self.catalogue);
        let (done, written, replies) = {
            let tables = Tables::open(&transaction)?;
            let (now, waiting) = (self.now, &mut self.waiting);
            let mut work =
                Work { tables, catalogue: &catalogue, waiting, now, replies: Vec::new() };
            let done = run(&mut work);
            let done = done.and_then(|value| Ok((value, work.tables.first_due()?)));
            (done, work.tables.written, work.replies)
        };
        // What fails here drops the answers, which tells those who wait for them.
        let (value, next_due) = match done {
            Ok(done) => done,
            Err(failure) => {
                transaction.abort()?;
                return Err(failure);
            }
        };
        if written {
            transaction.commit()?;
        } else {
            transaction.abort()?;
        }
        self.next_due = next_due.map(|(time, _)| time);
        for reply in replies {
            reply();
        }
        Ok(value)
    }

    /// Creates and changes entities, in the file and for whoever comes next.
    fn define(&mut self, entities: Entities) -> Result<(), Failure> {
        let described = current(&self.catalogue).with(entities)?;
        let transaction = self.writer.begin()?;
        {
            let mut table = transaction.open_table(ENTITIES)?;
            for (number, described) in &described {
                table.insert(number, stored(described)?.as_slice())?;
            }
        }
        let catalogue = Arc::new(Catalogue::of(described)?);
        transaction.commit()?;
        *self.catalogue.write().unwrap_or_else(PoisonError::into_inner) = catalogue;
        Ok(())
    }
}

/// A panic cannot leave the catalogue half changed: it is only ever replaced.
pub fn current(shared: &Shared) -> Arc<Catalogue> {
    Arc::clone(&shared.read().unwrap_or_else(PoisonError::into_inner))
}

fn stored(described: &Described) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(described).map_err(|error| Failure::Storage { reason: error.to_string() })
}
