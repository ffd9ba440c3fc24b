//! Lets requests pay with the throughput of their range, where that is switched on.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use http::Method;

use super::address::Address;
use super::answer::Answer;
use super::dispatch::Call;
use super::failure::Refusal;
use super::{Gateway, scope};
use crate::charge;
use crate::engine::Engine;
use crate::throttle::Share;

/// Times are counted from here.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn now() -> Duration {
    START.elapsed()
}

impl Call {
    /// Carries out the operation if its range has throughput left.
    pub async fn metered(&self, gateway: &Gateway) -> Result<Answer, Refusal> {
        let share = gateway.throttle.as_ref().zip(self.share(&gateway.engine));
        let Some((throttle, share)) = share else {
            return self.answer(gateway).await;
        };
        throttle.admit(share, now()).map_err(Refusal::throttled)?;
        let answer = self.answer(gateway).await;
        throttle.pay(share, answer.as_ref().map_or(charge::FLAT, Answer::charge), now());
        answer
    }

    /// The range that pays: that of the partition key or the one named, else the first. What a container's
    /// throughput does not pay for has none.
    fn share(&self, engine: &Engine) -> Option<Share> {
        let name = match &self.address {
            Address::Items(name) | Address::Item(name, _) => name,
            Address::Procedure(name, _) if self.method == Method::POST => name,
            _ => return None,
        };
        let container = engine.container(&name.database, &name.container).ok()?;
        let by_key = || {
            let key = self.headers.partition_key().ok()??;
            Some(container.range_of(&container.epk(&key).ok()?))
        };
        let named = scope::range(&container, &self.headers).ok().flatten();
        let range = by_key().or(named).or(container.ranges.first())?.id;
        let Some(own) = container.throughput else {
            // All containers of a database pay from one purse. No container has a number as small as a database's.
            let (number, shared) = engine.shared_throughput(&name.database)?;
            return Some(Share { range: (number.into(), 0), rate: shared.most().into() });
        };
        let ranges = u32::try_from(container.ranges.len()).unwrap_or(u32::MAX);
        let rate = f64::from(own.most()) / f64::from(ranges);
        Some(Share { range: container.range_number(range), rate })
    }
}
