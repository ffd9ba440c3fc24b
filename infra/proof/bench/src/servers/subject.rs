//! A peer that holds so many documents, and what is asked of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::peer::{Peer, Process};
use super::requests::{HOT, PROCEDURE, SHORT, answered, asked, event, written};
use super::wire::{Asked, Wire};
use super::{Layout, Operation};
use crate::Failure;

/// Clients at a time.
const CLIENTS: u32 = 16;

/// A peer that takes longer to fill is left out at this size, and one that takes longer to read its feed at the polls.
const FILLING: Duration = Duration::from_secs(180);

/// A peer whose round takes longer is not asked for another: what it takes so long for varies little.
const PATIENCE: Duration = Duration::from_secs(8);

/// A peer with its documents.
pub struct Subject {
    process: Process,
    wire: Wire,
    /// Events of the stream that is asked.
    length: u64,
    range: Option<String>,
    next: Arc<AtomicU32>,
    /// Where the feed was found to end.
    end: String,
    /// That there is no such operation there, or that it takes too long, is found out once.
    done_with: Vec<Operation>,
}

impl Subject {
    /// Starts it and fills it; `None` when it is too slow for so many.
    pub async fn fill(peer: Peer, layout: Layout, size: u64) -> Result<Option<Self>, Failure> {
        let process = Process::start(peer)?;
        let wire = Wire::new(&process.endpoint);
        wire.provision().await?;
        let length = if layout == Layout::One { size } else { SHORT };
        let mut documents: Vec<Value> = (1..=length).map(|version| event(HOT, version)).collect();
        if layout == Layout::Thousand {
            documents
                .extend((0..size).map(|n| event(&format!("meter:{}", n % 1_000), 1 + n / 1_000)));
        }
        let documents = Arc::new(documents);
        let (next, until) = (Arc::new(AtomicU32::new(0)), Instant::now() + FILLING);
        let clients = (0..CLIENTS).map(|_| {
            tokio::spawn(store(wire.clone(), Arc::clone(&documents), Arc::clone(&next), until))
        });
        for done in try_join_all(clients).await? {
            done?;
        }
        if (next.load(Ordering::Relaxed) as usize) < documents.len() {
            return Ok(None);
        }
        let mut subject = Self {
            process,
            wire,
            length,
            range: None,
            next: Arc::default(),
            end: "*".to_owned(),
            done_with: Vec::new(),
        };
        subject.prepare().await?;
        Ok(Some(subject))
    }

    /// Finds the range of the stream, and registers the procedure where there are any.
    async fn prepare(&mut self) -> Result<(), Failure> {
        let read = Asked::new(Method::GET, "/docs/e1").of(HOT);
        let (_, headers, _) = self.wire.send(&read).await?;
        let token = headers.get("x-ms-session-token").and_then(|token| token.to_str().ok());
        self.range = token.and_then(|token| Some(token.split_once(':')?.0.to_owned()));
        let procedure = json!({ "id": "append", "body": PROCEDURE });
        let (status, ..) =
            self.wire.send(&Asked::new(Method::POST, "/sprocs").body(procedure)).await?;
        if status != 201 {
            self.done_with.push(Operation::Procedure);
        }
        Ok(())
    }

    pub fn memory(&self) -> Option<u64> {
        self.process.memory()
    }

    /// What an operation takes, measured over many; `None` when it cannot be done here. What a round writes it removes
    /// again, so that the next finds as many documents.
    pub async fn round(
        &mut self,
        operation: Operation,
        round: usize,
        most: u32,
        time: Duration,
    ) -> Result<Option<Duration>, Failure> {
        if self.done_with.contains(&operation) {
            return Ok(None);
        }
        if operation == Operation::Poll && !self.reach_end().await? {
            self.done_with.push(operation);
            return Ok(None);
        }
        let token = self.end.clone();
        self.next.store(0, Ordering::Relaxed);
        let clients = match operation {
            Operation::Tail | Operation::Highest | Operation::Poll => 1,
            _ => CLIENTS,
        };
        let started = Instant::now();
        let running = (0..clients).map(|_| {
            let (wire, next, token) = (self.wire.clone(), Arc::clone(&self.next), token.clone());
            let (length, range) = (self.length, self.range.clone());
            tokio::spawn(async move {
                let mut done = Vec::new();
                while started.elapsed() < time {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= most {
                        break;
                    }
                    let asked = asked(operation, round, number, length, &token, range.as_deref());
                    let sent = Instant::now();
                    let (status, _, body) = wire.send(&asked).await?;
                    if !answered(operation, status, &body) {
                        return Ok((done, false));
                    }
                    done.push((number, sent.elapsed()));
                }
                Ok::<_, Failure>((done, true))
            })
        });
        let (mut done, mut can) = (Vec::new(), true);
        for client in try_join_all(running).await? {
            let (of_client, all) = client?;
            done.extend(of_client);
            can &= all;
        }
        let took = started.elapsed();
        self.remove(operation, round, &done).await?;
        if !can || took > PATIENCE {
            self.done_with.push(operation);
        }
        if !can {
            return Ok(None);
        }
        let times: Vec<_> = done.iter().map(|(_, time)| *time).collect();
        Ok(Some(match clients {
            // Whatever else the machine does for a moment hits few of the operations of one client.
            1 => crate::figures::median(&times),
            _ => took / u32::try_from(times.len())?.max(1),
        }))
    }

    /// Reads the feed to where it ends, before it is polled; false when that takes too long.
    async fn reach_end(&mut self) -> Result<bool, Failure> {
        let until = Instant::now() + FILLING;
        while Instant::now() < until {
            let poll = asked(Operation::Poll, 0, 0, 0, &self.end, self.range.as_deref());
            let (status, headers, _) = self.wire.send(&poll).await?;
            let etag = headers.get("etag").and_then(|etag| etag.to_str().ok());
            etag.unwrap_or("*").clone_into(&mut self.end);
            if status != 200 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn remove(
        &self,
        operation: Operation,
        round: usize,
        done: &[(u32, Duration)],
    ) -> Result<(), Failure> {
        let names = match operation {
            Operation::Create => 0..1,
            Operation::Batch => 0..3,
            Operation::Procedure => 3..4,
            _ => 0..0,
        };
        for (number, _) in done {
            for name in names.clone() {
                let id = written(round, *number, name);
                let delete = Asked::new(Method::DELETE, format!("/docs/{id}")).of(HOT);
                self.wire.send(&delete).await?;
            }
        }
        Ok(())
    }
}

/// Stores what is left to store.
async fn store(
    wire: Wire,
    documents: Arc<Vec<Value>>,
    next: Arc<AtomicU32>,
    until: Instant,
) -> Result<(), Failure> {
    while Instant::now() < until {
        let Some(document) = documents.get(next.fetch_add(1, Ordering::Relaxed) as usize) else {
            // Each client takes one number more than there are.
            next.fetch_max(u32::try_from(documents.len())?, Ordering::Relaxed);
            return Ok(());
        };
        let stream = document["stream"].as_str().ok_or("an event has a stream")?;
        let create = Asked::new(Method::POST, "/docs").of(stream).body(document.clone());
        let (status, _, body) = wire.send(&create).await?;
        if status != 201 {
            return Err(format!("a document was not stored: {status} {body}").into());
        }
    }
    next.store(0, Ordering::Relaxed);
    Ok(())
}
