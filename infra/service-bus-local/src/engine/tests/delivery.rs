//! A message from its sender to its end.

use super::*;

#[tokio::test]
async fn messages_come_in_the_order_they_were_sent_with_all_they_carry() {
    let bus = Bus::queue(json!({})).await;
    let sent = changed("a", |properties| {
        properties.label = Some("OrderPlaced".to_owned());
        properties.custom = vec![("amount".to_owned(), Scalar::Integer(3))];
    });
    bus.engine.send("q", vec![sent.clone(), message("b")]).await.unwrap();
    let first = bus.lock("q").await.unwrap();
    assert_eq!((first.sequence, first.deliveries), (1, 1));
    assert_eq!(first.message, sent);
    assert_eq!(first.lock.unwrap().until, bus.now() + MINUTE);
    assert_eq!(id(&bus.lock("q").await.unwrap()), "b");
    assert_eq!(bus.lock("q").await, None);
}

#[tokio::test]
async fn a_completed_message_is_gone_and_cannot_be_settled_again() {
    let bus = Bus::queue(json!({})).await;
    bus.send("a").await;
    let delivery = bus.lock("q").await.unwrap();
    bus.settle("q", &delivery, Settlement::Complete).await.unwrap();
    for settlement in [Settlement::Complete, Settlement::Abandon, Settlement::Renew] {
        assert_eq!(bus.settle("q", &delivery, settlement).await, Err(Failure::LockLost));
    }
    assert_eq!(bus.counts("q"), [0; 4]);
    assert!(bus.browse("q").is_empty());
}

#[tokio::test]
async fn an_abandoned_message_returns_to_its_place() {
    let bus = Bus::queue(json!({})).await;
    bus.send("a").await;
    bus.send("b").await;
    let first = bus.lock("q").await.unwrap();
    bus.settle("q", &first, Settlement::Abandon).await.unwrap();
    let again = bus.lock("q").await.unwrap();
    assert_eq!((id(&again), again.deliveries), ("a", 2));
}

#[tokio::test]
async fn a_lock_ends_by_itself_and_its_holder_cannot_settle_any_more() {
    let bus = Bus::queue(json!({"LockDuration": "PT30S"})).await;
    bus.send("a").await;
    let first = bus.lock("q").await.unwrap();
    bus.advance(30 * SECOND - 1).await;
    assert_eq!(bus.lock("q").await, None);
    bus.advance(1).await;
    let second = bus.lock("q").await.unwrap();
    assert_eq!(bus.settle("q", &first, Settlement::Complete).await, Err(Failure::LockLost));
    bus.settle("q", &second, Settlement::Complete).await.unwrap();
}

#[tokio::test]
async fn a_renewed_lock_lasts_its_whole_length_again() {
    let bus = Bus::queue(json!({"LockDuration": "PT30S"})).await;
    bus.send("a").await;
    let delivery = bus.lock("q").await.unwrap();
    bus.advance(20 * SECOND).await;
    bus.settle("q", &delivery, Settlement::Renew).await.unwrap();
    bus.advance(29 * SECOND).await;
    assert_eq!(bus.lock("q").await, None);
    bus.settle("q", &delivery, Settlement::Complete).await.unwrap();
}

#[tokio::test]
async fn a_lock_is_good_for_its_own_message_in_its_own_queue_only() {
    let queues = json!({"Queues": [{"Name": "q"}, {"Name": "other"}]});
    let bus = Bus::with(queues).await;
    bus.send("a").await;
    let delivery = bus.lock("q").await.unwrap();
    assert_eq!(bus.settle("other", &delivery, Settlement::Complete).await, Err(Failure::LockLost));
    assert_eq!(bus.settle("q/$", &delivery, Settlement::Complete).await, Err(Failure::LockLost));
    let claim = |message: &str, token| {
        let claim = Claim { source: from("q"), message: message.to_owned(), token };
        bus.engine.settle(claim, Settlement::Complete)
    };
    let token = delivery.lock.unwrap().token;
    assert_eq!(claim("2", token).await, Err(Failure::LockLost));
    assert_eq!(claim("1", Uuid::new_v4()).await, Err(Failure::LockLost));
    claim("a", token).await.expect("the message id names it too");
}

