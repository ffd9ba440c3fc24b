//! The program: what it prints, and how it ends.

use std::process::Command;

use local_server::program::Running;

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Config.json");

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service-bus-local"));
    command.args(arguments);
    command
}

fn start(arguments: &[&str]) -> Running {
    Running::start(&mut program(arguments)).unwrap()
}

#[tokio::test]
async fn without_a_port_it_takes_the_next_one_that_is_free_and_says_which() {
    let first = start(&["--ephemeral", "--config", CONFIG]);
    let second = start(&["--ephemeral"]);
    assert_ne!(first.endpoint(), second.endpoint());
    for running in [&first, &second] {
        let health = reqwest::get(format!("{}_admin/health", running.endpoint())).await.unwrap();
        assert_eq!(health.status(), 200);
    }
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
    let first = start(&["--ephemeral", "--port", "0"]);
    let port = first.endpoint().trim_end_matches('/').rsplit(':').next().unwrap();
    let refused = program(&["--ephemeral", "--port", port]).output().unwrap();
    assert!(!refused.status.success());
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains(port) && text.contains("--port 0"), "{text}");
}

#[test]
fn a_configuration_that_cannot_be_used_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Config.json");
    std::fs::write(&file, "{ \"UserConfig\": 7 }").unwrap();
    let refused = program(&["--ephemeral", "--config", file.to_str().unwrap()]).output().unwrap();
    assert!(!refused.status.success());
    let text = String::from_utf8(refused.stderr).unwrap();
    assert!(text.contains("Config.json") && text.contains("line 1"), "{text}");
}
