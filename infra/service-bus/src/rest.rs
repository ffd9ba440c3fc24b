//! The port over `azure_messaging_servicebus`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use azure_messaging_servicebus::service_bus::{PeekLockResponse, QueueClient, TopicClient};
use legacy_azure_core::HttpClient;
use legacy_azure_core::error::ErrorKind;

use crate::headers::{self, Arrived};
use crate::http::Refusal;
use crate::retry::Retry;
use crate::settings::Key;
use crate::{Bus, BusError, Delivery, Incoming, Message, ServiceBus, Source};

/// The longest time a broker lets a receiver wait.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A message that is larger was refused for that; the limit of the Standard tier is 256 KB with all there is.
const LARGE: usize = 240 * 1024;

/// What a broker that says nothing is waited for.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A message held under a lock.
pub struct Lock {
    entity: String,
    response: PeekLockResponse,
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("entity", &self.entity).finish_non_exhaustive()
    }
}

/// What the crate's clients are made of.
pub(crate) struct Rest {
    http: Arc<dyn HttpClient>,
    namespace: String,
    key: Key,
    retry: Retry,
}

impl Rest {
    pub(crate) fn new(http: Arc<dyn HttpClient>, namespace: String, key: Key) -> Self {
        Self { http, namespace, key, retry: Retry::default() }
    }

    /// A queue and a topic are sent to alike, so this is a topic as well.
    fn queue(&self, name: &str) -> Result<QueueClient, BusError> {
        let Key { policy, key } = self.key.clone();
        let made = QueueClient::new(self.http.clone(), &self.namespace, name, policy, key);
        made.map_err(|error| BusError::Transient(error.into()))
    }

    fn topic(&self, name: &str) -> Result<TopicClient, BusError> {
        let Key { policy, key } = self.key.clone();
        let made = TopicClient::new(self.http.clone(), &self.namespace, name, policy, key);
        made.map_err(|error| BusError::Transient(error.into()))
    }

    async fn peek_lock(&self, from: &Source, wait: Duration) -> Result<PeekLockResponse, BusError> {
        let wait = Some(whole_seconds(wait));
        let dead = if from.dead_letters { "/$deadletterqueue" } else { "" };
        let answer = if let Some(name) = &from.subscription {
            let topic = self.topic(&from.entity)?;
            let receiver = topic.subscription_receiver(&format!("{name}{dead}"));
            receiver.peek_lock_message2(wait).await
        } else {
            let queue = self.queue(&format!("{}{dead}", from.entity))?;
            queue.peek_lock_message2(wait).await
        };
        answer.map_err(|error| asked(error, &from.to_string()))
    }
}

impl Bus for ServiceBus {
    type Lock = Lock;

    async fn send(&self, to: &str, message: &Message) -> Result<(), BusError> {
        check_entity(to)?;
        message.check()?;
        let rest = self.rest();
        let queue = rest.queue(to)?;
        let send = || async {
            let sent = queue.send_message(&message.body, Some(headers::options(message))).await;
            sent.map_err(|error| sent_in_vain(error, to, message.size()))
        };
        rest.retry.run(send).await
    }

    /// Not repeated: an answer that was lost may have been a message, and each time counts as a delivery.
    async fn receive(&self, from: &Source, wait: Duration) -> Incoming<Lock> {
        check_entity(&from.entity)?;
        from.subscription.as_deref().map_or(Ok(()), check_entity)?;
        let response = self.rest().peek_lock(from, wait).await?;
        match u16::from(*response.status()) {
            204 => Ok(None),
            201 => {
                let Ok(arrived) = response.custom_properties::<Arrived>();
                let message = arrived.with_body(response.body())?;
                let lock = Lock { entity: from.to_string(), response };
                Ok(Some(Delivery { message, lock }))
            }
            status => {
                Err(BusError::Transient(format!("a message came with status {status}").into()))
            }
        }
    }

    async fn complete(&self, lock: &Lock) -> Result<(), BusError> {
        let complete = || async { settled(lock, lock.response.delete_message().await.map(drop)) };
        self.rest().retry.run(complete).await
    }

    async fn abandon(&self, lock: &Lock) -> Result<(), BusError> {
        let abandon = || async { settled(lock, lock.response.unlock_message().await) };
        self.rest().retry.run(abandon).await
    }

    async fn renew(&self, lock: &Lock) -> Result<(), BusError> {
        let renew = || async { settled(lock, lock.response.renew_message_lock().await) };
        self.rest().retry.run(renew).await
    }
}

/// Names go into addresses as they are, so they must not change what is addressed.
fn check_entity(name: &str) -> Result<(), BusError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_/".contains(c);
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    if first && name.chars().all(allowed) && !name.contains("..") {
        return Ok(());
    }
    Err(BusError::NoSuchEntity { entity: name.to_owned() })
}

/// The crate drops fractions, and with them a short wait. No wait is asked for as none.
fn whole_seconds(wait: Duration) -> Duration {
    let up = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs(wait.as_secs().saturating_add(up)).min(MAX_WAIT)
}

fn settled(lock: &Lock, answer: legacy_azure_core::Result<()>) -> Result<(), BusError> {
    answer.map_err(|error| match error.downcast_ref::<Refusal>() {
        Some(Refusal { status: 404 | 409, .. }) => BusError::LockLost,
        _ => asked(error, &lock.entity),
    })
}

/// Why a message was not sent: for its size, if it is large, whatever else a broker may call that.
fn sent_in_vain(error: legacy_azure_core::Error, to: &str, size: usize) -> BusError {
    let refused = error.downcast_ref::<Refusal>();
    match refused.map(|refusal| (refusal.status, &refusal.detail)) {
        Some((403, detail)) if size > LARGE => too_large(size, detail),
        Some((413, detail)) => too_large(size, detail),
        _ => asked(error, to),
    }
}

fn too_large(size: usize, detail: &str) -> BusError {
    let reason =
        format!("it has {size} bytes, which is too large ({detail}); send a reference instead");
    BusError::Rejected { reason }
}

/// What a broker's no means.
fn asked(error: legacy_azure_core::Error, entity: &str) -> BusError {
    let Some(Refusal { status, detail, retry_after }) = error.downcast_ref::<Refusal>().cloned()
    else {
        return match error.kind() {
            ErrorKind::Credential => BusError::Unauthorized { reason: chain(&error) },
            _ => BusError::Transient(error.into()),
        };
    };
    match status {
        401 => BusError::Unauthorized { reason: detail },
        404 | 410 => BusError::NoSuchEntity { entity: entity.to_owned() },
        403 | 429 => BusError::Throttled { retry_after: retry_after.unwrap_or(RETRY_AFTER) },
        400..=499 if status != 408 => BusError::Rejected { reason: format!("{status}: {detail}") },
        _ => match retry_after {
            Some(retry_after) => BusError::Throttled { retry_after },
            None => BusError::Transient(error.into()),
        },
    }
}

/// A reason with its causes, for those who do not print the chain.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
