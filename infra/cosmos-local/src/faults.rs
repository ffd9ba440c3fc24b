//! Faults to order: what a test or a lesson wants to go wrong, how often, and for whom.
//!
//! Knows neither HTTP nor storage. The gateway asks for each request whether it is struck.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// What requests do, as far as faults tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum OperationKind {
    /// A point read of an item.
    Read,
    /// The creation of an item.
    Create,
    /// The creation or replacement of an item.
    Upsert,
    /// The replacement of an item.
    Replace,
    /// The change of parts of an item.
    Patch,
    /// The deletion of an item.
    Delete,
    /// A transactional batch, or a bulk of operations.
    Batch,
    /// A query over items, the plan of one, or the list of all items.
    Query,
    /// A page of the change feed.
    Feed,
    /// The execution of a stored procedure.
    Procedure,
    /// Whatever is about the account, databases, containers, ranges, procedures and offers. Struck only by a
    /// fault that names it.
    Metadata,
}

/// What happens to a request that is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "effect")]
#[non_exhaustive]
pub enum Effect {
    /// 429 with sub-status 3200 and `x-ms-retry-after-ms`; nothing is done.
    Throttled {
        /// What the client is told to wait, in milliseconds.
        #[serde(default)]
        retry_after_ms: u64,
    },
    /// 449, retry with; nothing is done.
    RetryWith,
    /// 503; nothing is done.
    Unavailable,
    /// 408; nothing is done.
    Timeout,
    /// The request is carried out, and its connection or stream breaks off without an answer.
    LoseAnswer,
    /// The request is carried out after this time.
    Wait {
        /// In milliseconds, at most a minute.
        wait_ms: u64,
    },
}

/// Something that is to go wrong: by itself, with the next request of any operation on items.
///
/// In JSON: `{"effect": "throttled", "retryAfterMs": 10, "operation": "create", "count": 3}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// What happens.
    #[serde(flatten)]
    pub effect: Effect,
    /// To which operations; without one, to all on items and to procedures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationKind>,
    /// In which container, by its own name; without one, in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// To how many matching requests; 0 is to all until the faults are cleared.
    #[serde(default = "once")]
    pub count: u64,
    /// How likely it strikes a matching request, from 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
    /// What the dice of `probability` begin with: the same seed strikes the same requests.
    #[serde(default)]
    pub seed: u64,
}

fn once() -> u64 {
    1
}

fn always() -> f64 {
    1.0
}

impl Fault {
    /// Strikes the next request on items or of a procedure.
    #[must_use]
    pub fn new(effect: Effect) -> Self {
        Self {
            effect,
            operation: None,
            container: None,
            count: once(),
            probability: always(),
            seed: 0,
        }
    }

    /// Strikes only operations of this kind.
    #[must_use]
    pub fn on(self, operation: OperationKind) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Strikes only in containers of this name.
    #[must_use]
    pub fn within(self, container: impl Into<String>) -> Self {
        Self { container: Some(container.into()), ..self }
    }

    /// Strikes so many requests; 0 is no end.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { count, ..self }
    }

    /// Strikes a matching request with this probability, from 0 to 1.
    #[must_use]
    pub fn with_probability(self, probability: f64, seed: u64) -> Self {
        Self { probability, seed, ..self }
    }
}

/// A fault that was ordered, and what it has done so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OrderedFault {
    /// As it was ordered.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests it has struck.
    pub struck: u64,
}

/// Longer than any client waits.
const WAIT_MOST: Duration = Duration::from_secs(60);
const FAULTS_MOST: usize = 100;

/// All faults that were ordered, in that order; spent ones are kept to be looked at.
#[derive(Default)]
pub struct Faults {
    ordered: Mutex<Vec<Dice>>,
}

struct Dice {
    ordered: OrderedFault,
    random: StdRng,
}

impl Faults {
    /// Puts a fault behind the others; the reason, if it makes no sense.
    pub fn order(&self, fault: Fault) -> Result<(), String> {
        if !(0.0..=1.0).contains(&fault.probability) {
            return Err(format!("'probability' is {}, it must be from 0 to 1", fault.probability));
        }
        if let Effect::Wait { wait_ms } | Effect::Throttled { retry_after_ms: wait_ms } =
            fault.effect
            && Duration::from_millis(wait_ms) > WAIT_MOST
        {
            return Err(format!("{wait_ms} ms is too long, the most is {WAIT_MOST:?}"));
        }
        let mut ordered = self.list();
        if ordered.len() >= FAULTS_MOST {
            return Err(format!("there are {FAULTS_MOST} faults already: clear them first"));
        }
        let random = StdRng::seed_from_u64(fault.seed);
        ordered.push(Dice { ordered: OrderedFault { fault, struck: 0 }, random });
        Ok(())
    }

