//! Serves the emulator as a process of its own, so that its memory can be measured, until it is killed.

use clap::Parser;
use oracle::{Failure, Oracle};

/// Microsoft's in-memory emulator of the Rust SDK on a loopback port.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let oracle = Oracle::start(Arguments::parse().port).await?;
    println!("oracle listens on {}", oracle.endpoint());
    std::future::pending().await
}
