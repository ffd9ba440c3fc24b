//! The committer: one thread that owns the writer of the file.
//!
//! It takes whatever write sets are waiting, writes them in the order they came in one redb transaction, and
//! answers each once that is durable. So one flush of the disk serves many, and nobody waits inside a write
//! transaction. Changes of databases, containers and procedures pass through it too: what it sees of the
//! catalogue cannot change under its hands.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

use redb::{Database, ReadableTable as _, Table, WriteTransaction};
use tokio::sync::oneshot;

use super::catalogue::{Catalogue, State};
use super::index::Entries;
use super::locks::Held;
use super::overlay::Write;
use super::record::{self, LogPlace, Record};
use super::storage::{DOCUMENTS, INDEX, LOG, RANGES, UNIQUE};
use super::{Container, Failure, garbage, keys};

/// Write sets in one redb transaction, at most: bounds how long the first of them waits.
const GROUP: usize = 256;

/// What one transaction of one logical partition leaves behind.
pub struct WriteSet {
    pub container: Arc<Container>,
    pub partition: Vec<u8>,
    pub range: u32,
    pub writes: Vec<Write>,
}

/// A write set on its way. The partition stays locked until it is committed.
struct Pending {
    set: WriteSet,
    _held: Held,
    answer: oneshot::Sender<Result<u64, Failure>>,
}

type Change = Box<dyn FnOnce(&Database, &Catalogue) + Send>;

enum Job {
    Commit(Box<Pending>),
    Change(Change),
}