    /// What was ordered, and how often it has struck.
    pub fn all(&self) -> Vec<OrderedFault> {
        self.list().iter().map(|dice| dice.ordered.clone()).collect()
    }

    pub fn clear(&self) {
        self.list().clear();
    }

    /// What happens to a request: the first fault that matches and whose dice fall so.
    pub fn strike(&self, operation: OperationKind, container: Option<&str>) -> Option<Effect> {
        let mut ordered = self.list();
        let mut matching = ordered.iter_mut().filter(|dice| dice.matches(operation, container));
        matching.find_map(Dice::roll)
    }

    fn list(&self) -> MutexGuard<'_, Vec<Dice>> {
        self.ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dice {
    fn matches(&self, operation: OperationKind, container: Option<&str>) -> bool {
        let OrderedFault { fault, struck } = &self.ordered;
        let meant = match fault.operation {
            Some(kind) => kind == operation,
            None => operation != OperationKind::Metadata,
        };
        let here = fault.container.is_none() || fault.container.as_deref() == container;
        meant && here && (fault.count == 0 || *struck < fault.count)
    }

    fn roll(&mut self) -> Option<Effect> {
        let OrderedFault { fault, struck } = &mut self.ordered;
        let struck_now = self.random.random_bool(fault.probability);
        *struck += u64::from(struck_now);
        struck_now.then_some(fault.effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNAVAILABLE: Effect = Effect::Unavailable;

    fn faults(faults: impl IntoIterator<Item = Fault>) -> Faults {
        let all = Faults::default();
        for fault in faults {
            all.order(fault).unwrap();
        }
        all
    }

    #[test]
    fn a_fault_strikes_so_many_matching_requests_and_no_more() {
        let fault = Fault::new(UNAVAILABLE).on(OperationKind::Create).within("events").times(2);
        let faults = faults([fault]);
        let strike = |kind, container| faults.strike(kind, Some(container));
        assert_eq!(strike(OperationKind::Read, "events"), None);
        assert_eq!(strike(OperationKind::Create, "views"), None);
        let struck = [1, 2, 3].map(|_| strike(OperationKind::Create, "events"));
        assert_eq!(struck, [Some(UNAVAILABLE), Some(UNAVAILABLE), None]);
        assert_eq!(faults.all()[0].struck, 2);
    }

    #[test]
    fn faults_strike_one_after_the_other() {
        let faults = faults([Fault::new(UNAVAILABLE), Fault::new(Effect::Timeout)]);
        let struck = [1, 2, 3].map(|_| faults.strike(OperationKind::Batch, None));
        assert_eq!(struck, [Some(UNAVAILABLE), Some(Effect::Timeout), None]);
    }

    #[test]
    fn metadata_is_struck_only_when_it_is_named() {
        let all = faults([Fault::new(UNAVAILABLE).times(0)]);
        assert_eq!(all.strike(OperationKind::Metadata, None), None);
        let named = faults([Fault::new(UNAVAILABLE).on(OperationKind::Metadata)]);
        assert_eq!(named.strike(OperationKind::Metadata, None), Some(UNAVAILABLE));
    }

    #[test]
    fn a_tenth_of_all_is_about_a_tenth_and_the_same_one_for_the_same_seed() {
        let struck = |seed| -> Vec<bool> {
            let tenth = Fault::new(UNAVAILABLE).times(0).with_probability(0.1, seed);
            let faults = faults([tenth]);
            (0..1000).map(|_| faults.strike(OperationKind::Read, None).is_some()).collect()
        };
        let hits = struck(7).iter().filter(|hit| **hit).count();
        assert!((60..140).contains(&hits), "{hits}");
        assert_eq!(struck(7), struck(7));
        assert_ne!(struck(7), struck(8));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |fault| Faults::default().order(fault).unwrap_err();
        let unlikely = Fault::new(UNAVAILABLE).with_probability(1.5, 0);
        assert!(refused(unlikely).contains("probability"));
        assert!(refused(Fault::new(Effect::Wait { wait_ms: 3_600_000 })).contains("too long"));
    }

    #[test]
    fn a_fault_reads_from_json_and_is_shown_as_it_was_ordered() {
        let text = r#"{"effect":"throttled","retryAfterMs":10,"operation":"create","count":3}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        let expected = Fault::new(Effect::Throttled { retry_after_ms: 10 });
        assert_eq!(fault, expected.on(OperationKind::Create).times(3));
        let all = faults([fault]).all();
        let shown = serde_json::to_value(&all[0]).unwrap();
        assert_eq!((&shown["effect"], &shown["struck"]), (&"throttled".into(), &0.into()));
        assert!(serde_json::from_str::<Fault>(r#"{"effect":"explode"}"#).is_err());
    }
}
