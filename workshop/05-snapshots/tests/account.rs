//! `just charges` against a Cosmos DB that is somewhere else: what it measures stands beside the model.

#[path = "../../01-event-store/examples/wire/mod.rs"]
#[expect(dead_code, reason = "the tap of module 01 prints more than is asked for here")]
mod wire;

use std::process::Command;

use cosmos::{Cosmos, Settings};

/// The key that every Cosmos DB emulator publishes.
const KEY: &str =
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

/// Strategy, trips, model, measured: a line of the table.
fn row(line: &str) -> Option<(&str, u32, f64, f64)> {
    let name = ["floor", "replay all", "snapshot + tail", "cached"];
    let name = name.into_iter().find(|name| line.starts_with(name))?;
    let mut numbers = line.split_whitespace().rev().skip(2);
    let mut number = || numbers.next().and_then(|text| text.parse::<f64>().ok());
    let (measured, model, trips) = (number()?, number()?, number()?);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    Some((name, trips as u32, model, measured))
}

#[tokio::test]
async fn against_an_account_its_own_charges_stand_beside_the_model() {
    let server = Cosmos::connect(&Settings::ephemeral()).await.expect("an embedded one starts");
    let (wire, url) = wire::Wire::before(server.endpoint()).await.expect("a port is free");
    // The same command as `just charges 10`. The tap reads HTTP/1.1.
    let command = move || {
        Command::new(env!("CARGO"))
            .args(["run", "-q", "-p", "snapshots-checks", "--example", "charges", "--", "10"])
            .env("COSMOS_ENDPOINT", &url)
            .env("COSMOS_KEY", KEY)
            .env("COSMOS_DISABLE_IMDS", "1")
            .env("AZURE_COSMOS_CONNECTION_POOL_IS_HTTP2_ALLOWED", "false")
            .output()
    };
    let run = tokio::task::spawn_blocking(command).await.expect("it does not panic");
    let run = run.expect("cargo runs");
    let said = String::from_utf8(run.stdout).expect("a text");
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(said.matches("RU (model)  measured").count(), 4, "{said}");
    assert!(!said.contains("Nothing here was measured"), "{said}");
    let rows: Vec<_> = said.lines().filter_map(row).collect();
    assert_eq!(rows.len(), 16, "{said}");
    let answers: Vec<String> = wire
        .take()
        .iter()
        .map(|one| format!("{:.2}", wire::charge(std::slice::from_ref(one))))
        .collect();
    for (name, trips, model, measured) in rows {
        assert!(measured > 0.0 && (measured / model - 1.0).abs() < 0.05, "{name}: {said}");
        // What took one trip was one answer, so its charge is one that went over the wire.
        let heard = answers.contains(&format!("{measured:.2}"));
        assert!(trips != 1 || heard, "{name}: {measured} is in no answer: {answers:?}");
    }
}