/// The way to the committer. Dropping it ends the thread, after what was handed over is done.
pub struct Committer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Committer {
    pub fn start(database: Arc<Database>, catalogue: Arc<Catalogue>) -> std::io::Result<Self> {
        let (jobs, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("cosmos-local committer".to_owned())
            .spawn(move || run(&database, &catalogue, &waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Hands a write set over; its LSN comes when it is durable. It is committed even if nobody waits.
    pub fn commit(&self, set: WriteSet, held: Held) -> oneshot::Receiver<Result<u64, Failure>> {
        let (answer, committed) = oneshot::channel();
        self.send(Job::Commit(Box::new(Pending {
            set,
            _held: held,
            answer,
        })));
        committed
    }

    /// Changes the catalogue, and the file with it.
    pub async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&WriteTransaction, &mut State) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, done) = oneshot::channel();
        self.send(Job::Change(Box::new(move |database, catalogue| {
            // Nobody may be waiting any more; the change is made all the same.
            let _ = answer.send(catalogue.change(database, change));
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
    Failure::Storage {
        reason: "the committer has stopped".to_owned(),
    }
}

fn run(database: &Database, catalogue: &Catalogue, waiting: &Receiver<Job>) {
    let mut left_over = None;
    loop {
        let garbage = garbage::is_left(catalogue);
        let next = match left_over.take() {
            Some(job) => Ok(job),
            None if garbage => waiting.try_recv(),
            None => waiting.recv().map_err(|_| TryRecvError::Disconnected),
        };
        match next {
            Ok(Job::Change(change)) => change(database, catalogue),
            Ok(Job::Commit(first)) => {
                let group;
                (group, left_over) = gather(first, waiting);
                commit_group(database, catalogue, group);
            }
            Err(TryRecvError::Empty) => {}
            // What garbage is left is found again when the data is opened.
            Err(TryRecvError::Disconnected) => return,
        }
        if garbage && let Err(failure) = garbage::remove_some(database, catalogue) {
            tracing::error!(%failure, "the data of a deleted container could not be removed");
        }
    }
}

/// The write sets that wait already, up to the first job of another kind, which is handed back.
fn gather(first: Box<Pending>, waiting: &Receiver<Job>) -> (Vec<Pending>, Option<Job>) {
    let mut group = vec![*first];
    while group.len() < GROUP {
        match waiting.try_recv() {
            Ok(Job::Commit(pending)) => group.push(*pending),
            Ok(other) => return (group, Some(other)),
            Err(_) => break,
        }
    }
    (group, None)
}

fn commit_group(database: &Database, catalogue: &Catalogue, group: Vec<Pending>) {
    let answers = write_group(database, catalogue, &group);
    for (place, pending) in group.into_iter().enumerate() {
        let answer = match &answers {
            Ok(answers) => answers[place].clone(),
            Err(failure) => Err(failure.clone()),
        };
        let Pending {
            _held: held,
            answer: waiting,
            ..
        } = pending;
        drop(held);
        // Nobody may be waiting any more; it is committed all the same.
        let _ = waiting.send(answer);
    }
}

/// Commits a group: each set has its own answer, or all have the same failure.
fn write_group(
    database: &Database,
    catalogue: &Catalogue,
    group: &[Pending],
) -> Result<Vec<Result<u64, Failure>>, Failure> {
    let transaction = database.begin_write()?;
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

struct Tables<'a> {
    ranges: Table<'a, (u64, u32), (u64, u64)>,
    documents: Table<'a, &'static [u8], &'static [u8]>,
    log: Table<'a, &'static [u8], &'static [u8]>,
    index: Table<'a, &'static [u8], ()>,
    unique: Table<'a, &'static [u8], &'static str>,
}

impl<'a> Tables<'a> {
    fn open(transaction: &'a WriteTransaction) -> Result<Self, Failure> {
        Ok(Self {
            ranges: transaction.open_table(RANGES)?,
            documents: transaction.open_table(DOCUMENTS)?,
            log: transaction.open_table(LOG)?,
            index: transaction.open_table(INDEX)?,
            unique: transaction.open_table(UNIQUE)?,
        })
    }

    /// Writes a set under the next LSN of its range.
    fn write(&mut self, container: &Container, set: &WriteSet) -> Result<u64, Failure> {
        let range = (container.number, set.range);
        let (last, mut highest) = self
            .ranges
            .get(range)?
            .map_or((0, 0), |entry| entry.value());
        let lsn = last + 1;
        // All old entries go before any new one comes: a document may take the unique key of another.
        for write in &set.writes {
            self.remove(container, set, write)?;
        }
        for (ordinal, write) in (0..).zip(&set.writes) {
            let place = LogPlace {
                range: set.range,
                lsn,
                ordinal,
            };
            let number = self.insert(container, set, write, place)?;
            highest = highest.max(number);
        }
        self.ranges.insert(range, (lsn, highest))?;
        Ok(lsn)
    }

    fn remove(
        &mut self,
        container: &Container,
        set: &WriteSet,
        write: &Write,
    ) -> Result<(), Failure> {
        let Some((before, entries)) = &write.before else {
            return Ok(());
        };
        self.log
            .remove(record::log_key(container.number, before.place).as_slice())?;
        if write.after.is_none() {
            let key = keys::join(&set.partition, write.id.as_bytes());
            self.documents.remove(key.as_slice())?;
        }
        for key in current_index(container, set, &write.id, &before.body, entries)?.iter() {
            self.index.remove(key.as_slice())?;
        }
        for key in &entries.unique {
            self.unique.remove(key.as_slice())?;
        }
        Ok(())
    }

    /// Writes what is there afterwards; returns the document's number.
    fn insert(
        &mut self,
        container: &Container,
        set: &WriteSet,
        write: &Write,
        place: LogPlace,
    ) -> Result<u64, Failure> {
        let Some((after, entries)) = &write.after else {
            return Ok(0);
        };
        let key = keys::join(&set.partition, write.id.as_bytes());
        let (number, etag, body) = (after.number, after.etag, after.body.clone());
        let record = Record {
            place,
            number,
            etag,
            body,
        }
        .encode();
        self.documents.insert(key.as_slice(), record.as_slice())?;
        let entry = record::log_entry(after.at, keys::without_container(&key));
        self.log.insert(
            record::log_key(container.number, place).as_slice(),
            entry.as_slice(),
        )?;
        for key in current_index(container, set, &write.id, &after.body, entries)?.iter() {
            self.index.insert(key.as_slice(), ())?;
        }
        for key in &entries.unique {
            self.unique.insert(key.as_slice(), write.id.as_str())?;
        }
        Ok(number)
    }
}

/// A document's index entries: those the transaction made, unless the indexing policy has changed since.
fn current_index<'a>(
    container: &Container,
    set: &WriteSet,
    id: &str,
    body: &[u8],
    entries: &'a Entries,
) -> Result<std::borrow::Cow<'a, [Vec<u8>]>, Failure> {
    if container.definition.indexed == set.container.definition.indexed {
        return Ok((&entries.index).into());
    }
    let entries = Entries::of_stored(&container.definition, &set.partition, id, body)?;
    Ok(entries.index.into())
}
