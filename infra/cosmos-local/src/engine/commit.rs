//! The committer: one thread that writes the file.
//!
//! It takes whatever write sets are waiting, writes them in the order they came in one redb transaction, and
//! answers each once that is durable. So one flush of the disk serves many, and nobody waits inside a write
//! transaction. Changes of databases, containers and procedures pass through it too.
//!
//! In memory a commit waits for no disk. One that nobody can share, since all others wait for the same partition, is
//! made by whoever brings it: to wake the thread would only keep them waiting. All begin their transaction before
//! they look at the catalogue, so that it cannot change under their hands.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

use redb::WriteTransaction;
use tokio::sync::oneshot;

use super::catalogue::{Catalogue, State};
use super::locks::Held;
use super::storage::Writer;
use super::write_set::{Landed, Tables, WriteSet};
use super::{Failure, garbage};

/// Write sets in one redb transaction, at most: bounds how long the first of them waits.
const GROUP: usize = 256;

/// A write set on its way. The partition stays locked until it is committed.
struct Pending {
    set: WriteSet,
    _held: Held,
    answer: oneshot::Sender<Result<Landed, Failure>>,
}

type Change = Box<dyn FnOnce(&Writer, &Catalogue) + Send>;

enum Job {
    Commit(Box<Pending>),
    Change(Change),
}

/// The way to the committer. Dropping it ends the thread, after what was handed over is done.
pub struct Committer {
    writer: Arc<Writer>,
    catalogue: Arc<Catalogue>,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub fn start(writer: Writer, catalogue: Arc<Catalogue>) -> std::io::Result<Self> {
        let (jobs, waiting) = channel();
        let writer = Arc::new(writer);
        let thread =
            std::thread::Builder::new().name("cosmos-local committer".to_owned()).spawn({
                let (writer, catalogue) = (Arc::clone(&writer), Arc::clone(&catalogue));
                move || run(&writer, &catalogue, &waiting)
            })?;
        Ok(Self { writer, catalogue, jobs: Some(jobs), thread: Some(thread) })
    }

    /// Hands a write set over; its place comes when it is durable. It is committed even if nobody waits.
    pub fn commit(&self, set: WriteSet, held: Held) -> oneshot::Receiver<Result<Landed, Failure>> {
        let (answer, committed) = oneshot::channel();
        let at_once = self.writer.is_in_memory() && held.all_others_wait();
        let pending = Pending { set, _held: held, answer };
        if at_once {
            commit_group(&self.writer, &self.catalogue, vec![pending]);
        } else {
            self.send(Job::Commit(Box::new(pending)));
        }
        committed
    }

    /// Changes the catalogue, and the file with it.
    pub async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&WriteTransaction, &mut State) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, done) = oneshot::channel();
        self.send(Job::Change(Box::new(move |writer, catalogue| {
            // Nobody may be waiting any more; the change is made all the same.
            let _ = answer.send(catalogue.change(writer, change));
        })));
        done.await.unwrap_or_else(|_| Err(stopped()))
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // If the thread is gone the job is dropped, and its answer with it: the caller sees `stopped`.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The answer when the committer is gone, which only a defect or a failed disk brings about.
pub fn stopped() -> Failure {
    Failure::Storage { reason: "the committer has stopped".to_owned() }
}

fn run(writer: &Writer, catalogue: &Catalogue, waiting: &Receiver<Job>) {
    let mut left_over = None;
    loop {
        let garbage = garbage::is_left(catalogue);
        let next = match left_over.take() {
            Some(job) => Ok(job),
            None if garbage => waiting.try_recv(),
            None => waiting.recv().map_err(|_| TryRecvError::Disconnected),
        };
        match next {
            Ok(Job::Change(change)) => change(writer, catalogue),
            Ok(Job::Commit(first)) => {
                let group;
                (group, left_over) = gather(*first, waiting);
                commit_group(writer, catalogue, group);
            }
            Err(TryRecvError::Empty) => {}
            // What garbage is left is found again when the data is opened.
            Err(TryRecvError::Disconnected) => return,
        }
        if garbage && let Err(failure) = garbage::remove_some(writer, catalogue) {
            tracing::error!(%failure, "the data of a deleted container could not be removed");
        }
    }
}

/// The write sets that wait already, up to the first job of another kind, which is handed back.
fn gather(first: Pending, waiting: &Receiver<Job>) -> (Vec<Pending>, Option<Job>) {
    let mut group = vec![first];
    while group.len() < GROUP {
        match waiting.try_recv() {
            Ok(Job::Commit(pending)) => group.push(*pending),
            Ok(other) => return (group, Some(other)),
            Err(_) => break,
        }
    }
    (group, None)
}

fn commit_group(writer: &Writer, catalogue: &Catalogue, group: Vec<Pending>) {
    let answers = write_group(writer, catalogue, &group);
    for (place, pending) in group.into_iter().enumerate() {
        let answer = match &answers {
            Ok(answers) => answers[place].clone(),
            Err(failure) => Err(failure.clone()),
        };
        let Pending { _held: held, answer: waiting, .. } = pending;
        drop(held);
        // Nobody may be waiting any more; it is committed all the same.
        let _ = waiting.send(answer);
    }
}

/// Commits a group: each set has its own answer, or all have the same failure.
fn write_group(
    writer: &Writer,
    catalogue: &Catalogue,
    group: &[Pending],
) -> Result<Vec<Result<Landed, Failure>>, Failure> {
    let transaction = writer.begin()?;
    let mut answers = Vec::with_capacity(group.len());
    {
        let mut tables = Tables::open(&transaction)?;
        for pending in group {
            let set = &pending.set;
            answers.push(match catalogue.current(&set.container) {
                Ok(container) => Ok(tables.write(&container, set)?),
                Err(deleted) => Err(deleted),
            });
        }
    }
    transaction.commit()?;
    Ok(answers)
}
