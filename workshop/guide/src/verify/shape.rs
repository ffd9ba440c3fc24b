//! That everything which belongs to a step is there, and nothing that belongs to none.

use super::{Findings, teacher};
use crate::commands::starters;
use crate::course::{Course, Module};
use crate::error::Error;
use crate::{exercise, files, lesson, manifest};
use std::collections::BTreeMap;

const RUNGS: [&str; 3] = ["Where to look", "The shape", "The lines"];
const HEADINGS: [&str; 5] = ["You will", "Why", "Look", "Stretch", "In production"];

/// Compares what each module's files say of its steps.
pub fn look(course: &Course) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for module in course.modules()? {
        findings.extend(module_findings(&module)?);
        findings.extend(unknown_to_the_editor(course, &module)?);
    }
    findings.extend(teacher::look(course)?);
    Ok(findings)
}

/// The editor follows a check into the exercise only if it is told to, module by module.
fn unknown_to_the_editor(course: &Course, module: &Module) -> Result<Option<String>, Error> {
    const SETTINGS: &str = ".vscode/settings.json";
    let Some(settings) = files::bytes(&course.root.join(SETTINGS))? else { return Ok(None) };
    if module.steps()?.is_empty() {
        return Ok(None);
    }
    let feature = manifest::package_name(&module.path("Cargo.toml"))? + "/mine";
    let known = String::from_utf8_lossy(&settings).contains(&format!("\"{feature}\""));
    Ok((!known).then(|| {
        format!("{SETTINGS} does not name {feature}: add it to `rust-analyzer.cargo.features`")
    }))
}

/// Compares the starters and the pages with what is generated.
pub fn starters(course: &Course) -> Result<Findings, Error> {
    let differ = starters::differences(course)?;
    let say = |path: &std::path::PathBuf| {
        format!(
            "{} is not what the solution generates: run `just starters` and commit",
            path.display()
        )
    };
    Ok(differ.iter().map(say).collect())
}

fn module_findings(module: &Module) -> Result<Findings, Error> {
    let place = module.place().display().to_string();
    let steps = module.steps()?;
    if steps.is_empty() {
        return Ok(vec![format!(
            "{place} has no checks: write {place}/tests/step_1_name.rs, or remove it"
        )]);
    }
    let mut findings = Findings::new();
    for name in ["README.md", "hints.md", "Cargo.toml", "src/lib.rs", "solution/Cargo.toml"] {
        if !module.path(name).is_file() {
            findings.push(format!("{place}/{name} is missing: write it"));
        }
    }
    if !findings.is_empty() {
        return Ok(findings);
    }
    let (readme, hints) =
        (files::text(&module.path("README.md"))?, files::text(&module.path("hints.md"))?);
    let (readme, hints) = (lesson::read(&readme), lesson::read(&hints));
    for heading in HEADINGS {
        if readme.named(heading).is_none() {
            findings.push(format!("{place}/README.md has no heading `## {heading}`: add it"));
        }
    }
    let mut titles: BTreeMap<u8, [Option<String>; 4]> = BTreeMap::new();
    for step in &steps {
        titles.entry(step.number).or_default()[0] = Some(step.title.to_lowercase());
    }
    for (column, page) in [(1, &readme), (2, &hints)] {
        for (step, _) in page.steps() {
            let title = step.title.trim_end_matches('.').to_lowercase();
            titles.entry(step.number).or_default()[column] = Some(title);
        }
    }
    for block in exercise::sources(module)?.iter().flat_map(|source| &source.blocks) {
        titles.entry(block.step).or_default()[3] = Some(String::new());
    }
    for (step, titles) in &titles {
        findings.extend(step_findings(&place, *step, titles));
        let rungs: Vec<&str> = hints.rungs(*step).iter().map(|rung| rung.heading).collect();
        if titles[2].is_some() && rungs != RUNGS {
            findings.push(format!(
                "{place}/hints.md: step {step} has the rungs {rungs:?}: give it {RUNGS:?}"
            ));
        }
    }
    let numbers: Vec<u8> = titles.keys().copied().collect();
    if numbers.iter().zip(1..).any(|(step, wanted)| *step != wanted) {
        findings
            .push(format!("{place} has the steps {numbers:?}: number them from 1 without a gap"));
    }
    if steps.windows(2).any(|two| two[0].number == two[1].number) {
        findings.push(format!("{place}/tests has two files for one step: put its checks into one"));
    }
    Ok(findings)
}

/// The four places in which a step appears: checks, lesson, hints, solution.
fn step_findings(place: &str, step: u8, titles: &[Option<String>; 4]) -> Findings {
    let wanted = [
        format!("{place}/tests/step_{step}_name.rs: write its checks"),
        format!("{place}/README.md: add `## Step {step}. Title (8 min)`"),
        format!("{place}/hints.md: add `## Step {step}. Title` with its three rungs"),
        format!("{place}/solution: mark its lines with `//@ step {step}: text` and `//@ end`"),
    ];
    let missing = titles.iter().zip(&wanted).filter(|(title, _)| title.is_none());
    let mut findings: Findings = missing
        .map(|(_, wanted)| format!("step {step} is not in {wanted}, or remove the step"))
        .collect();
    let [checks, lesson, hints, _] = titles;
    for (page, title) in [("README.md", lesson), ("hints.md", hints)] {
        if let (Some(title), Some(checks)) = (title, checks)
            && title != checks
        {
            findings.push(format!(
                "{place}/{page} calls step {step} `{title}`, its checks call it `{checks}`: agree on one"
            ));
        }
    }
    findings
}
