//! What happens, as it happens: told to whoever listens, with the price of each append.
//!
//! It knows the appends of this process. Those of others are in the views.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daybook::event_store::{Appended, Charge, NewEvent, RecordedEvent, StreamId, Version};
use tokio::sync::broadcast;

use crate::Seen;

/// How many appends keep their price, and how far a slow listener may fall behind.
const PRICES: usize = 10_000;
const BACKLOG: usize = 256;

/// How many of the latest events are kept.
const LATEST: usize = 50;

/// Tells what happens. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    /// Gone once the ledger is closed, so that listeners come to an end.
    listeners: Option<broadcast::Sender<Entry>>,
    prices: HashMap<(StreamId, Version), Price>,
    /// The keys of the prices, oldest first.
    order: VecDeque<(StreamId, Version)>,
    counted: Counted,
    /// Oldest first.
    latest: VecDeque<RecordedEvent>,
    /// What a charge is counted in, such as `RU`.
    unit: &'static str,
}

/// What this process has appended since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counted {
    /// Appends that wrote something.
    pub appends: u64,
    /// Events they wrote.
    pub events: u64,
    /// Request units they cost.
    pub charge: Charge,
}

/// An event that was just stored.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The event.
    pub event: RecordedEvent,
    /// What its append cost.
    pub price: Price,
    /// What lets a reader of views wait for it.
    pub seen: Option<Seen>,
}

/// What an append cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Request units.
    pub charge: Charge,
    /// Requests.
    pub trips: u32,
    /// Events that were written by it.
    pub events: usize,
}

impl Ledger {
    /// An empty ledger, whose charges are counted in `unit`.
    #[must_use]
    pub fn new(unit: &'static str) -> Self {
        let listeners = Some(broadcast::Sender::new(BACKLOG));
        let (prices, order, latest) = (HashMap::new(), VecDeque::new(), VecDeque::new());
        let counted = Counted::default();
        let inner = Inner { listeners, prices, order, counted, latest, unit };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Enters the events of one append.
    pub fn enter(&self, stream: &StreamId, events: Vec<NewEvent>, appended: &Appended) {
        let Appended { charge, trips, .. } = *appended;
        let price = Price { charge, trips, events: events.len() };
        let before = Version(appended.version.0.saturating_sub(events.len() as u64));
        let token = appended.session.clone();
        let seen = token.map(|token| Seen { stream: stream.clone(), token });
        let mut inner = self.lock();
        inner.counted.appends += 1;
        inner.counted.events += events.len() as u64;
        inner.counted.charge += charge;
        for (index, event) in events.into_iter().enumerate() {
            let (stream, version) = (stream.clone(), before.plus(index + 1));
            inner.keep((stream.clone(), version), price);
            let event = RecordedEvent { stream, version, event };
            inner.latest.push_back(event.clone());
            if let Some(listeners) = &inner.listeners {
                // No listener is no failure.
                let _ = listeners.send(Entry { event, price, seen: seen.clone() });
            }
        }
        while inner.latest.len() > LATEST {
            inner.latest.pop_front();
        }
    }

    /// Listens from now on; `None` once the ledger is closed.
    #[must_use]
    pub fn listen(&self) -> Option<broadcast::Receiver<Entry>> {
        self.lock().listeners.as_ref().map(broadcast::Sender::subscribe)
    }

    /// The latest events, the newest first, at most `most`.
    #[must_use]
    pub fn latest(&self, most: usize) -> Vec<RecordedEvent> {
        self.lock().latest.iter().rev().take(most).cloned().collect()
    }

    /// The price of the append that wrote an event, if this process made it.
    #[must_use]
    pub fn price(&self, stream: &StreamId, version: Version) -> Option<Price> {
        self.lock().prices.get(&(stream.clone(), version)).copied()
    }

    /// A price in words, such as `17.78 RU · 1 trip`.
    #[must_use]
    pub fn say(&self, charge: Charge, trips: u32) -> String {
        let word = if trips == 1 { "trip" } else { "trips" };
        format!("{:.2} {} · {trips} {word}", charge.0, self.lock().unit)
    }

    /// The sum of many appends in words, such as `120.40 RU · 7 appends`.
    #[must_use]
    pub fn say_sum(&self, charge: Charge, appends: u64) -> String {
        let word = if appends == 1 { "append" } else { "appends" };
        format!("{:.2} {} · {appends} {word}", charge.0, self.lock().unit)
    }

    /// What was appended so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        self.lock().counted
    }

    /// A price with the number of events it was paid for, where that was more than one.
    #[must_use]
    pub fn say_price(&self, price: Price) -> String {
        let said = self.say(price.charge, price.trips);
        match price.events {
            0 | 1 => said,
            events => format!("{said} for {events} events"),
        }
    }

    /// Lets every listener go: the program ends.
    pub fn close(&self) {
        self.lock().listeners = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn keep(&mut self, event: (StreamId, Version), price: Price) {
        if self.order.len() == PRICES
            && let Some(oldest) = self.order.pop_front()
        {
            self.prices.remove(&oldest);
        }
        self.order.push_back(event.clone());
        self.prices.insert(event, price);
    }
}
