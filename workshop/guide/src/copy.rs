//! A copy of the workspace with other files in some places, of which cargo uses the same target folder.
//!
//! Other people's crates are not built again: cargo knows them by name, version and features. Our own must
//! not be shared, since cargo tells those of the copy from ours by nothing but their version, and would
//! rebuild or, worse, confuse them: so every copy has a version of its own.
//!
//! Only changed files are written, so cargo builds only what depends on them.

use crate::course::Course;
use crate::error::Error;
use crate::solved::Files;
use crate::{files, manifest};
use std::path::Path;

/// Folders that are no part of a clean clone, or that nothing here reads.
const LEFT_OUT: [&str; 6] = ["target", ".git", ".guide", ".daybook", "node_modules", "vendor"];

/// Makes the copy, or brings it up to date. Its packages have `mark` behind their version, and `laid` takes the
/// place of the files at its paths.
pub fn bring(course: &Course, copy: &Path, mark: &str, laid: &Files) -> Result<(), Error> {
    let wanted = files::tree(&course.root, &kept)?;
    for inner in &wanted {
        let bytes = match laid.get(inner) {
            Some(bytes) => bytes.clone(),
            None => files::existing(&course.root.join(inner))?,
        };
        let bytes = match inner.to_str() {
            Some("Cargo.toml") => manifest::of_copy(inner, &bytes, mark)?,
            _ => bytes,
        };
        if inner.ends_with("Cargo.toml") && inner.components().count() > 1 {
            manifest::must_inherit_its_version(inner, &String::from_utf8_lossy(&bytes))?;
        }
        files::update(&copy.join(inner), &bytes)?;
    }
    for (inner, bytes) in laid.iter().filter(|(inner, _)| !wanted.contains(inner)) {
        files::update(&copy.join(inner), bytes)?;
    }
    for inner in files::tree(copy, &kept)? {
        if !wanted.contains(&inner) && !laid.contains_key(&inner) {
            files::delete(&copy.join(inner))?;
        }
    }
    Ok(())
}

fn kept(name: &str) -> bool {
    !LEFT_OUT.contains(&name)
}
