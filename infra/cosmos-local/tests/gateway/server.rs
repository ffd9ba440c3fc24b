//! Starting and stopping.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use cosmos_local::{CosmosLocal, Options, StartError, Storage};
use reqwest::Method;

use crate::support::Plain;
use crate::world::World;

fn on_disk(directory: &std::path::Path) -> Options {
    Options { storage: Storage::Directory(directory.to_owned()), ..Options::default() }
}

fn plain(server: &CosmosLocal) -> Plain {
    Plain::new(server.endpoint(), server.key())
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let world = World::start().await;
    let port = world.server.endpoint().trim_end_matches('/').rsplit(':').next();
    let options = Options { port: port.unwrap().parse().unwrap(), ..Options::default() };
    let error = CosmosLocal::start(options).await.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }));
    assert!(error.to_string().contains(port.unwrap()));
}

#[tokio::test]
async fn a_key_that_is_not_base64_is_an_error() {
    let options = Options { key: "not base64!".to_owned(), ..Options::default() };
    let error = CosmosLocal::start(options).await.unwrap_err();
    assert!(matches!(error, StartError::Key));
}

// Feature: Data persistence
#[tokio::test]
async fn what_was_stored_is_there_after_a_stop_and_a_start() {
    let directory = tempfile::tempdir().unwrap();
    let server = CosmosLocal::start(on_disk(directory.path())).await.unwrap();
    let body = r#"{"id":"meters"}"#;
    let created = plain(&server).send(Method::POST, "/dbs", &[], body).await;
    assert_eq!(created.status, 201);
    server.stop().await;
    let server = CosmosLocal::start(on_disk(directory.path())).await.unwrap();
    let read = plain(&server).send(Method::GET, "/dbs/meters", &[], "").await;
    assert_eq!(read.status, 200);
}

#[tokio::test]
async fn a_stopped_server_answers_no_more() {
    let world = World::start().await;
    let address = world.server.endpoint()["http://".len()..].trim_end_matches('/').to_owned();
    world.server.stop().await;
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_client_that_sends_half_a_request_harms_nobody() {
    let world = World::start().await;
    let address = world.server.endpoint()["http://".len()..].trim_end_matches('/').to_owned();
    let half = |text: &[u8]| {
        let mut connection = TcpStream::connect(&address).unwrap();
        connection.write_all(text).unwrap();
        connection
    };
    let head = half(b"POST /dbs HTT");
    let body = half(b"POST /dbs HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{");
    let mut garbage = half(b"\x16\x03\x01 this is not HTTP\r\n\r\n");
    garbage.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut answer = Vec::new();
    let _ = garbage.read_to_end(&mut answer);
    assert_eq!(world.plain.unsigned("/ready").await.status, 200);
    drop((head, body));
    assert_eq!(world.plain.unsigned("/ready").await.status, 200);
    world.server.stop().await;
}
