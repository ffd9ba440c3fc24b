//! The whole of it against a real broker in this process.

mod memory;

use std::time::Duration;

use memory::MemoryBus;
use service_bus::{
    Bus, BusError, Capabilities, Delivery, EntitySpec, Error, Filter, Message, Place, QueueSpec,
    ServiceBus, Settings, Source, SubscriptionSpec, TopicSpec, Value, resubmit, resubmit_where,
};
use time::OffsetDateTime;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

const fn subscription(name: &'static str, filter: Filter) -> SubscriptionSpec {
    SubscriptionSpec { name, lock: MINUTE, max_delivery_count: 3, time_to_live: HOUR, filter }
}

const SPECS: &[EntitySpec] = &[
    EntitySpec::Queue(QueueSpec {
        name: "work",
        lock: MINUTE,
        max_delivery_count: 3,
        time_to_live: HOUR,
        duplicate_window: None,
    }),
    EntitySpec::Topic(TopicSpec {
        name: "events",
        time_to_live: HOUR,
        duplicate_window: Some(Duration::from_secs(300)),
        subscriptions: &[
            subscription("everything", Filter::Everything),
            subscription("orders", Filter::Labels(&["OrderPlaced", "OrderPaid"])),
            subscription("large", Filter::Sql("amount > 1000")),
        ],
    }),
];

async fn bus() -> ServiceBus {
    let bus = ServiceBus::connect(&Settings::ephemeral()).await.unwrap();
    bus.provision(SPECS).await.unwrap();
    bus
}

fn work() -> Source {
    Source::queue("work")
}

async fn next<B: Bus>(bus: &B, source: &Source) -> Delivery<B::Lock> {
    bus.receive(source, Duration::ZERO).await.unwrap().expect("there is a message")
}

async fn none<B: Bus>(bus: &B, source: &Source) -> bool {
    bus.receive(source, Duration::ZERO).await.unwrap().is_none()
}

async fn send(bus: &impl Bus, id: &str) {
    bus.send("work", &Message::new(id, "{}")).await.unwrap();
}

/// Abandons the next message until it is dead-lettered.
async fn kill(bus: &impl Bus, source: &Source) {
    for _ in 0..3 {
        bus.abandon(&next(bus, source).await.lock).await.unwrap();
    }
}

#[tokio::test]
async fn an_embedded_place_can_do_everything() {
    let everything = Capabilities { management: true, browsing: true, clock: true };
    assert_eq!(bus().await.capabilities(), everything);
}

#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let bus = bus().await;
    let properties = [
        ("streamid", Value::Text("meter:87000001".to_owned())),
        ("streamversion", Value::Integer(3)),
        ("rate", Value::Real(0.5)),
        ("urgent", Value::Boolean(true)),
    ];
    let sent = Message {
        session: Some("meter:87000001".to_owned()),
        label: Some("Zähler abgelesen 電".to_owned()),
        correlation_id: Some("c-1".to_owned()),
        properties: properties.map(|(name, value)| (name.to_owned(), value)).into(),
        ..Message::new("command/0", r#"{"kWh":"0.417","note":"größer 電"}"#)
    };
    bus.send("work", &sent).await.unwrap();
    let received = next(&bus, &work()).await.message;
    assert_eq!(
        (received.id, received.session, received.label),
        (sent.id, sent.session, sent.label)
    );
    assert_eq!(received.correlation_id, sent.correlation_id);
    assert_eq!(received.content_type.as_deref(), Some("application/json"));
    assert_eq!((received.properties, received.body), (sent.properties, sent.body));
    assert_eq!((received.sequence_number, received.delivery_count), (1, 1));
    let left = received.locked_until.unwrap() - OffsetDateTime::now_utc();
    assert!(left > Duration::from_secs(55) && left <= MINUTE, "{left}");
}

