//! Random runs of the broker beside a model of it that fits on a page: both must agree on every answer.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::*;

const LOCK: Millis = 30 * SECOND;
const LIFE: Millis = 120 * SECOND;
const WINDOW: Millis = 45 * SECOND;
const DELIVERIES: u32 = 3;

/// A queue with everything switched on, kept in lists that are searched from the front.
#[derive(Default)]
struct Model {
    now: Millis,
    last: u64,
    messages: BTreeMap<u64, Modelled>,
    dead: Vec<(String, u32)>,
    seen: BTreeMap<String, Millis>,
}

#[derive(Clone)]
struct Modelled {
    id: String,
    deliveries: u32,
    expires: Millis,
    locked: Option<(Uuid, Millis)>,
    scheduled: Option<(Millis, Millis)>,
}

impl Model {
    fn send(&mut self, id: &str, life: Option<Millis>, scheduled: Option<Millis>) {
        if self.seen.get(id).is_some_and(|until| *until > self.now) {
            return;
        }
        self.seen.insert(id.to_owned(), self.now + WINDOW);
        let life = life.unwrap_or(LIFE).min(LIFE);
        let later = scheduled.filter(|at| *at > self.now);
        self.enqueue(id.to_owned(), life, later.map(|at| (at, life)));
    }

    fn enqueue(&mut self, id: String, life: Millis, scheduled: Option<(Millis, Millis)>) {
        self.last += 1;
        let expires = self.now + life;
        let message = Modelled { id, deliveries: 0, expires, locked: None, scheduled };
        self.messages.insert(self.last, message);
    }

    fn receive(&mut self) -> Option<(u64, String, u32)> {
        let ready = |it: &&mut Modelled| it.locked.is_none() && it.scheduled.is_none();
        let (sequence, first) =
            self.messages.iter_mut().map(|(s, it)| (*s, it)).find(|(_, it)| ready(it))?;
        first.deliveries += 1;
        first.locked = Some((Uuid::nil(), self.now + LOCK));
        Some((sequence, first.id.clone(), first.deliveries))
    }

    fn holds(&self, sequence: u64, token: Uuid) -> bool {
        let held = self.messages.get(&sequence).and_then(|it| it.locked);
        held.is_some_and(|(known, _)| known == token)
    }

    fn settle(&mut self, sequence: u64, token: Uuid, settlement: Settlement) -> bool {
        if !self.holds(sequence, token) {
            return false;
        }
        match settlement {
            Settlement::Complete => drop(self.messages.remove(&sequence)),
            Settlement::Abandon => self.release(sequence),
            Settlement::Renew => {
                let message = self.messages.get_mut(&sequence).unwrap();
                message.locked = Some((token, self.now + LOCK));
            }
        }
        true
    }

    fn release(&mut self, sequence: u64) {
        let message = self.messages.get_mut(&sequence).unwrap();
        message.locked = None;
        if message.deliveries >= DELIVERIES || message.expires <= self.now {
            let message = self.messages.remove(&sequence).unwrap();
            self.dead.push((message.id, message.deliveries));
        }
    }

    /// Everything that is due happens at its own time.
    fn advance(&mut self, by: Millis) {
        let until = self.now + by;
        let time = |it: &Modelled| match (it.locked, it.scheduled) {
            (Some((_, until)), _) => until,
            (_, Some((at, _))) => at,
            _ => it.expires,
        };
        loop {
            let due = self.messages.iter().map(|(sequence, it)| (time(it), *sequence)).min();
            let Some((time, sequence)) = due.filter(|(time, _)| *time <= until) else {
                break;
            };
            self.now = time;
            let message = self.messages[&sequence].clone();
            match message.scheduled {
                Some((_, life)) => {
                    self.messages.remove(&sequence);
                    self.enqueue(message.id, life, None);
                }
                None => self.release(sequence),
            }
        }
        self.now = until;
    }

