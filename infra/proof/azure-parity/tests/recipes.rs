//! The recipes for Azure, with `az`, `azd` and `cargo` that only write down how they were called.

#![cfg(unix)]

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use azure_parity::root;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Says what it was called with, where, and with which settings; answers as the real one would.
const TOOL: &str = r#"#!/bin/sh
tool=$(basename "$0")
echo "$tool $*" >>"$CALLS"
case "$tool $*" in
"azd env get-value "*) echo "the-$3" ;;
"az containerapp job show "*) echo '{"containers": []}' ;;
"az containerapp job start "*) for last; do :; done; cat "$last" >>"$CALLS" ;;
cargo*) echo "  at $COSMOS_ENDPOINT, in $DAYBOOK_DATABASE, from $(basename "$PWD")" >>"$CALLS" ;;
esac
"#;

/// Where the tools are, and what they wrote down.
struct Tools(TempDir);

impl Tools {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for tool in ["az", "azd", "cargo"] {
            let path = folder.path().join(tool);
            std::fs::write(&path, TOOL).expect("a file");
            let runs = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, runs).expect("a program");
        }
        Self(folder)
    }

    /// Runs a recipe and answers its questions; `None` where there is no just.
    fn just(&self, arguments: &[&str], answer: &str) -> Option<Output> {
        let others = std::env::var("PATH").expect("a path");
        let started = Command::new("just")
            .args(arguments)
            .current_dir(root())
            .env("PATH", format!("{}:{others}", self.0.path().display()))
            .env("CALLS", self.0.path().join("calls"))
            .env_remove("COSMOS_ENDPOINT")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut just) = started else {
            assert!(std::env::var_os("CI").is_none(), "just is missing");
            eprintln!("passed over: there is no just");
            return None;
        };
        // One that asks nothing may have ended before it reads.
        let _ = just.stdin.take().expect("its input").write_all(answer.as_bytes());
        Some(just.wait_with_output().expect("it ends"))
    }

    fn calls(&self) -> Vec<String> {
        let calls = std::fs::read_to_string(self.0.path().join("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }
}

#[test]
fn deploy_provisions_builds_the_image_and_provisions_with_it() {
    let tools = Tools::new();
    let Some(done) = tools.just(&["deploy"], "y\n") else { return };
    assert!(done.status.success(), "{done:?}");
    let calls = tools.calls();
    let build = calls.iter().find(|call| call.starts_with("az acr build")).expect("it builds");
    let (_, image) = build.split_once("--image ").expect("an image");
    let image = image.split(' ').next().expect("a name");
    assert!(image.len() > "energy:".len(), "{build}");
    assert_eq!(
        calls,
        [
            "azd provision",
            "azd env get-value AZURE_CONTAINER_REGISTRY_NAME",
            &format!(
                "az acr build --registry the-AZURE_CONTAINER_REGISTRY_NAME --image {image} \
                 --file samples/energy/Dockerfile ../.."
            ),
            "azd env get-value AZURE_CONTAINER_REGISTRY_ENDPOINT",
            &format!("azd env set ENERGY_IMAGE the-AZURE_CONTAINER_REGISTRY_ENDPOINT/{image}"),
            "azd provision",
        ]
    );
}

#[test]
fn what_costs_or_deletes_is_asked_first() {
    for recipe in [&["deploy"][..], &["down"], &["azure", "forget", "1", "asked for it"]] {
        let tools = Tools::new();
        let Some(done) = tools.just(recipe, "n\n") else { return };
        assert!(!done.status.success(), "{recipe:?}");
        assert_eq!(tools.calls(), [""; 0], "{recipe:?}");
    }
}

#[test]
fn down_deletes_once_it_is_confirmed() {
    let tools = Tools::new();
    let Some(done) = tools.just(&["down"], "y\n") else { return };
    assert!(done.status.success(), "{done:?}");
    assert_eq!(tools.calls(), ["azd down --force"]);
}

#[test]
fn the_contract_suite_runs_where_azd_says() {
    let tools = Tools::new();
    let Some(done) = tools.just(&["azure-test"], "") else { return };
    assert!(done.status.success(), "{done:?}");
    let calls = tools.calls();
    let settings = "  at the-COSMOS_ENDPOINT, in the-DAYBOOK_DATABASE, from ";
    assert_eq!(calls.iter().filter(|call| call.starts_with(settings)).count(), 2, "{calls:?}");
    assert!(
        calls.iter().any(|call| call.starts_with("cargo test") && call.contains("contract_append"))
    );
}

#[test]
fn forget_starts_the_job_with_its_template_and_other_arguments() {
    let tools = Tools::new();
    let recipe = ["azure", "forget", "87000001", "it's asked for", "stream"];
    let Some(done) = tools.just(&recipe, "y\n") else { return };
    assert!(done.status.success(), "{done:?}");
    let calls = tools.calls();
    let show = calls.iter().find(|call| call.contains("job show")).expect("it looks at the job");
    assert!(show.contains("--name energy-forget --resource-group rg-the-AZURE_ENV_NAME"), "{show}");
    let literal = show.split('`').nth(1).expect("the arguments, as JSON");
    let arguments: Value = serde_json::from_str(literal).expect("JSON");
    let wanted =
        json!(["forget", "87000001", "--way", "stream", "--reason", "it's asked for", "--verify"]);
    assert_eq!(arguments, wanted);
    assert_eq!(calls.last().map(String::as_str), Some(r#"{"containers": []}"#));
}

#[test]
fn a_reason_that_would_be_read_as_something_else_is_refused() {
    for reason in ["a \"b\"", "a\\b", "a`b"] {
        let tools = Tools::new();
        let Some(done) = tools.just(&["azure", "forget", "1", reason], "y\n") else { return };
        assert!(!done.status.success() && tools.calls().is_empty(), "{reason}");
    }
}
