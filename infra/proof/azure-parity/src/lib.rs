//! That the Bicep in `infra/azure` and the Rust code name the same things.
//!
//! The tests take what the code itself uses (`ContainerSpec`s, `Settings`) and compare it with what the Bicep says,
//! both ways.

pub mod roles;

use std::path::{Path, PathBuf};

use bicep_check::source::Source;
use cosmos::ContainerSpec;

/// What the code provisions today.
pub const SPECS: [ContainerSpec; 10] = [
    event_store::EVENTS,
    projections::VIEWS,
    projections::LEASES,
    integration_events::PARKED,
    snapshots::SNAPSHOTS,
    energy::bus::billing::BILLING,
    energy::bus::notifications::NOTIFICATIONS,
    energy::bus::grid::GRID,
    gdpr::KEYS,
    gdpr::PEOPLE,
];

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// A file of `infra/azure`.
///
/// # Panics
///
/// It cannot be read, or has syntax errors.
#[must_use]
pub fn bicep(name: &str) -> Source {
    let path = root().join("infra/azure").join(name);
    let source = Source::read(&path).unwrap_or_else(|error| panic!("{error}"));
    let errors = source.syntax_errors();
    assert!(errors.is_empty(), "{}", errors[0]);
    source
}

/// All Rust code that runs in Azure: what the modules solve, the samples, and what connects them.
#[must_use]
pub fn code() -> String {
    code_in(&[
        "infra/cosmos/src",
        "infra/identity/src",
        "infra/insights/src",
        "infra/service-bus/src",
        "samples",
        "workshop",
    ])
}

/// The Rust code in folders of the repository.
///
/// # Panics
///
/// A folder cannot be read.
#[must_use]
pub fn code_in(folders: &[&str]) -> String {
    let mut text = String::new();
    for folder in folders {
        collect(&root().join(folder), &mut text);
    }
    text
}

fn collect(folder: &Path, text: &mut String) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Starters repeat the solutions, checks and wrong answers are not run there, the guide is not of the code.
        let left_out = ["exercise", "wrong", "tests", "guide", "target"].contains(&name.as_str());
        if path.is_dir() && !left_out {
            collect(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = std::fs::read_to_string(&path).expect("Rust code is text");
            // Unit tests name what exists nowhere.
            text.push_str(code.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }
}
