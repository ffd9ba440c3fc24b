//! Requests as bytes on a connection of one's own.

use std::fmt::Write as _;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{CONTAINER, KEY, PATIENCE, World};

/// A connection.
pub struct Wire(pub TcpStream);

impl Wire {
    pub async fn to(world: &World) -> Self {
        Self(TcpStream::connect(world.address()).await.unwrap())
    }

    /// Writes what the server still takes.
    pub async fn write(&mut self, bytes: &[u8]) {
        let written = self.0.write_all(bytes);
        // An error is the server's end of a connection that it had enough of.
        let _ = tokio::time::timeout(PATIENCE, written).await.expect("the server hangs");
    }

    /// Says that nothing more will come.
    pub async fn shut(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// All that the server says until it closes the connection.
    pub async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        let read = self.0.read_to_end(&mut answer);
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("the server hangs");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// A request of the container, with a token instead of a signature.
pub fn signed(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("{method} {CONTAINER}{path} HTTP/1.1\r\nhost: localhost\r\n");
    text += "authorization: type%3Daad%26ver%3D1.0%26sig%3Dtoken\r\n";
    for (name, value) in headers.iter().chain([&KEY]) {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    write!(text, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    text
}

/// Creates an item.
pub fn create(id: &str, headers: &[(&str, &str)]) -> String {
    signed("POST", "/docs", headers, &format!(r#"{{"id":"{id}","pk":"p"}}"#))
}
