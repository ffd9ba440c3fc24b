//! The three as processes of their own, so that the memory of each can be measured.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;
use cosmos_local::{CosmosLocal, Options};
use oracle::Oracle;

use crate::Failure;

/// What is compared.
#[derive(Clone, Copy, PartialEq)]
pub enum Peer {
    Local,
    Emulator,
    Npm,
}

/// What this program can serve instead of measuring.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Served {
    Local,
    Emulator,
}

/// The emulator's number of partition-key ranges, for both.
const RANGES: u32 = 4;

/// Serves until it is killed.
pub async fn serve(served: Served) -> Result<(), Failure> {
    match served {
        Served::Local => {
            let options = Options { partitions: RANGES, ..Options::default() };
            let local = CosmosLocal::start(options).await?;
            println!("listens on {}", local.endpoint());
            std::future::pending().await
        }
        Served::Emulator => {
            let oracle = Oracle::start(0).await?;
            println!("listens on {}", oracle.endpoint());
            std::future::pending().await
        }
    }
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "cosmos-local",
            Self::Emulator => "in-memory emulator",
            Self::Npm => "@vercel/cosmosdb-server",
        }
    }

    /// Those that can be run here. What npm has is installed at the first run.
    pub fn present() -> Result<Vec<Self>, Failure> {
        let mut present = vec![Self::Local, Self::Emulator];
        let npm = Command::new("npm").arg("--version").output();
        if npm.is_err() || Command::new("node").arg("--version").output().is_err() {
            println!("\nnpm is not here, so neither is {}", Self::Npm.name());
            return Ok(present);
        }
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(folder());
        if install.status()?.success() {
            present.push(Self::Npm);
        } else {
            println!("\n{} could not be installed", Self::Npm.name());
        }
        Ok(present)
    }

    fn command(self) -> Result<Command, Failure> {
        let mut command = match self {
            Self::Local | Self::Emulator => Command::new(std::env::current_exe()?),
            Self::Npm => Command::new("node"),
        };
        match self {
            Self::Local => command.args(["--serve", "local"]),
            Self::Emulator => command.args(["--serve", "emulator"]),
            Self::Npm => {
                let program = folder().join("node_modules/@vercel/cosmosdb-server/lib/cli.js");
                command.arg(program).args(["--no-ssl", "--host", "127.0.0.1", "--port", "0"])
            }
        };
        Ok(command)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("npm")
}

/// A running peer. Dropping it ends it.
pub struct Process {
    child: Child,
    pub endpoint: String,
}

impl Process {
    pub fn start(peer: Peer) -> Result<Self, Failure> {
        let mut child = peer.command()?.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the output of a peer is read")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.split_whitespace().last().ok_or("a peer did not start")?;
        let address = address.trim_start_matches("http://").trim_end_matches('/');
        Ok(Self { child, endpoint: format!("http://{address}") })
    }

    /// Resident bytes, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
