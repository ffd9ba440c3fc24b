//! The code in lessons and hints, copied from the solution.
//!
//! A lesson names the step on the fence, as in ```` ```rust step=2 ````, and the lines inside are
//! filled in. In the hints everything under "### The lines" is written here. A step of several
//! blocks is shown in the order of its files, each file's lines under a comment with its path.

use crate::marker::{Fault, Language, Source};
use crate::starter::excerpt;
use std::path::Path;

const LAST_RUNG: &str = "### The lines";

/// The lesson with its marked fences filled.
pub fn quotes(text: &str, sources: &[Source], shown: &Path) -> (String, Vec<Fault>) {
    let (mut page, mut faults) = (String::new(), Vec::new());
    let mut lines = text.split_inclusive('\n').enumerate();
    while let Some((index, line)) = lines.next() {
        page.push_str(line);
        let Some(info) = line.trim().strip_prefix("```") else {
            continue;
        };
        let wanted = marked(info);
        let filling = wanted.and_then(|(language, step)| quote(sources, step, language));
        if let (Some((language, step)), None) = (wanted, &filling) {
            let message = format!(
                "the solution marks no {} lines as step {step}: correct the fence or add the markers",
                language.word()
            );
            faults.push(Fault { path: shown.into(), line: index + 1, message });
        }
        if let Some(filling) = &filling {
            push(&mut page, filling, text);
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
pub fn hints(text: &str, sources: &[Source], shown: &Path) -> (String, Vec<Fault>) {
    let (mut page, mut faults) = (String::new(), Vec::new());
    let fault = |line, message| Fault { path: shown.into(), line, message };
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

/// `rust step=2` asks for the Rust lines of step 2.
fn marked(info: &str) -> Option<(Language, u8)> {
    let mut words = info.split_whitespace();
    let word = words.next()?;
    let language = Language::ALL.into_iter().find(|language| language.word() == word)?;
    Some((language, words.find_map(|word| word.strip_prefix("step="))?.parse().ok()?))
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
        .filter_map(|language| Some((language.word(), quote(sources, step, language)?)))
        .map(|(word, lines)| format!("```{word}\n{lines}\n```"))
        .collect();
    (!fences.is_empty()).then(|| fences.join("\n\n"))
}

/// The lines of a step in one language.
fn quote(sources: &[Source], step: u8, language: Language) -> Option<String> {
    let of_step = |source: &Source| -> Vec<String> {
        let blocks = source.blocks.iter().filter(|block| block.step == step);
        blocks.map(|block| excerpt(source, block)).collect()
    };
    let several = sources.iter().map(|source| of_step(source).len()).sum::<usize>() > 1;
    let quotes: Vec<String> = sources
        .iter()
        .filter(|source| source.language == language)
        .map(|source| (source.path.to_string_lossy().replace('\\', "/"), of_step(source)))
        .filter(|(_, blocks)| !blocks.is_empty())
        .map(|(path, blocks)| {
            let comment = if several { format!("// {path}\n") } else { String::new() };
            comment + &blocks.join("\n\n")
        })
        .collect();
    (!quotes.is_empty()).then(|| quotes.join("\n\n"))
}

/// Adds lines with the line ending that the page has.
fn push(page: &mut String, lines: &str, like: &str) {
    let ending = if like.contains("\r\n") { "\r\n" } else { "\n" };
    for line in lines.split('\n') {
        page.push_str(line);
        page.push_str(ending);
    }
}
