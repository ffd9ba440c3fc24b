//! An automated look at a page for those who cannot see it well, or at all: axe-core.

use std::io::{Write, stderr};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// What axe finds on the page as it stands, everything folded open: findings that keep somebody out.
const LOOK: &str = "document.querySelectorAll('details').forEach(one => { one.open = true; }); \
    return axe.run(document).then(found => found.violations \
        .filter(one => one.impact === 'serious' || one.impact === 'critical') \
        .map(one => `${one.impact}: ${one.help} (${one.id}): ` + one.nodes.slice(0, 3) \
            .map(node => node.html.slice(0, 160)).join(' and ')))";

/// The script that looks, with axe before it; `None`, said aloud, where npm is missing and need not be there.
pub(crate) fn script() -> Option<&'static str> {
    static SCRIPT: OnceLock<Option<String>> = OnceLock::new();
    SCRIPT.get_or_init(|| axe().map(|axe| format!("{axe};\n{LOOK}"))).as_deref()
}

/// Axe itself, from npm, at the version of the lock file.
fn axe() -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("axe");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder);
    match npm.output() {
        Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "npm is not installed");
            // Not by a macro: those are kept from the screen while a test passes.
            let _ = writeln!(stderr(), "skipped: no npm, so no page was audited");
            None
        }
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "npm ci: {said}");
            let file = folder.join("node_modules/axe-core/axe.min.js");
            Some(std::fs::read_to_string(file).expect("npm installed axe-core"))
        }
    }
}

/// What axe said, as sentences.
pub(crate) fn findings(answer: &Value) -> Vec<String> {
    let found = answer.as_array().expect("axe answers with a list");
    found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}
