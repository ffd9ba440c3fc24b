//! That no expected file (`tests/snapshots/*.snap`) outlives its check.
//!
//! insta's own tool finds orphans by running all tests; its files say themselves where they are from, so
//! reading is enough, and nothing has to be installed.

use super::Findings;
use crate::course::Course;
use crate::error::Error;
use crate::files;
use std::path::Path;

/// Looks for the check of each expected file.
pub fn look(course: &Course) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for path in files::all(&course.root)? {
        let shown = path.display();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("snap") => {
                let text = files::text(&course.root.join(&path))?;
                if !has_check(course, &path, &text) {
                    findings.push(format!("{shown} is read by no check: delete it"));
                }
            }
            Some("new") => findings.push(format!("{shown} is left over: delete it")),
            _ => {}
        }
    }
    Ok(findings)
}

/// `step_1_document__the_name.snap` belongs to `the_name` in the file its second line names.
fn has_check(course: &Course, path: &Path, text: &str) -> bool {
    let Some(source) = text.lines().find_map(|line| line.strip_prefix("source: ")) else {
        return false;
    };
    let Ok(source) = files::text(&course.root.join(source.trim().trim_matches('"'))) else {
        return false;
    };
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.rsplit("__").next().unwrap_or(name);
    // What follows is a case (`@v1`), or the number of an assertion in one test (`-2`).
    let name = name.split('@').next().unwrap_or(name);
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let unnumbered = bare.strip_suffix('-').unwrap_or(name);
    [name, unnumbered].iter().any(|name| {
        let functions = [format!("fn {name}("), format!("fn test_{name}(")];
        functions.iter().any(|function| source.contains(function))
            || source.contains(&format!("\"{name}\""))
    })
}
