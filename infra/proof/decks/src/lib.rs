//! Looks at the slides as the room does: rendered, in a real Chromium.
//!
//! Use it in tests that ask whether a deck can be shown: [`looked_at`] renders decks and says what is wrong with them.
//!
//! # Layout
//!
//! - `measure.js`: what is asked of each page in the browser: does everything fit, is it large and dark enough to be
//!   read, is every picture there and described.
//! - [`slides_of`]: a deck's pages as they are written.
//!
//! # Why this design
//!
//! Whether something fits is known after layout, so a browser is asked. Sizes are those of the slide, 1280 × 720.
//!
//! # What it does not do
//!
//! It sees no beauty, and no words inside of pictures. Without Node or Chromium it says so and passes, except where
//! `CI` is set: there that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

const MEASURE: &str = include_str!("measure.js");

/// The folder of the slides.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../slides")
}

/// The decks, by name, as they are written.
///
/// # Panics
///
/// The folder cannot be read.
#[must_use]
pub fn decks() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).expect("the slides are there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let markdown = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let named = markdown.map(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
        (name.to_owned(), fs::read_to_string(&path).expect("the deck is text"))
    });
    let mut decks: Vec<_> = named.filter(|(name, _)| name.starts_with(char::is_numeric)).collect();
    decks.sort();
    decks
}

/// The slides of a deck, without its front matter.
#[must_use]
pub fn slides_of(deck: &str) -> Vec<&str> {
    deck.split("\n---\n").skip(1).collect()
}

/// Runs Node in the folder of the slides, and gives what it says if it fails. `None`: there is no Node here, and
/// there need not be.
///
/// # Panics
///
/// There is no Node, and there must be; or the packages cannot be had.
#[must_use]
pub fn node(arguments: &[&str]) -> Option<Result<(), String>> {
    static READY: OnceLock<bool> = OnceLock::new();
    if !READY.get_or_init(install) {
        return None;
    }
    Some(run(Command::new("node").args(arguments)))
}

fn install() -> bool {
    if Command::new("npm").arg("--version").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "npm is not installed");
        eprintln!("skipped: no npm, so no deck was rendered");
        return false;
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"])).expect("npm has the packages");
    true
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.current_dir(folder()).output().map_err(|error| error.to_string())?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

/// Renders decks and looks at each page of them. Says what is wrong, a line each.
///
/// # Panics
///
/// Marp or the browser fails.
pub async fn looked_at(decks: &[(String, String)]) -> Vec<String> {
    let place = tempfile::tempdir().expect("a folder");
    let Some(mut findings) = rendered(decks, place.path()) else { return Vec::new() };
    let address = format!("file://{}/", place.path().display());
    browser::browse_files(&address, async |page| {
        for (name, _) in decks {
            page.open(&name.replace(".md", ".html")).await;
            // A function that is called at once: the browser is asked for the value of an expression.
            let found = page.evaluate(&format!("({MEASURE})()")).await;
            let found = found.as_array().expect("a list").iter().filter_map(Value::as_str);
            findings.extend(found.map(|finding| format!("{name}, {finding}")));
        }
    })
    .await;
    findings
}

/// Renders decks into a folder that has their pictures. Says which of them ask for something from another host.
fn rendered(decks: &[(String, String)], place: &Path) -> Option<Vec<String>> {
    let pictures = place.join("diagrams");
    fs::create_dir(&pictures).expect("a folder");
    for picture in fs::read_dir(folder().join("diagrams")).expect("the diagrams are there") {
        let picture = picture.expect("an entry");
        fs::copy(picture.path(), pictures.join(picture.file_name())).expect("a copy");
    }
    for (name, text) in decks {
        fs::write(place.join(name), text).expect("a file");
    }
    let place_text = place.to_str().expect("a path in UTF-8");
    // Without the presenter's template every page is laid out at once.
    let marp = [
        "node_modules/@marp-team/marp-cli/marp-cli.js",
        "--no-stdin",
        "--template",
        "bare",
        "--input-dir",
        place_text,
        "--output",
        place_text,
    ];
    node(&marp)?.expect("marp renders the decks");
    let mut findings = Vec::new();
    for (name, _) in decks {
        let html = fs::read_to_string(place.join(name.replace(".md", ".html"))).expect("a page");
        let asks = ["src=\"http", "src=\"//", "url(http", "url(\"http", "@import", "<link "];
        let asked = asks.iter().filter(|asked| html.contains(**asked));
        findings.extend(asked.map(|asked| format!("{name} asks another host: {asked}")));
    }
    Some(findings)
}
