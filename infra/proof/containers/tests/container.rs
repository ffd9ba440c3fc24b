//! The suites on a container: the contract of the event store, and those of the JavaScript and Python clients. The
//! contract finds out what the image can do and leaves out what it cannot; the clients' suites ask for everything, so
//! they run on our image alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use containers::{Container, OURS};

const KEY: &str =
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn run(command: &mut Command) {
    let output = command.output().expect("it can be started");
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_of_the_event_store_holds_on_a_container() {
    let Some(container) = Container::start().await else {
        return;
    };
    let mut contract = Command::new("cargo");
    contract
        .args(["test", "--locked", "-p", "event-store-checks", "--features", "endpoint"])
        .args(["--test", "contract_append", "--test", "contract_load"])
        .current_dir(root())
        .env("COSMOS_ENDPOINT", &container.endpoint)
        .env("COSMOS_KEY", KEY);
    tokio::task::block_in_place(|| run(&mut contract));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_clients_work_on_our_container() {
    let Some(container) = Container::start().await else {
        return;
    };
    if container.image != OURS {
        eprintln!(
            "SKIPPED: {} is not ours, and need not do all that these suites ask",
            container.image
        );
        return;
    }
    let clients = root().join("infra/proof/clients");
    for (folder, program, suite) in
        [("javascript", "node", "suite.mjs"), ("python", ".venv/bin/python", "suite.py")]
    {
        let folder = clients.join(folder);
        let program = if program == "node" { program.into() } else { folder.join(program) };
        // The tests of `clients` install them.
        if !folder.join("node_modules").exists() && !folder.join(".venv").exists() {
            eprintln!("SKIPPED: {} is not installed yet", folder.display());
            continue;
        }
        let mut command = Command::new(program);
        command.arg(suite).arg(&container.endpoint).arg(KEY).current_dir(folder);
        tokio::task::block_in_place(|| run(&mut command));
    }
}
