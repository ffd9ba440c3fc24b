//! Several users at once.

use axum::http::StatusCode;
use time::macros::date;
use tokio::task::JoinSet;

use super::client::Client;

#[tokio::test(flavor = "multi_thread")]
async fn ten_activations_at_once_are_one() {
    let client = Client::new().await;
    client.register("1").await;
    let mut all = JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        all.spawn(async move { client.activate("1", "542-484").await.status });
    }
    let statuses = all.join_all().await;
    let done = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    let refused = statuses.iter().filter(|status| status.as_u16() == 422).count();
    assert_eq!((done, refused), (1, 9));
    assert_eq!(client.kinds("meter:1").await, ["MeterRegistered", "MeterActivated"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_days_at_once_are_all_recorded() {
    let client = Client::new().await;
    client.register("1").await;
    client.activate("1", "542-484").await;
    let mut all = JoinSet::new();
    let days = std::iter::successors(Some(date!(2020 - 05 - 01)), |day| day.next_day());
    for day in days.take(10) {
        let client = client.clone();
        all.spawn(async move { client.import("1", day).await.status });
    }
    assert!(all.join_all().await.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(client.kinds("meter:1").await.len(), 12);
}
