//! Writers that append to many meters, and the book of what was acknowledged to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aggregates::meter::{Command, Event, Meter, Status};
use aggregates::readings::{Day, Reading, end_of_quarter};
use aggregates::registration::{MeterId, Registration};
use aggregates::{Context, ExecuteError, Repository};
use event_store::{CosmosEventStore, EventId, SessionToken, StreamId, Version};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use time::macros::{date, datetime};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::Place;

/// A command is sent again at most so often. One in ten requests fails at worst.
const ATTEMPTS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

const CODE: &str = "7-11-4";

/// Writers, each with clients of its own, that carry out as many commands as they are allowed to.
pub struct Writers {
    allowed: Arc<Semaphore>,
    total: AtomicUsize,
    done: watch::Receiver<usize>,
    tasks: JoinSet<Book>,
}

/// What was acknowledged.
#[derive(Debug, Default)]
pub struct Book {
    /// By stream and event id, the event.
    pub events: BTreeMap<(StreamId, EventId), Event>,
    /// By stream, the last append whose token is known.
    pub tokens: BTreeMap<StreamId, (Version, SessionToken)>,
}

struct Writer {
    name: usize,
    meters: usize,
    repository: Repository<CosmosEventStore, Meter>,
    dice: StdRng,
    /// The meters as this writer last saw them.
    known: BTreeMap<usize, Meter>,
    book: Book,
}

impl Writers {
    /// Starts writers on the same meters. They wait until they are [allowed](Self::allow) to write.
    pub async fn start(endpoint: &str, writers: usize, meters: usize) -> Self {
        let allowed = Arc::new(Semaphore::new(0));
        let (sender, done) = watch::channel(0);
        let mut tasks = JoinSet::new();
        for name in 0..writers {
            let store = Place::open(endpoint).await.store;
            let writer = Writer {
                name,
                meters,
                repository: Repository::new(Arc::new(store)),
                dice: StdRng::seed_from_u64(name as u64),
                known: BTreeMap::new(),
                book: Book::default(),
            };
            tasks.spawn(writer.write(Arc::clone(&allowed), sender.clone()));
        }
        Self { allowed, total: AtomicUsize::new(0), done, tasks }
    }

    /// Allows so many commands more, all writers together.
    pub fn allow(&self, commands: usize) {
        self.total.fetch_add(commands, Ordering::SeqCst);
        self.allowed.add_permits(commands);
    }

    /// Waits until all commands but so many are done.
    ///
    /// # Panics
    ///
    /// A writer gave up.
    pub async fn left(&self, commands: usize) {
        let wanted = self.total.load(Ordering::SeqCst).saturating_sub(commands);
        let mut done = self.done.clone();
        done.wait_for(|done| *done >= wanted).await.expect("a writer is there");
    }

    /// Waits until all commands are done, and ends the writers.
    ///
    /// # Panics
    ///
    /// A writer gave up.
    pub async fn finish(mut self) -> Book {
        self.left(0).await;
        self.allowed.close();
        let mut all = Book::default();
        while let Some(book) = self.tasks.join_next().await {
            let book = book.expect("no writer gave up");
            all.events.extend(book.events);
            for (stream, (version, token)) in book.tokens {
                all.note(stream, version, token);
            }
        }
        all
    }
}

impl Book {
    fn note(&mut self, stream: StreamId, version: Version, token: SessionToken) {
        let newest = self.tokens.entry(stream).or_insert_with(|| (version, token.clone()));
        if version > newest.0 {
            *newest = (version, token);
        }
    }
}

impl Writer {
    async fn write(mut self, allowed: Arc<Semaphore>, done: watch::Sender<usize>) -> Book {
        for number in 0.. {
            let Ok(permit) = allowed.acquire().await else {
                break;
            };
            permit.forget();
            self.command(number).await;
            done.send_modify(|done| *done += 1);
        }
        self.book
    }

    /// Carries out one command, whatever fails. A refusal is an answer, too: others are at the same meters.
    async fn command(&mut self, number: u64) {
        let meter = self.dice.random_range(0..self.meters);
        let id = MeterId::parse(&format!("{}", 87_000_000 + meter)).expect("a plain number");
        let command = self.choose(meter, &id);
        // Clocks jump; a stream's times do not.
        let time = datetime!(2020-05-01 09:00 UTC)
            + time::Duration::minutes(self.dice.random_range(-3_000..3_000));
        let command_id = format!("w{}-{number}", self.name);
        let context = Context::new(command_id.clone(), time);
        for _ in 0..ATTEMPTS {
            let done = self.repository.execute(&id, command.clone(), &context).await;
            match done {
                Ok(done) => {
                    let stream = id.stream();
                    for (place, event) in done.events.into_iter().enumerate() {
                        let event_id = EventId::of_command(&command_id, place);
                        self.book.events.insert((stream.clone(), event_id), event);
                    }
                    if let Some(token) = done.session {
                        self.book.note(stream, done.version, token);
                    }
                    self.known.insert(meter, done.state.aggregate);
                    return;
                }
                Err(ExecuteError::Rejected(_)) => {
                    // Somebody else was here: see what is true.
                    self.known.remove(&meter);
                    return;
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        panic!("command {command_id} failed {ATTEMPTS} times");
    }

    fn choose(&mut self, meter: usize, id: &MeterId) -> Command {
        let activation_code = CODE.to_owned();
        let status = self.known.get(&meter).map_or(Status::Unknown, |meter| meter.status);
        let dice = self.dice.random_range(0..100);
        match (status, dice) {
            (Status::Unknown, 0..40) | (Status::Deregistered, _) => {
                let postal_code = format!("{}01 AB", 10 + meter % 5);
                Command::Register(
                    Registration::new(id.as_str(), &postal_code, "1", CODE).expect("it is valid"),
                )
            }
            (Status::Registered, 0..30) | (_, 0..5) => {
                Command::Activate { activation_code: "wrong".to_owned() }
            }
            (Status::Registered, _) => Command::Activate { activation_code },
            (_, 99) => Command::Deregister,
            (_, 80..99) => Command::CorrectReadings(self.day()),
            _ => Command::CollectReadings(self.day()),
        }
    }

    /// One of the days of two months, with a few readings: these tests are about their number, not their size.
    fn day(&mut self) -> Day {
        let date = date!(2020 - 04 - 01) + time::Duration::days(self.dice.random_range(0..60));
        let mut reading = |quarter| Reading {
            timestamp: end_of_quarter(date, quarter),
            value: self.dice.random_range(0..100),
        };
        Day { date, readings: (1..=3).map(&mut reading).collect() }
    }
}
