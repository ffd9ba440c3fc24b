//! A Cosmos DB in a container: our image, or any that `COSMOS_IMAGE` names, such as Microsoft's emulators.
//!
//! Where no container engine answers, or the image is not there, that is said and nothing is tried; with
//! `CONTAINERS_REQUIRED` set it is a failure.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// What `just image` makes.
pub const OURS: &str = "daybook/cosmos-local";

/// An emulator that has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running container. Dropping it removes it.
#[derive(Debug)]
pub struct Container {
    id: String,
    /// Where its Cosmos DB listens.
    pub endpoint: String,
    /// The image it runs.
    pub image: String,
}

impl Container {
    /// Starts the image, or says why there is nothing to start.
    ///
    /// # Panics
    ///
    /// When it does not start, and when it has to be there and is not.
    pub async fn start() -> Option<Self> {
        let image = std::env::var("COSMOS_IMAGE").unwrap_or_else(|_| OURS.to_owned());
        if let Err(missing) = engine().and_then(|()| present(&image)) {
            assert!(std::env::var_os("CONTAINERS_REQUIRED").is_none(), "{missing}");
            eprintln!("SKIPPED: {missing}");
            return None;
        }
        let mut run = vec!["run", "--detach", "--publish", "127.0.0.1::8081"];
        let arguments = std::env::var("COSMOS_IMAGE_ARGUMENTS").unwrap_or_else(|_| default(&image));
        run.push(&image);
        run.extend(arguments.split_whitespace());
        let id = told(&docker(&run).expect("the engine answered before"));
        let published = docker(&["port", &id, "8081/tcp"]).map(|output| told(&output));
        let address = published.ok().filter(|address| !address.is_empty());
        let address = address.expect("the container has stopped, or publishes no port 8081");
        let address = address.lines().next().unwrap_or_default();
        let container = Self { endpoint: format!("http://{address}/"), id, image };
        container.answers().await;
        Some(container)
    }

    /// Waits until anything is answered; a refusal is an answer.
    async fn answers(&self) {
        let begun = Instant::now();
        while reqwest::get(&self.endpoint).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "{} does not answer", self.image);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // It may have removed itself.
        let _ = docker(&["rm", "--force", "--volumes", &self.id]);
    }
}

/// The suites count on four ranges.
fn default(image: &str) -> String {
    if image == OURS { "--ephemeral --partitions 4".to_owned() } else { String::new() }
}

fn engine() -> Result<(), String> {
    let version = docker(&["version", "--format", "{{.Server.Version}}"])
        .map_err(|_| "docker is not installed".to_owned())?;
    if version.status.success() { Ok(()) } else { Err("no container engine answers".to_owned()) }
}

/// An image is pulled by hand, or made by `just image`: a test downloads none.
fn present(image: &str) -> Result<(), String> {
    let found = docker(&["image", "inspect", image]).map_err(|error| error.to_string())?;
    let remedy = if image == OURS { "`just image` makes it" } else { "pull it first" };
    if found.status.success() {
        Ok(())
    } else {
        Err(format!("there is no image {image}: {remedy}"))
    }
}

fn docker(arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("docker").args(arguments).output()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "docker: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
