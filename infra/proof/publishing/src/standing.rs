//! A bus and a handler that stand still at a chosen point.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use projections::{Error, Handler, Page};
use service_bus::{Bus, BusError, Incoming, Message, ServiceBus, Source};
use tokio::sync::watch;

use crate::Point;

/// Stands still at one point, for good.
#[derive(Clone)]
pub struct Standing(Arc<Inner>);

struct Inner {
    point: Option<Point>,
    still: watch::Sender<bool>,
    /// Sends that were begun, and those that the broker has acknowledged.
    begun: AtomicU32,
    sent: AtomicU32,
}

impl Standing {
    /// Stands still at the point, if one is given.
    #[must_use]
    pub fn at(point: Option<Point>) -> Self {
        let (still, counter) = (watch::Sender::new(false), AtomicU32::default);
        Self(Arc::new(Inner { point, still, begun: counter(), sent: counter() }))
    }

    /// Waits until it stands still.
    pub async fn stands_still(&self) {
        // The sender lives as long as we do.
        let _ = self.0.still.subscribe().wait_for(|still| *still).await;
    }

    /// Stands still for good, if this is the point or the point was reached elsewhere.
    async fn reach(&self, here: Point) {
        if self.0.point == Some(here) {
            self.0.still.send_replace(true);
        }
        if *self.0.still.borrow() {
            std::future::pending::<()>().await;
        }
    }
}

/// The real bus. It stands still before or after a send.
pub struct StandingBus {
    bus: ServiceBus,
    standing: Standing,
}

impl StandingBus {
    /// The bus, with a point to stand still at.
    #[must_use]
    pub fn new(bus: ServiceBus, standing: &Standing) -> Self {
        Self { bus, standing: standing.clone() }
    }
}

impl Bus for StandingBus {
    type Lock = <ServiceBus as Bus>::Lock;

    async fn send(&self, to: &str, message: &Message) -> Result<(), BusError> {
        let counts = &self.standing.0;
        self.standing.reach(Point::BeforeSend(counts.begun.fetch_add(1, Ordering::SeqCst))).await;
        self.bus.send(to, message).await?;
        self.standing.reach(Point::AfterSend(counts.sent.fetch_add(1, Ordering::SeqCst) + 1)).await;
        Ok(())
    }

    async fn receive(&self, from: &Source, wait: Duration) -> Incoming<Self::Lock> {
        self.bus.receive(from, wait).await
    }

    async fn complete(&self, lock: &Self::Lock) -> Result<(), BusError> {
        self.bus.complete(lock).await
    }

    async fn abandon(&self, lock: &Self::Lock) -> Result<(), BusError> {
        self.bus.abandon(lock).await
    }

    async fn renew(&self, lock: &Self::Lock) -> Result<(), BusError> {
        self.bus.renew(lock).await
    }
}

/// A handler that stands still before a page or after it.
pub struct StandingHandler<H> {
    handler: H,
    standing: Standing,
}

impl<H: Handler> StandingHandler<H> {
    /// The handler, with a point to stand still at.
    #[must_use]
    pub fn new(handler: H, standing: &Standing) -> Self {
        Self { handler, standing: standing.clone() }
    }
}

impl<H: Handler> Handler for StandingHandler<H> {
    async fn handle(&self, page: &Page) -> Result<(), Error> {
        self.standing.reach(Point::BeforePage).await;
        let before = self.standing.0.sent.load(Ordering::SeqCst);
        self.handler.handle(page).await?;
        if self.standing.0.sent.load(Ordering::SeqCst) > before {
            self.standing.reach(Point::AfterPage).await;
        }
        Ok(())
    }
}
