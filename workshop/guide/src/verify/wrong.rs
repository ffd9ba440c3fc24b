//! That checks catch the wrong answers in `wrong/step_N/`: other bodies for a marked block.
//!
//! A wrong answer takes the place of the block in its language. If the step has several, its first line
//! says which, as in `// block 2`.

use super::{Bench, Findings};
use crate::course::{Module, Step};
use crate::error::Error;
use crate::marker::{Language, Source};
use crate::solved::{self, Files};
use crate::verdict::{Reason, Verdict};
use crate::{exercise, files, starter};
use std::path::Path;

/// Puts each in place, with all other steps solved, and runs the checks of its step.
pub fn look(bench: &Bench) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for module in bench.course.modules()? {
        for folder in files::names(&module.path("wrong"))? {
            let number = folder.strip_prefix("step_").and_then(|step| step.parse::<u8>().ok());
            let step = module.steps()?.into_iter().find(|step| Some(step.number) == number);
            let shown = module.place().join("wrong").join(&folder);
            let Some(step) = step else {
                findings
                    .push(format!("{} belongs to no step: rename it to step_N", shown.display()));
                continue;
            };
            for name in files::names(&module.path("wrong").join(&folder))? {
                let found =
                    complaint(bench, &module, &step, &Path::new("wrong").join(&folder).join(name))?;
                findings.extend(found);
            }
        }
        bench.put(&solved::exercise(&module, |_| false)?)?;
    }
    Ok(findings)
}

/// Puts each in place and prints what an attendee then reads, for those who word the checks.
pub fn show(bench: &Bench, modules: &[String]) -> Result<(), Error> {
    for module in bench.course.modules()? {
        if !modules.is_empty() && !modules.iter().any(|name| name == module.number()) {
            continue;
        }
        for step in module.steps()? {
            let folder = Path::new("wrong").join(format!("step_{}", step.number));
            for name in files::names(&module.path("").join(&folder))? {
                let inner = folder.join(name);
                println!("== {}", module.place().join(&inner).display());
                if let Some(spoiled) = spoiled(&module, step.number, &inner)? {
                    bench.put(&spoiled)?;
                    println!("{}", bench.guide(&["check", module.number()])?);
                }
            }
        }
        bench.put(&solved::exercise(&module, |_| false)?)?;
    }
    Ok(())
}

fn complaint(
    bench: &Bench,
    module: &Module,
    step: &Step,
    inner: &Path,
) -> Result<Option<String>, Error> {
    let shown = module.place().join(inner).display().to_string();
    let Some(spoiled) = spoiled(module, step.number, inner)? else {
        return Ok(Some(format!(
            "{shown} takes the place of no block: name a language its step has, and `// block N` if it has several"
        )));
    };
    bench.put(&spoiled)?;
    let verdicts = bench.check(module, std::slice::from_ref(step))?;
    Ok(verdicts.into_iter().find_map(|(verdict, said)| match verdict {
        Verdict::Failed(failures) => {
            let waits = failures.iter().find(|one| matches!(one.reason, Reason::Waiting { .. }));
            waits.map(|one| {
                format!("{shown} meets an open step in {}: it must be wrong by itself", one.test)
            })
        }
        Verdict::Died => None,
        Verdict::NotRun => {
            Some(format!("{shown} cannot be built: repair it\n{}", said.diagnostics()))
        }
        Verdict::Passed | Verdict::Empty => {
            Some(format!("{shown} passes tests/{}.rs: add a check that catches it", step.test))
        }
    }))
}

/// The exercise with all steps solved but for one block; `None` if it is not clear which.
fn spoiled(module: &Module, step: u8, inner: &Path) -> Result<Option<Files>, Error> {
    let answer = files::text(&module.path("").join(inner))?;
    let Some(language) = Language::of(inner) else { return Ok(None) };
    let asked = answer.lines().next().and_then(|line| line.trim().strip_prefix("// block "));
    let asked = asked.and_then(|number| number.parse::<usize>().ok());
    let is_candidate = |source: &Source, index: usize| {
        source.language == language && source.blocks[index].step == step
    };
    let sources = exercise::sources(module)?;
    let all = sources
        .iter()
        .flat_map(|source| (0..source.blocks.len()).map(move |index| (source, index)));
    let candidates: Vec<_> = all.filter(|(source, index)| is_candidate(source, *index)).collect();
    let chosen = match (asked, candidates.as_slice()) {
        (Some(number), several) => number.checked_sub(1).and_then(|index| several.get(index)),
        (None, [one]) => Some(one),
        (None, _) => None,
    };
    let Some((wanted, block)) = chosen else { return Ok(None) };
    let spoil = |source: &Source, index: usize| {
        let here = source.path == wanted.path && index == *block;
        Some(if here { answer.clone() } else { starter::lines(source, &source.blocks[index]) })
    };
    solved::exercise_with(module, spoil).map(Some)
}
