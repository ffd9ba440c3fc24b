//! Receivers that wait.

use futures::FutureExt as _;

use super::*;

/// Far longer than any of these tests runs.
const LONG: Duration = Duration::from_secs(600);

async fn wait(bus: &Bus) -> Option<Delivery> {
    bus.engine.receive(&from("q"), Mode::PeekLock, LONG).await.unwrap()
}

#[tokio::test]
async fn a_waiting_receiver_gets_the_message_when_it_comes() {
    let bus = Bus::queue(json!({})).await;
    let (received, ()) = tokio::join!(wait(&bus), bus.send("a"));
    assert_eq!(id(&received.unwrap()), "a");
}

#[tokio::test]
async fn one_message_wakes_one_receiver() {
    let bus = Bus::queue(json!({})).await;
    let sends = async {
        for n in 0..20 {
            bus.send(&n.to_string()).await;
        }
    };
    let receivers = futures::future::join_all((0..20).map(|_| wait(&bus)));
    let (received, ()) = tokio::join!(receivers, sends);
    let mut ids: Vec<u32> =
        received.iter().map(|it| id(it.as_ref().unwrap()).parse().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_end_of_a_lock_a_schedule_and_an_abandon_wake_who_waits() {
    let bus = Bus::queue(json!({})).await;
    bus.send("a").await;
    bus.lock("q").await.unwrap();
    let (received, ()) = tokio::join!(wait(&bus), bus.advance(MINUTE));
    let locked = received.unwrap();
    let abandon = bus.settle("q", &locked, Settlement::Abandon);
    let (received, abandoned) = tokio::join!(wait(&bus), abandon);
    abandoned.unwrap();
    assert_eq!(received.unwrap().deliveries, 3);
    let at = bus.now() + MINUTE;
    let later = changed("later", |it| it.scheduled_at = Some(at));
    bus.engine.send("q", vec![later]).await.unwrap();
    let (received, ()) = tokio::join!(wait(&bus), bus.advance(MINUTE));
    assert_eq!(id(&received.unwrap()), "later");
}

#[tokio::test]
async fn who_waits_in_vain_is_told_so() {
    let bus = Bus::queue(json!({})).await;
    let short = Duration::from_millis(5);
    let received = bus.engine.receive(&from("q"), Mode::PeekLock, short).await.unwrap();
    assert_eq!(received, None);
    bus.send("a").await;
    assert_eq!(bus.counts("q"), [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_receiver_that_went_away_gets_nothing() {
    let bus = Bus::queue(json!({})).await;
    assert!(wait(&bus).now_or_never().is_none());
    bus.send("a").await;
    assert_eq!(bus.lock("q").await.unwrap().deliveries, 1);
}

#[tokio::test]
async fn when_the_engine_stops_nobody_waits_any_more() {
    let bus = Bus::queue(json!({})).await;
    let (received, ()) = tokio::join!(wait(&bus), async { bus.engine.stop_waiting() });
    assert_eq!((received, wait(&bus).await), (None, None));
}
