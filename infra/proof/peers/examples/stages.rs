use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use aggregates::{Aggregate, Context, Folded, Repository, State, States, encode};
use event_store::{EventId, EventStore, Expected, MemoryEventStore, Metadata, NewEvent, Range, StreamId};
use serde::{Deserialize, Serialize};
use snapshots::Cached;
use time::OffsetDateTime;

#[derive(Debug, Clone, Default)]
struct Counter { count: u64 }
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Event { Counted { by: u64 } }
impl Aggregate for Counter {
    const CATEGORY: &'static str = "counter";
    type Id = String;
    type Command = u64;
    type Event = Event;
    type Error = std::convert::Infallible;
    fn decide(&self, by: u64) -> Result<Vec<Event>, Self::Error> { Ok(vec![Event::Counted { by }]) }
    fn evolve(&mut self, event: &Event) { let Event::Counted { by } = event; self.count += by; }
}
const N: u64 = 200_000;
fn time(name: &str, mut f: impl FnMut(u64)) {
    let t = Instant::now();
    for n in 0..N { f(n); }
    println!("{name:40}{:>8.0} ns", t.elapsed().as_nanos() as f64 / N as f64);
}
fn main() {
    let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ids: Vec<_> = (0..N).map(|n| StreamId::new("counter", &format!("counter-{n}")).unwrap()).collect();
    time("context (format, clock)", |n| { black_box(Context::new(format!("command-{n}"), OffsetDateTime::now_utc())); });
    time("clock alone", |_| { black_box(OffsetDateTime::now_utc()); });
    time("stream id", |n| { black_box(StreamId::new("counter", &format!("counter-{n}")).unwrap()); });
    time("encode", |_| { black_box(encode(&Event::Counted { by: 1 }).unwrap()); });
    let now = OffsetDateTime::now_utc();
    time("event id", |_| { black_box(EventId::of_command("command-1234", 0)); });
    time("encode + NewEvent", |_| {
        let (kind, data) = encode(&Event::Counted { by: 1 }).unwrap();
        let id = EventId::of_command("command-1234", 0);
        let meta = Metadata { correlation_id: Some("command-1234".to_owned()), ..Metadata::at(now) };
        black_box(NewEvent::of_json(id, kind, data, meta).unwrap());
    });
    let store = Arc::new(MemoryEventStore::default());
    time("load of a stream that is not there", |n| { black_box(rt.block_on(store.load(&ids[n as usize], Range::all())).unwrap()); });
    let mut events: Vec<_> = (0..N).map(|n| {
        let (kind, data) = encode(&Event::Counted { by: 1 }).unwrap();
        Some(vec![NewEvent::of_json(EventId::of_command(&format!("command-{n}"), 0), kind, data, Metadata::at(now)).unwrap()])
    }).collect();
    time("append to a new stream", |n| { black_box(rt.block_on(store.append(&ids[n as usize], Expected::NoStream, events[n as usize].take().unwrap())).unwrap()); });
    let cached: Cached<Folded<MemoryEventStore>, Counter> = Cached::new(Folded::new(Arc::clone(&store)), 1_000);
    let state = State::<Counter>::default();
    time("keep in the cache", |n| { cached.keep(&ids[n as usize], &state); });
    time("empty block_on", |n| { black_box(rt.block_on(async { n })); });
    let store = Arc::new(MemoryEventStore::default());
    let states: Cached<Folded<MemoryEventStore>, Counter> = Cached::new(Folded::new(Arc::clone(&store)), 1_000);
    let repo: Repository<MemoryEventStore, Counter, _> = Repository::with_states(store, states);
    rt.block_on(async {
        let t = Instant::now();
        for n in 0..N {
            let context = Context::new(format!("command-{n}"), OffsetDateTime::now_utc());
            repo.execute(&format!("counter-{n}"), 1, &context).await.unwrap();
        }
        println!("{:40}{:>8.0} ns", "a command, all of it", t.elapsed().as_nanos() as f64 / N as f64);
    });
}
