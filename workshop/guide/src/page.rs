//! The code in lessons, hints and decks, copied from the solution.
//!
//! A lesson or a deck names what it quotes on the fence, as in ```` ```rust step=2 ````, and the lines
//! inside are filled in ([`quote`]). In the hints everything under "### The lines" is written here. A
//! step of several blocks is shown in the order of its files, each file's lines under a comment with
//! its path.

use crate::marker::{Fault, Language, Source};
use crate::quote::{self, Library};
use std::path::Path;

const LAST_RUNG: &str = "### The lines";

/// The lesson, or the deck, with its marked fences filled.
pub fn quotes(text: &str, library: &Library<'_>, shown: &Path) -> (String, Vec<Fault>) {
    let (mut page, mut faults) = (String::new(), Vec::new());
    let mut lines = text.split_inclusive('\n').enumerate();
    while let Some((index, line)) = lines.next() {
        page.push_str(line);
        let Some(info) = line.trim().strip_prefix("```") else {
            continue;
        };
        let filling = quote::read(info).map(|quote| quote.and_then(|quote| quote.text(library)));
        match &filling {
            Some(Ok(filling)) => push(&mut page, filling, text),
            Some(Err(message)) => {
                let message = message.clone();
                faults.push(Fault { path: shown.into(), line: index + 1, message });
            }
            None => {}
        }
        for (_, line) in lines.by_ref() {
            let closes = line.trim() == "```";
            if closes || filling.is_none() {
                page.push_str(line);
            }
            if closes {
                break;
            }
        }
    }
    (page, faults)
}

/// The hints with their last rungs written.
pub fn hints(text: &str, library: &Library<'_>, shown: &Path) -> (String, Vec<Fault>) {
    let (mut page, mut faults) = (String::new(), Vec::new());
    let fault = |line, message| Fault { path: shown.into(), line, message };
    let sources = library.sources;
    let (mut step, mut missing) = (None, steps(sources));
    let sections = crate::lesson::cut(text);
    let last = sections.len() - 1;
    for (index, (line, section)) in sections.into_iter().enumerate() {
        let heading = section.lines().next().unwrap_or_default();
        step = step_of_heading(heading).or(step);
        if heading.trim_end() != LAST_RUNG {
            page.push_str(section);
        } else if let Some(lines) = step.and_then(|step| rung(sources, step)) {
            let gap = if index == last { "" } else { "\n" };
            push(&mut page, &format!("{LAST_RUNG}\n\n{lines}{gap}"), text);
            missing.retain(|missing| Some(*missing) != step);
        } else {
            let message =
                "the solution marks no lines for this: add the markers, or remove the heading";
            faults.push(fault(line, message.into()));
        }
    }
    let add = |step| {
        format!("step {step} has no last rung: add `## Step {step}. Title` and `{LAST_RUNG}`")
    };
    faults.extend(missing.into_iter().map(|step| fault(1, add(step))));
    (page, faults)
}

/// `## Step 2. Refuse a stale writer` opens the hints of step 2.
fn step_of_heading(line: &str) -> Option<u8> {
    line.strip_prefix("## Step ")?.split_once('.')?.0.parse().ok()
}

fn steps(sources: &[Source]) -> Vec<u8> {
    let mut steps: Vec<u8> =
        sources.iter().flat_map(|source| &source.blocks).map(|block| block.step).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}

/// All lines of a step, a fence for each language.
fn rung(sources: &[Source], step: u8) -> Option<String> {
    let fences: Vec<String> = Language::ALL
        .into_iter()
        .filter_map(|language| {
            Some((language.word(), quote::step_lines(sources, step, language, None)?))
        })
        .map(|(word, lines)| format!("```{word}\n{lines}\n```"))
        .collect();
    (!fences.is_empty()).then(|| fences.join("\n\n"))
}

/// Adds lines with the line ending that the page has.
fn push(page: &mut String, lines: &str, like: &str) {
    let ending = if like.contains("\r\n") { "\r\n" } else { "\n" };
    for line in lines.split('\n') {
        page.push_str(line);
        page.push_str(ending);
    }
}