/// What every adapter has to do, and all that users rely on.
async fn settles(bus: &impl Bus) {
    assert!(none(bus, &work()).await);
    send(bus, "a").await;
    send(bus, "b").await;
    let (a, b) = (next(bus, &work()).await, next(bus, &work()).await);
    assert_eq!((a.message.id.as_str(), b.message.id.as_str()), ("a", "b"));
    assert!(none(bus, &work()).await);
    bus.renew(&a.lock).await.unwrap();
    bus.complete(&a.lock).await.unwrap();
    for lost in [bus.complete(&a.lock).await, bus.abandon(&a.lock).await, bus.renew(&a.lock).await]
    {
        assert!(matches!(lost, Err(BusError::LockLost)), "{lost:?}");
    }
    bus.abandon(&b.lock).await.unwrap();
    let again = next(bus, &work()).await;
    assert_eq!((again.message.id.as_str(), again.message.delivery_count), ("b", 2));
    bus.abandon(&again.lock).await.unwrap();
    bus.abandon(&next(bus, &work()).await.lock).await.unwrap();
    assert!(none(bus, &work()).await);
    let dead = next(bus, &work().dead_letters()).await;
    resubmit(bus, &dead, "work").await.unwrap();
    assert!(none(bus, &work().dead_letters()).await);
    assert_eq!(next(bus, &work()).await.message.delivery_count, 1);
    let absent = bus.send("absent", &Message::new("a", "")).await;
    assert!(matches!(absent, Err(BusError::NoSuchEntity { .. })), "{absent:?}");
}

#[tokio::test]
async fn messages_are_settled_over_rest() {
    settles(&bus().await).await;
}

/// A second adapter takes no change to those who use the port.
#[tokio::test]
async fn messages_are_settled_over_another_adapter() {
    settles(&MemoryBus::with_queue("work", 3)).await;
}

#[tokio::test]
async fn subscriptions_get_what_their_filters_let_through() {
    let bus = bus().await;
    let message = |id: &str, label: &str, amount| Message {
        label: Some(label.to_owned()),
        properties: [("amount".to_owned(), Value::Integer(amount))].into(),
        ..Message::new(id, "{}")
    };
    bus.send("events", &message("1", "OrderPlaced", 5)).await.unwrap();
    bus.send("events", &message("2", "OrderShipped", 5000)).await.unwrap();
    bus.send("events", &message("2", "OrderShipped", 5000)).await.unwrap();
    let mut got = Vec::new();
    for name in ["everything", "orders", "large"] {
        let source = Source::subscription("events", name);
        while let Some(it) = bus.receive(&source, Duration::ZERO).await.unwrap() {
            bus.complete(&it.lock).await.unwrap();
            got.push(format!("{name} {}", it.message.id));
        }
    }
    assert_eq!(got, ["everything 1", "everything 2", "orders 1", "large 2"]);
}

#[tokio::test]
async fn a_receiver_waits_for_its_message() {
    let bus = bus().await;
    let source = work();
    let (received, ()) = tokio::join!(bus.receive(&source, MINUTE), send(&bus, "a"));
    assert_eq!(received.unwrap().unwrap().message.id, "a");
}

#[tokio::test]
async fn a_dead_letter_can_be_looked_at_and_sent_again_under_a_new_id() {
    let bus = bus().await;
    let source = Source::subscription("events", "everything");
    let poisoned = Message { label: Some("OrderPlaced".to_owned()), ..Message::new("m", "poison") };
    bus.send("events", &poisoned).await.unwrap();
    kill(&bus, &source).await;
    let [dead] = &bus.browse(&source.dead_letters(), 0, 10).await.unwrap()[..] else { panic!() };
    let reason = &dead.properties["DeadLetterReason"];
    assert_eq!(reason, &Value::Text("MaxDeliveryCountExceeded".to_owned()));
    let locked = next(&bus, &source.dead_letters()).await;
    assert_eq!(&locked.message.properties["deadletterreason"], reason);
    resubmit(&bus, &locked, "events").await.unwrap();
    let again = next(&bus, &source).await.message;
    assert_eq!((again.id.as_str(), again.body.as_str()), ("m~1", "poison"));
    assert!(again.properties.is_empty());
    assert_eq!(again.label, poisoned.label);
}

#[tokio::test]
async fn marks_of_resubmission_do_not_pile_up_and_ids_stay_short_enough() {
    let bus = bus().await;
    let long = "x".repeat(128);
    bus.send("work", &Message::new(&long, "{}")).await.unwrap();
    for round in 1..=3 {
        kill(&bus, &work()).await;
        let dead = next(&bus, &work().dead_letters()).await;
        resubmit(&bus, &dead, "work").await.unwrap();
        let [again] = &bus.browse(&work(), 0, 10).await.unwrap()[..] else { panic!() };
        assert_eq!(again.message_id, format!("{}~{round}", "x".repeat(126)));
    }
}

#[tokio::test]
async fn only_the_dead_letters_that_are_wanted_are_sent_again() {
    let bus = bus().await;
    for id in ["a", "b", "c"] {
        send(&bus, id).await;
        kill(&bus, &work()).await;
    }
    let wanted = |message: &service_bus::Received| message.id == "b";
    assert_eq!(resubmit_where(&bus, &work(), "work", 100, wanted).await.unwrap(), 1);
    assert_eq!(next(&bus, &work()).await.message.id, "b~2");
    let left = bus.browse(&work().dead_letters(), 0, 10).await.unwrap();
    let left: Vec<_> = left.iter().map(|it| (it.message_id.as_str(), it.state.as_str())).collect();
    assert_eq!(left, [("a", "active"), ("c", "active")]);
}

