//! What the talk's scenario adds up to in the views.

use std::collections::BTreeMap;

use daybook::aggregates::Context;
use daybook::aggregates::Recorded;
use daybook::aggregates::meter::{Command, Event};
use daybook::aggregates::readings::Day;
use daybook::aggregates::registration::{MeterId, Registration};
use daybook::event_store::{EventStore, Range, RecordedEvent, StreamId};
use daybook::projections::{Folder, Handler, MemoryDocuments, Page, Projection, Streams, commutes};
use energy::demo;
use energy::meters::Meters;
use energy::projections::{
    ActivationFailures, DailyTotalsByWeek, Districts, MeterStates, TotalActivated,
};
use energy::store::Memory;
use serde_json::{Value, json};
use time::ext::NumericalDuration;
use time::macros::{date, datetime};

/// All events after the talk's scenario, by stream.
async fn scenario() -> Vec<RecordedEvent> {
    let meters = Meters::new(Memory::default());
    demo::play(&meters).await.expect("it can be played");
    all(&meters, &["87000001", "87000002"]).await
}

async fn all(meters: &Meters<Memory>, ids: &[&str]) -> Vec<RecordedEvent> {
    let mut events = Vec::new();
    for id in ids {
        let stream = StreamId::new("meter", id).expect("a stream's name");
        let slice = meters.store().load(&stream, Range::all()).await;
        events.extend(slice.expect("memory answers").events);
    }
    events
}

/// The views of a projection by key, after these pages in turn.
async fn views<P: Projection>(pages: &[&[RecordedEvent]]) -> BTreeMap<String, Value> {
    let documents = MemoryDocuments::default();
    let folder = Folder::<P, _>::new(documents.clone(), 1);
    for (events, number) in pages.iter().zip(1..) {
        let page = Page::new("0", number, events.to_vec());
        folder.handle(&page).await.expect("they can be folded");
        folder.handle(&page).await.expect("once more changes nothing");
    }
    let view = |document: Value| {
        (document["key"].as_str().unwrap_or_default().to_owned(), document["view"].clone())
    };
    documents.all().into_values().map(view).collect()
}

#[tokio::test]
async fn two_meters_are_active() {
    let events = scenario().await;
    let views = views::<TotalActivated>(&[&events[..7], &events[7..]]).await;
    assert_eq!(views, BTreeMap::from([("all".to_owned(), json!({ "count": 2 }))]));
}

#[tokio::test]
async fn the_weeks_have_the_golden_totals() {
    let events = scenario().await;
    let views = views::<DailyTotalsByWeek>(&[&events]).await;
    let totals: Vec<_> = views.iter().map(|(key, view)| (&**key, view["total"].as_u64())).collect();
    let expected = [
        ("87000001:2020-W18", 552),
        ("87000001:2020-W19", 940),
        ("87000001:2020-W20", 936),
        ("87000002:2020-W18", 408),
        ("87000002:2020-W19", 940),
        ("87000002:2020-W20", 540),
    ];
    assert_eq!(totals, expected.map(|(key, total)| (key, Some(total))));
    assert_eq!(views["87000001:2020-W18"]["days"]["2020-04-30"], 144);
}

#[tokio::test]
async fn a_district_counts_what_its_meters_do() {
    let events = scenario().await;
    let views = views::<Districts>(&[&events]).await;
    let consumed: Vec<_> = views.values().map(|view| view["consumed"].as_i64()).collect();
    assert_eq!(consumed, [Some(552 + 940 + 936), Some(408 + 940 + 540)]);
}

