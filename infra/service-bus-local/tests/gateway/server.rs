//! Starting and stopping.

use reqwest::Method;
use service_bus_local::{Options, ServiceBusLocal, StartError, Storage};

use crate::support::answered;
use crate::world::World;

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let world = World::start().await;
    let port = world.server.endpoint().trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let options = Options { port: port.parse().unwrap(), ..Options::default() };
    let error = ServiceBusLocal::start(options).await.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }));
    assert!(error.to_string().contains(&port));
}

#[tokio::test]
async fn messages_and_entities_are_there_after_a_stop_and_a_start() {
    let directory = tempfile::tempdir().unwrap();
    let storage = Storage::Directory(directory.path().to_owned());
    let world = World::with(Options { storage: storage.clone(), ..Options::default() }).await;
    world.plain.send("q", &[], "kept").await;
    world.server.stop().await;
    let again = World::with(Options { storage, ..Options::default() }).await;
    let received = again.plain.lock("q").await;
    assert_eq!((received.status, received.text.as_str()), (201, "kept"));
}

#[tokio::test]
async fn a_server_that_stops_sends_its_receivers_away() {
    let World { plain, server } = World::start().await;
    let waiting = tokio::spawn(answered(plain.signed(Method::POST, "/q/messages/head?timeout=60")));
    // The answer to another request on the way shows that the first one has arrived.
    while plain.admin(Method::GET, "health", "").await.status != 200 {}
    server.stop().await;
    let status = waiting.await.map(|answer| answer.status);
    assert!(matches!(status, Ok(204 | 503) | Err(_)), "{status:?}");
}