    fn counts(&self) -> [u64; 4] {
        let count = |test: &dyn Fn(&Modelled) -> bool| {
            self.messages.values().filter(|it| test(it)).count() as u64
        };
        let locked = count(&|it| it.locked.is_some());
        let scheduled = count(&|it| it.scheduled.is_some());
        let active = self.messages.len() as u64 - locked - scheduled;
        [active, locked, scheduled, self.dead.len() as u64]
    }
}

/// The broker and the model, and the locks that were ever given out.
struct Run {
    bus: Bus,
    model: Model,
    locks: Vec<(u64, Uuid)>,
}

impl Run {
    async fn step(&mut self, random: &mut StdRng) {
        match random.random_range(0..10) {
            0..=2 => self.send(random).await,
            3..=5 => self.receive().await,
            6..=8 => self.settle(random).await,
            _ => {
                let by = random.random_range(1..=40) * SECOND;
                self.bus.advance(by).await;
                self.model.advance(by);
            }
        }
        assert_eq!(self.bus.counts("q"), self.model.counts());
    }

    async fn send(&mut self, random: &mut StdRng) {
        let id = random.random_range(0..60).to_string();
        let life = random.random_bool(0.3).then(|| random.random_range(1..200) * SECOND);
        let at = self.model.now + random.random_range(-5..60) * SECOND;
        let at = random.random_bool(0.3).then_some(at);
        self.model.send(&id, life, at);
        let message = changed(&id, |it| {
            it.time_to_live = life;
            it.scheduled_at = at;
        });
        self.bus.engine.send("q", vec![message]).await.unwrap();
    }

    async fn receive(&mut self) {
        let found = self.bus.lock("q").await;
        let seen = found.as_ref().map(|it| (it.sequence, id(it).to_owned(), it.deliveries));
        assert_eq!(seen, self.model.receive());
        if let Some(delivery) = found {
            let token = delivery.lock.unwrap().token;
            let locked = self.model.messages.get_mut(&delivery.sequence).unwrap();
            locked.locked = locked.locked.map(|(_, until)| (token, until));
            self.locks.push((delivery.sequence, token));
        }
    }

    /// Any lock there ever was, so most are lost.
    async fn settle(&mut self, random: &mut StdRng) {
        let recent = self.locks.len().saturating_sub(4);
        let Some(&(sequence, token)) = self.locks[recent..].choose(random) else {
            return;
        };
        let all = [Settlement::Complete, Settlement::Abandon, Settlement::Renew];
        let settlement = *all.choose(random).unwrap();
        let claim = Claim { source: from("q"), message: sequence.to_string(), token };
        let settled = self.bus.engine.settle(claim, settlement).await;
        assert_eq!(settled.is_ok(), self.model.settle(sequence, token, settlement));
    }
}

async fn run(seed: u64) {
    let bus = Bus::queue(json!({
        "LockDuration": "PT30S", "DefaultMessageTimeToLive": "PT2M", "MaxDeliveryCount": DELIVERIES,
        "DeadLetteringOnMessageExpiration": true, "RequiresDuplicateDetection": true,
        "DuplicateDetectionHistoryTimeWindow": "PT45S",
    }))
    .await;
    let model = Model { now: bus.now(), ..Model::default() };
    let mut run = Run { bus, model, locks: Vec::new() };
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..200 {
        run.step(&mut random).await;
    }
    let dead: Vec<_> = run.bus.browse("q/$").into_iter().map(|it| it.delivery).collect();
    let dead: Vec<_> = dead.iter().map(|it| (id(it).to_owned(), it.deliveries)).collect();
    assert_eq!(dead, run.model.dead);
}

#[tokio::test]
async fn the_broker_agrees_with_its_model_on_every_random_run() {
    for seed in 0..16 {
        // Shown with a failure: the run can be repeated.
        println!("seed {seed}");
        run(seed).await;
    }
}
