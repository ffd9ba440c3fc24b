//! Runs the suites of `javascript` and `python` on a cosmos-local with four partition-key ranges.
//!
//! The clients come from npm and `PyPI` on the first run and stay beside the suites. Where `node` or `python3`
//! is missing a suite says so and is passed over, unless `CLIENTS_REQUIRED` is set.

use std::path::{Path, PathBuf};
use std::process::Command;

use cosmos_local::{CosmosLocal, Options};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether a program can be run here; if not, says so.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CLIENTS_REQUIRED").is_none(), "{program} is missing");
    if !found {
        eprintln!("SKIPPED: {program} is not installed");
    }
    found
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&told));
}

async fn against_a_server(command: &mut Command) {
    let options = Options { partitions: 4, ..Options::default() };
    let server = CosmosLocal::start(options).await.unwrap();
    command.arg(server.endpoint()).arg(server.key());
    tokio::task::block_in_place(|| run(command));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_client_does_what_it_does_on_the_service() {
    if !has("node") || !has("npm") {
        return;
    }
    let folder = folder("javascript");
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder));
    for suite in ["suite.mjs", "local.mjs"] {
        against_a_server(Command::new("node").arg(suite).current_dir(&folder)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_client_does_what_it_does_on_the_service() {
    if !has("python3") {
        return;
    }
    let (folder, environment) = (folder("python"), folder("python/.venv"));
    run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
    let python = environment.join("bin").join("python");
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"])
        .current_dir(&folder));
    against_a_server(Command::new(&python).arg("suite.py").current_dir(&folder)).await;
}
