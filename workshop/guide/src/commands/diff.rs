//! `diff`: the attendee's exercise against our solution, without markers on either side.

use crate::course::Course;
use crate::error::Error;
use crate::solved;
use similar::TextDiff;
use std::process::ExitCode;

/// Compare your exercise with our solution: `-` is yours, `+` is ours
#[derive(clap::Args)]
pub struct Arguments {
    /// The module; the one you are in unless named
    module: Option<String>,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let module = course.chosen(arguments.module.as_deref())?;
    let (mine, ours) = (solved::mine(&module)?, solved::exercise(&module, |_| true)?);
    let text = |bytes: Option<&Vec<u8>>| {
        without_comments(&String::from_utf8_lossy(bytes.map_or(&[], Vec::as_slice)))
    };
    let paths: std::collections::BTreeSet<_> = mine.keys().chain(ours.keys()).collect();
    let mut differences = 0;
    for path in paths {
        let (mine, ours) = (text(mine.get(path)), text(ours.get(path)));
        if mine != ours {
            differences += 1;
            let shown = path.display().to_string().replace('\\', "/");
            let theirs = shown.replacen("/exercise/", "/solution/", 1);
            let diff = TextDiff::from_lines(&mine, &ours);
            println!("{}", diff.unified_diff().context_radius(3).header(&shown, &theirs));
        }
    }
    if differences == 0 {
        println!("your exercise and our solution of {} are the same", module.folder);
    }
    Ok(ExitCode::SUCCESS)
}

/// The comments by which steps are found belong to neither.
fn without_comments(text: &str) -> String {
    let is_comment = |line: &&str| {
        let step = line.trim().strip_prefix("// step ");
        step.is_some_and(|step| step.len() == 1 && step.bytes().all(|c| c.is_ascii_digit()))
    };
    text.split_inclusive('\n')
        .filter(|line| !is_comment(line))
        .collect::<String>()
        .replace("\r\n", "\n")
}