#[tokio::test]
async fn after_the_last_delivery_a_message_is_dead_lettered_with_the_reason() {
    let bus = Bus::queue(json!({"MaxDeliveryCount": 3, "LockDuration": "PT1M"})).await;
    bus.send("a").await;
    for delivery in 1..=3 {
        let locked = bus.lock("q").await.unwrap();
        assert_eq!(locked.deliveries, delivery);
        match delivery {
            2 => bus.advance(MINUTE).await,
            _ => bus.settle("q", &locked, Settlement::Abandon).await.unwrap(),
        }
    }
    assert_eq!(bus.counts("q"), [0, 0, 0, 1]);
    let dead = bus.lock("q/$").await.unwrap();
    assert_eq!((dead.sequence, dead.time_to_live), (1, None));
    let reason = dead.message.properties.custom("DeadLetterReason").unwrap();
    assert_eq!(reason, &Scalar::Text("MaxDeliveryCountExceeded".to_owned()));
}

#[tokio::test]
async fn a_dead_letter_can_be_abandoned_any_number_of_times_and_never_expires() {
    let bus = Bus::queue(json!({"MaxDeliveryCount": 1})).await;
    bus.send("a").await;
    let locked = bus.lock("q").await.unwrap();
    bus.settle("q", &locked, Settlement::Abandon).await.unwrap();
    for _ in 0..5 {
        let dead = bus.lock("q/$").await.unwrap();
        bus.settle("q/$", &dead, Settlement::Abandon).await.unwrap();
    }
    bus.advance(1_000 * 24 * 60 * MINUTE).await;
    let dead = bus.lock("q/$").await.unwrap();
    bus.settle("q/$", &dead, Settlement::Complete).await.unwrap();
    assert_eq!(bus.counts("q"), [0; 4]);
}

#[tokio::test]
async fn what_is_received_for_good_is_gone() {
    let bus = Bus::queue(json!({})).await;
    bus.send("a").await;
    assert_eq!(bus.delete("q").await.as_deref(), Some("a"));
    assert_eq!(bus.delete("q").await, None);
    assert_eq!(bus.counts("q"), [0; 4]);
}

#[tokio::test]
async fn a_message_of_more_than_the_limit_is_refused_and_so_is_a_batch() {
    let bus = Bus::queue(json!({})).await;
    let sized = |id: &str, bytes: usize| Message { body: vec![b'x'; bytes].into(), ..message(id) };
    let send = |messages| bus.engine.send("q", messages);
    assert!(send(vec![sized("a", 256 * 1024 - 1)]).await.is_ok());
    for refused in [
        vec![sized("b", 256 * 1024)],
        vec![sized("c", 128 * 1024), sized("d", 128 * 1024)],
        vec![changed("e", |it| it.set_custom("x", &"x".repeat(64 * 1024)))],
    ] {
        assert!(matches!(send(refused).await, Err(Failure::TooLarge { .. })));
    }
    assert_eq!(bus.drain("q").await, ["a"]);
}

#[tokio::test]
async fn what_is_not_there_is_said_by_its_name() {
    let bus = Bus::with(json!({"Topics": [{"Name": "t", "Subscriptions": [{"Name": "s"}]}]})).await;
    let absent = bus.engine.send("x", vec![message("a")]).await.unwrap_err();
    assert_eq!(absent, Failure::NoSuchEntity { path: "x".to_owned() });
    let sent = bus.engine.send("t/subscriptions/s", vec![message("a")]).await;
    assert!(sent.unwrap_err().to_string().contains("send to its topic"));
    let received = bus.engine.receive(&from("t"), Mode::PeekLock, Duration::ZERO).await;
    assert!(received.unwrap_err().to_string().contains("its subscriptions"));
}
