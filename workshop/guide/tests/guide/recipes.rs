//! The `justfile` reads as a page, and every recipe leads to a command that is there.

use std::collections::BTreeSet;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What just makes of the justfile; nothing where just is not installed.
fn recipes() -> Option<serde_json::Value> {
    let mut just = Command::new("just");
    just.args(["--dump", "--dump-format", "json"]).current_dir(ROOT);
    let output = just.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let dump: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    Some(dump["recipes"].clone())
}

#[test]
fn every_recipe_says_what_it_does_and_belongs_to_a_group() {
    let Some(recipes) = recipes() else { return };
    for (name, recipe) in recipes.as_object().expect("recipes") {
        let doc = recipe["doc"].as_str().unwrap_or_default();
        assert!(doc.ends_with('.') && doc.len() < 60, "{name}: {doc:?}");
        let attributes = recipe["attributes"].as_array().expect("attributes");
        let group = attributes.iter().find_map(|attribute| attribute["group"].as_str());
        assert!(matches!(group, Some("learn" | "run" | "write")), "{name}: {group:?}");
    }
}

#[test]
fn every_command_of_the_guide_has_a_recipe_and_the_reverse() {
    let Some(recipes) = recipes() else { return };
    let mut called = BTreeSet::new();
    for (name, recipe) in recipes.as_object().expect("recipes") {
        let body = recipe["body"].to_string();
        // `here` is the guide without a command; the others call something else.
        if body.contains("\"guide\"") && name != "here" {
            called.insert(name.clone());
        }
    }
    let help = Command::new(env!("CARGO_BIN_EXE_guide")).arg("--help").output().expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let commands = commands.filter_map(|line| line.split_whitespace().next());
    let commands: BTreeSet<_> =
        commands.filter(|name| *name != "help").map(str::to_owned).collect();
    assert_eq!(called, commands);
}

#[test]
fn the_list_of_recipes_fits_a_terminal() {
    if recipes().is_none() {
        return;
    }
    let list = Command::new("just").args(["--list", "--unsorted"]).current_dir(ROOT).output();
    let list = String::from_utf8(list.expect("just runs").stdout).expect("text");
    assert!(list.lines().all(|line| line.len() <= 80), "{list}");
}