#[tokio::test]
async fn a_correction_takes_back_what_it_replaces() {
    let meters = Meters::new(Memory::default());
    let id = MeterId::parse("1").expect("a number");
    let registration = Registration::new("1", "1000 AA", "25", "542-484").expect("valid");
    let day = |readings| Day::new(date!(2020 - 05 - 01), readings).expect("96 readings");
    let commands = [
        Command::Register(registration),
        Command::Activate { activation_code: "000-000".to_owned() },
        Command::Activate { activation_code: "542-484".to_owned() },
        Command::CollectReadings(day(vec![2; 96])),
        Command::CorrectReadings(day(vec![1; 96])),
        Command::Deregister,
    ];
    for (number, command) in commands.into_iter().enumerate() {
        let context = Context::new(format!("c{number}"), datetime!(2020-05-01 09:00 UTC));
        meters.execute(&id, command, &context).await.expect("no rule is against it");
    }
    let events = all(&meters, &["1"]).await;
    let district = &views::<Districts>(&[&events[..5], &events[5..]]).await["10"];
    assert_eq!((&district["consumed"], &district["days"]), (&json!(96), &json!(1)));
    assert_eq!((&district["registered"], &district["active"]), (&json!(0), &json!(0)));
    assert_eq!(views::<TotalActivated>(&[&events]).await["all"], json!({ "count": 0 }));
    assert_eq!(views::<DailyTotalsByWeek>(&[&events]).await["1:2020-W18"]["total"], 96);
    let failures = &views::<ActivationFailures>(&[&events]).await["1"];
    assert_eq!((&failures["attempts"], &failures["latest"][0]["version"]), (&json!(1), &json!(2)));
    let meter = &views::<MeterStates>(&[&events]).await["1"];
    assert_eq!((&meter["status"], &meter["version"]), (&json!("deregistered"), &json!(6)));
    assert!(!meter.to_string().contains("542-484"), "no view holds a code");
    assert_eq!(views::<Streams>(&[&events]).await["meter:1"]["last"], "MeterDeregistered");
}

#[tokio::test]
async fn views_of_several_meters_are_the_same_in_every_order() {
    let events = scenario().await;
    let decoded = events.iter().map(|event| Recorded::<Event>::decode(event).expect("readable"));
    let decoded: Vec<_> = decoded.flatten().collect();
    assert_eq!(commutes::<TotalActivated>(&decoded, 50, 1), Ok(()));
    assert_eq!(commutes::<Districts>(&decoded, 50, 2), Ok(()));
}

#[tokio::test]
async fn lists_sorted_by_time_are_in_order_within_a_second_too() {
    let meters = Meters::new(Memory::default());
    let ids = ["1", "2", "3", "4", "5", "6"];
    for (id, time) in ids.into_iter().zip([0, 7, 500, 512, 520, 999]) {
        let context = Context::new(id, datetime!(2020-05-01 09:00 UTC) + time.milliseconds());
        let registration = Registration::new(id, "1000 AA", "25", "542-484").expect("valid");
        let id = MeterId::parse(id).expect("a number");
        let registered = meters.execute(&id, Command::Register(registration), &context).await;
        registered.expect("no rule is against it");
    }
    let events = all(&meters, &ids).await;
    for views in [views::<MeterStates>(&[&events]).await, views::<Streams>(&[&events]).await] {
        let times: Vec<_> = views.values().map(|view| view["changed_at"].as_str()).collect();
        assert!(times.is_sorted(), "{times:?}");
    }
}

#[tokio::test]
async fn a_list_keeps_the_latest_four_weeks() {
    let meters = Meters::new(Memory::default());
    let id = MeterId::parse("1").expect("a number");
    let registration = Registration::new("1", "1000 AA", "25", "542-484").expect("valid");
    let activate = Command::Activate { activation_code: "542-484".to_owned() };
    let mut commands = vec![Command::Register(registration), activate];
    let days = std::iter::successors(Some(date!(2020 - 05 - 01)), |day| day.next_day());
    commands.extend(days.take(40).map(|day| Command::CollectReadings(Day::example(day))));
    for (number, command) in commands.into_iter().enumerate() {
        let context = Context::new(format!("c{number}"), datetime!(2020-06-30 09:00 UTC));
        meters.execute(&id, command, &context).await.expect("no rule is against it");
    }
    let documents = MemoryDocuments::default();
    let folder = Folder::<MeterStates, _>::new(documents.clone(), 1);
    let page = Page::new("0", 1, all(&meters, &["1"]).await);
    folder.handle(&page).await.expect("they can be folded");
    let state = &documents.all()["meters@1:1"]["view"]["days"];
    let days = state.as_object().expect("by day");
    assert_eq!(days.len(), 28);
    assert_eq!(days.keys().next().map(String::as_str), Some("2020-05-13"));
}
