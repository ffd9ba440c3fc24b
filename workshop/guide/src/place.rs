//! Where to look: the `path:line` in every answer.

use crate::cargo::Side;
use crate::course::Module;
use crate::error::Error;
use crate::{files, lesson};

/// Where the attendee writes a step: at its marker, preferably one whose lines are still missing.
pub fn of_step(module: &Module, side: Side, step: u8) -> Result<Option<String>, Error> {
    let found = marked(module, side, step)?;
    Ok(found.into_iter().min_by_key(|(written, _)| *written).map(|(_, place)| place))
}

/// Whether lines of a step are still missing in the exercise.
pub fn is_open(module: &Module, step: u8) -> Result<bool, Error> {
    Ok(marked(module, Side::Exercise, step)?.iter().any(|(written, _)| !written))
}

/// The places at which a step is marked, and whether something was written there.
fn marked(module: &Module, side: Side, step: u8) -> Result<Vec<(bool, String)>, Error> {
    let (folder, shown) = (module.path(side.folder()), module.place().join(side.folder()));
    let mut found = Vec::new();
    for inner in files::all(&folder)? {
        let text = files::bytes(&folder.join(&inner))?.unwrap_or_default();
        for (line, written) in markers(&String::from_utf8_lossy(&text), step) {
            found.push((written, format!("{}:{line}", shown.join(&inner).display())));
        }
    }
    Ok(found)
}

/// The lines on which a step is marked, and whether something was written there.
fn markers(text: &str, step: u8) -> Vec<(usize, bool)> {
    let (marker, comment) = (format!("//@ step {step}:"), format!("// step {step}"));
    let missing = [format!("\"step {step}: "), format!("not yet implemented: step {step}: ")];
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let found = (0..lines.len())
        .filter(|index| lines[*index] == comment || lines[*index].starts_with(&marker));
    found
        .map(|index| {
            // A long text stands on the second line after its marker.
            let below = lines[index + 1..].iter().take(2);
            let waits = |line: &&str| missing.iter().any(|text| line.contains(text));
            (index + 1, !below.into_iter().any(waits))
        })
        .collect()
}

/// Where the lesson tells about a step.
pub fn of_lesson(module: &Module, step: u8) -> Result<String, Error> {
    let text = files::bytes(&module.path("README.md"))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let page = lesson::read(&text);
    let line = page.steps().find(|(heading, _)| heading.number == step).map(|(_, at)| at.line);
    let shown = module.place().join("README.md").display().to_string();
    Ok(line.map_or(shown.clone(), |line| format!("{shown}:{line}")))
}

/// Where the compiler found the first error.
pub fn of_error(diagnostics: &str) -> Option<String> {
    let error = |line: &&str| line.starts_with("error");
    let after = diagnostics.lines().skip_while(|line| !error(line));
    let arrow = after.into_iter().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    arrow.rsplit_once(':').map(|(place, _column)| place.to_owned())
}

/// The file of a `path:line`.
pub fn file(place: &str) -> &str {
    place.rsplit_once(':').map_or(place, |(file, _line)| file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_compile_error_is_that_of_the_first_error() {
        let text =
            "warning: unused\n --> a.rs:1:1\n\nerror[E0308]: mismatched types\n   --> b.rs:7:9\n";
        assert_eq!(of_error(text).as_deref(), Some("b.rs:7"));
    }

    #[test]
    fn a_gap_is_told_from_lines_that_were_written() {
        let text = "    // step 1\n    todo!(\n        \"step 1: x\"\n    )\n}\n// step 1\n1 + 1\n";
        assert_eq!(markers(text, 1), [(1, false), (6, true)]);
        assert_eq!(markers(text, 2), []);
    }
}
