//! How long it takes until a new cosmos-local answers.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::figures::{median, milliseconds};
use crate::place::{Home, Kind, Place};
use crate::{Extent, Failure, table};

pub async fn bench(extent: &Extent) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for kind in [Kind::Memory, Kind::Disk] {
        let (mut first, mut ready) = (Vec::new(), Vec::new());
        for _ in 0..extent.starts {
            first.push(first_answer(&Home::new(kind)?).await?);
            let started = Instant::now();
            let place = Place::start(kind).await?;
            ready.push(started.elapsed());
            place.stop().await;
        }
        rows.push(vec![
            kind.to_string(),
            milliseconds(median(&first)),
            milliseconds(median(&ready)),
        ]);
    }
    let heading = ["", "first answer", "SDK connected, container there"].map(str::to_owned);
    table::print("Start (median)", &heading, &rows);
    Ok(())
}

/// Starts a server and stops the clock when it has answered a request.
pub async fn first_answer(home: &Home) -> Result<Duration, Failure> {
    let started = Instant::now();
    let server = home.serve().await?;
    let address = server.endpoint().trim_start_matches("http://").trim_end_matches('/');
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("GET /ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let took = started.elapsed();
    if !answer.starts_with("HTTP/1.1 200 ") {
        return Err(format!("a new server answered {answer:?}").into());
    }
    server.stop().await;
    Ok(took)
}
