//! Receives messages, hands them to an inbox, and settles them.

use std::sync::Arc;
use std::time::Duration;

use projections::Signals;
use service_bus::{Bus, BusError, Delivery, Received, Source};
use tracing::{Instrument, Span, info_span};

use crate::error::reasons;
use crate::{Accepted, Error, Inbox, IntegrationEvent, Parked, Parking};

/// How long a receive waits for a message.
const WAIT: Duration = Duration::from_secs(20);

/// Pauses while the broker cannot be asked: from this one, doubled each time, to that one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// How a consumer deals with time.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The lock is renewed after so long: at most half of what the subscription gives.
    pub renew: Duration,
    /// How long a message is held back after it was refused the first time; doubled each further time, up to
    /// the time after which the lock is renewed.
    pub pause: Duration,
}

/// For locks of a minute, which is what the specs of this kit give.
impl Default for Patience {
    fn default() -> Self {
        Self { renew: Duration::from_secs(25), pause: Duration::from_millis(200) }
    }
}

/// Receives from one source. Any number of them may.
pub struct Consumer<B, I, P> {
    bus: Arc<B>,
    source: Source,
    inbox: I,
    parking: P,
    patience: Patience,
}

/// What a turn came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// No message came.
    Idle,
    /// A message was handled.
    Taken(Accepted),
    /// A message can never be handled. It is parked with the reason.
    Parked,
    /// A message was given back. It comes again, until it has come too often and is a dead letter.
    GivenBack,
}

impl<B: Bus, I: Inbox, P: Parking> Consumer<B, I, P> {
    /// Hands what comes from the source to the inbox.
    #[must_use]
    pub fn new(bus: Arc<B>, source: Source, inbox: I, parking: P, patience: Patience) -> Self {
        Self { bus, source, inbox, parking, patience }
    }

    /// Takes messages until it is told to stop, and finishes the one it is at.
    pub async fn run(self, mut signals: Signals) {
        let mut pause = PAUSES.0;
        while !signals.stopping() {
            // A message that comes at this very moment stays locked, and comes again when its lock ends.
            let received = tokio::select! {
                received = self.bus.receive(&self.source, WAIT) => received,
                () = signals.stopped() => return,
            };
            let done = match received {
                Ok(Some(delivery)) => self.take(delivery).await,
                Ok(None) => Ok(Turn::Idle),
                Err(error) => Err(error),
            };
            match done {
                Ok(_) => pause = PAUSES.0,
                Err(error) => {
                    let consumer = self.inbox.consumer();
                    tracing::warn!(consumer, error = reasons(&error), "trying again");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        () = signals.stopped() => return,
                    }
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    /// Takes one message, if one comes in time.
    ///
    /// # Errors
    ///
    /// The broker cannot be asked. A message that was not settled comes again.
    pub async fn turn(&self, wait: Duration) -> Result<Turn, BusError> {
        match self.bus.receive(&self.source, wait).await? {
            Some(delivery) => self.take(delivery).await,
            None => Ok(Turn::Idle),
        }
    }

    async fn take(&self, delivery: Delivery<B::Lock>) -> Result<Turn, BusError> {
        let Delivery { message, lock } = delivery;
        let handled = self.handle(&message).instrument(self.span(&message));
        let taken = self.keeping(&lock, handled).await;
        let (turn, settled) = match taken {
            Ok(turn) => (turn, self.bus.complete(&lock).await),
            Err(error) => {
                let (consumer, id) = (self.inbox.consumer(), &message.id);
                tracing::warn!(consumer, id, error = reasons(&error), "given back");
                let pause = self.pause(message.delivery_count);
                self.keeping(&lock, tokio::time::sleep(pause)).await;
                (Turn::GivenBack, self.bus.abandon(&lock).await)
            }
        };
        match settled {
            // It comes again, and the inbox knows it then.
            Err(BusError::LockLost) => Ok(turn),
            settled => settled.map(|()| turn),
        }
    }

    /// Hands the message to the inbox, or parks it if that is useless.
    async fn handle(&self, message: &Received) -> Result<Turn, Error> {
        loop {
            let accepted = match IntegrationEvent::read(message) {
                Ok(event) => self.inbox.accept(&event).await,
                Err(error) => Err(error),
            };
            match accepted {
                Ok(accepted) => {
                    tracing::info!(?accepted, "message taken");
                    return Ok(Turn::Taken(accepted));
                }
                Err(error) if error.is_permanent() => {
                    let reason = reasons(&error);
                    tracing::error!(reason, "message parked");
                    let parked = Parked::untaken(self.inbox.consumer(), message, reason);
                    self.parking.park(&parked).await.map_err(Error::Documents)?;
                    return Ok(Turn::Parked);
                }
                // Nothing is wrong with the message, so it costs no delivery.
                Err(error) => match error.pause() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
            }
        }
    }

    /// What the log says of the message while it is handled.
    fn span(&self, message: &Received) -> Span {
        let (consumer, id) = (self.inbox.consumer(), &message.id);
        let correlation_id = message.correlation_id.as_deref();
        info_span!("message", otel.kind = "consumer", consumer, id, correlation_id)
    }

    /// Renews the lock while something is being done. When the lock is lost all the same, the work goes on: who is slower
    /// than any lock must come to an end some time.
    async fn keeping<T>(&self, lock: &B::Lock, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(self.patience.renew) => {
                    if let Err(error) = self.bus.renew(lock).await {
                        tracing::warn!(error = reasons(&error), "could not renew a lock");
                    }
                }
            }
        }
    }

    fn pause(&self, deliveries: u32) -> Duration {
        let doubled = 1 << deliveries.saturating_sub(1).min(10);
        (self.patience.pause * doubled).min(self.patience.renew)
    }
}
