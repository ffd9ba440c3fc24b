//! A tap on the wire: it stands between a client and a Cosmos DB on this machine, hands everything on
//! as it is, and remembers what was asked of documents and procedures.
//!
//! What is printed is therefore what was sent, not what somebody believes was sent.

pub mod world;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request with its answer.
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub status: u16,
    charge: String,
    answered: Value,
    batch: bool,
    query: bool,
}

/// What was asked since it was looked at last.
#[derive(Clone, Default)]
pub struct Wire {
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl Wire {
    /// Begins to listen in front of a server, and returns the address to give to the client.
    pub async fn before(endpoint: &str) -> io::Result<(Self, String)> {
        let server = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}/", listener.local_addr()?);
        let wire = Self::default();
        let tap = wire.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (tap, server) = (tap.clone(), server.clone());
                // A connection that ends in the middle is the client's to report.
                tokio::spawn(async move { tap.hand_on(client, &server).await.ok() });
            }
        });
        Ok((wire, address))
    }

    /// What was asked since the last call.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn hand_on(&self, mut client: TcpStream, server: &str) -> io::Result<()> {
        let mut server = TcpStream::connect(server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        loop {
            let request = Message::read(&mut client).await?;
            server.write_all(&request.bytes).await?;
            let answer = Message::read(&mut server).await?;
            if let Some(exchange) = Exchange::between(&request, &answer) {
                self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
            }
            client.write_all(&answer.bytes).await?;
        }
    }
}

impl Exchange {
    /// What clients ask of the account and of containers is left out: it is the same every time.
    fn between(request: &Message, answer: &Message) -> Option<Self> {
        let mut first = request.head.split(' ');
        let (method, path) = (first.next()?, first.next()?);
        let executes = path.contains("/sprocs/") && method == "POST";
        if !executes && !path.contains("/docs") {
            return None;
        }
        Some(Self {
            method: method.into(),
            path: path.into(),
            status: answer.head.split(' ').nth(1)?.parse().ok()?,
            charge: answer.header("x-ms-request-charge").unwrap_or_default().into(),
            answered: answer.json(),
            batch: request.header("x-ms-cosmos-is-batch-request").is_some(),
            query: request.header("content-type").is_some_and(|kind| kind.contains("query")),
        })
    }

    /// Method and path, without what all have in common.
    pub fn line(&self) -> String {
        let path = self.path.rsplit_once("/colls/").map_or(&*self.path, |(_, path)| path);
        let kind = if self.batch {
            "  (batch)"
        } else if self.query {
            "  (query)"
        } else {
            ""
        };
        format!("{} {path}{kind}", self.method)
    }

    /// The status, and of a batch that of each operation.
    pub fn outcome(&self) -> String {
        let each = self.answered.as_array().filter(|_| self.batch).into_iter().flatten();
        let each: Vec<String> = each.map(|one| one["statusCode"].to_string()).collect();
        match each.as_slice() {
            [] => self.status.to_string(),
            each => format!("{}: {}", self.status, each.join(" ")),
        }
    }
}

/// What requests cost together, in request units.
pub fn charge(exchanges: &[Exchange]) -> f64 {
    exchanges.iter().filter_map(|exchange| exchange.charge.parse::<f64>().ok()).sum()
}

/// One HTTP message, as it came.
struct Message {
    head: String,
    bytes: Vec<u8>,
    body: usize,
}

impl Message {
    async fn read(from: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let body = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            more(from, &mut bytes).await?;
        };
        let head = String::from_utf8_lossy(&bytes[..body]).into_owned();
        let mut message = Self { head, bytes, body };
        let length = message.header("content-length").and_then(|length| length.parse().ok());
        while message.bytes.len() < body + length.unwrap_or(0) {
            more(from, &mut message.bytes).await?;
        }
        Ok(message)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields
            .into_iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.trim())
    }

    /// The body, if it is JSON; the SDK sends items in a binary form of it.
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes[self.body..]).unwrap_or_default()
    }
}

async fn more(from: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    if from.read_buf(bytes).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}