#[tokio::test]
async fn a_message_over_the_size_limit_is_rejected_with_its_size() {
    let bus = bus().await;
    let large = Message::new("large", "x".repeat(256 * 1024));
    let Err(BusError::Rejected { reason }) = bus.send("work", &large).await else { panic!() };
    assert!(reason.contains("262149 bytes") && reason.contains("too large"), "{reason}");
    assert!(none(&bus, &work()).await);
}

#[tokio::test]
async fn the_clock_can_be_moved_to_end_a_lock_and_to_reach_a_schedule() {
    let bus = bus().await;
    let at = OffsetDateTime::now_utc() + Duration::from_secs(90);
    let later = Message { scheduled_at: Some(at), ..Message::new("later", "{}") };
    bus.send("work", &later).await.unwrap();
    send(&bus, "now").await;
    let held = next(&bus, &work()).await;
    bus.advance(MINUTE).await.unwrap();
    assert!(matches!(bus.complete(&held.lock).await, Err(BusError::LockLost)));
    let again = next(&bus, &work()).await;
    assert_eq!((again.message.id.as_str(), again.message.delivery_count), ("now", 2));
    bus.advance(MINUTE).await.unwrap();
    assert_eq!(next(&bus, &work()).await.message.id, "now");
    assert_eq!(next(&bus, &work()).await.message.id, "later");
}

#[tokio::test]
async fn messages_are_counted_where_they_are() {
    let bus = bus().await;
    send(&bus, "a").await;
    send(&bus, "b").await;
    next(&bus, &work()).await;
    let counts = bus.entities().await.unwrap();
    let paths: Vec<_> = counts.iter().map(|it| (it.path.as_str(), it.kind.as_str())).collect();
    assert_eq!(paths[0], ("events", "topic"));
    assert!(paths.contains(&("events/subscriptions/orders", "subscription")));
    let work = counts.iter().find(|it| it.path == "work").unwrap();
    assert_eq!((work.active, work.locked, work.dead_lettered), (1, 1, 0));
}

#[tokio::test]
async fn what_is_kept_in_a_folder_is_there_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::embedded(folder.path());
    let first = ServiceBus::connect(&settings).await.unwrap();
    first.provision(SPECS).await.unwrap();
    send(&first, "kept").await;
    let taken = ServiceBus::connect(&settings).await.unwrap_err();
    assert!(
        matches!(&taken, Error::Embedded(_)) && taken.to_string().contains("in use"),
        "{taken}"
    );
    drop(first);
    let second = ServiceBus::connect(&settings).await.unwrap();
    assert_eq!(next(&second, &work()).await.message.id, "kept");
}

#[tokio::test]
async fn a_description_the_broker_refuses_is_told_with_the_reason() {
    const BAD: &[EntitySpec] = &[EntitySpec::Topic(TopicSpec {
        name: "events",
        time_to_live: HOUR,
        duplicate_window: None,
        subscriptions: &[subscription("s", Filter::Sql("amount >"))],
    })];
    let refused = bus().await.provision(BAD).await.unwrap_err().to_string();
    assert!(refused.contains("subscription 's' of topic 'events'"), "{refused}");
}

#[tokio::test]
async fn two_consumers_on_one_subscription_share_its_messages() {
    let bus = bus().await;
    for n in 0..40 {
        bus.send("events", &Message::new(n.to_string(), "{}")).await.unwrap();
    }
    let consume = || async {
        let mut ids = Vec::new();
        let source = Source::subscription("events", "everything");
        while let Some(it) = bus.receive(&source, Duration::ZERO).await.unwrap() {
            bus.complete(&it.lock).await.unwrap();
            ids.push(it.message.id.parse::<u32>().unwrap());
        }
        ids
    };
    let (first, second) = tokio::join!(consume(), consume());
    let mut all = [first, second].concat();
    all.sort_unstable();
    assert_eq!(all, (0..40).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_of_ones_own_is_reached_by_its_address() {
    let first = bus().await;
    let place = Place::Local { url: first.endpoint().to_owned(), key: None };
    let second = ServiceBus::connect(&Settings { place }).await.unwrap();
    send(&first, "a").await;
    assert_eq!(next(&second, &work()).await.message.id, "a");
}
