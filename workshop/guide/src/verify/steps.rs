//! That steps build on earlier ones only, and that starters fail for the right reason.

use super::{Bench, Findings};
use crate::cargo::Said;
use crate::course::{Module, Step};
use crate::error::Error;
use crate::solved;
use crate::verdict::{Reason, Verdict};

/// For every n: solves the steps 1 to n, and runs the checks of all.
pub fn look(bench: &Bench) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for module in bench.course.modules()? {
        let steps = module.steps()?;
        let last = steps.last().map_or(0, |step| step.number);
        for solved in (0..=last).filter(|_| !steps.is_empty()) {
            bench.put(&solved::exercise(&module, |step| step <= solved)?)?;
            for (step, (verdict, said)) in steps.iter().zip(bench.check(&module, &steps)?) {
                findings.extend(complaint(&module, solved, step, &verdict, &said));
            }
        }
    }
    Ok(findings)
}

fn complaint(
    module: &Module,
    solved: u8,
    step: &Step,
    verdict: &Verdict,
    said: &Said,
) -> Option<String> {
    let checks = module.place().join("tests").join(&step.test).display().to_string() + ".rs";
    let state = match solved {
        0 => "on the untouched starter".to_owned(),
        1 => "with step 1 solved".to_owned(),
        _ => format!("with steps 1 to {solved} solved"),
    };
    match verdict {
        Verdict::NotRun => {
            Some(format!("{checks} cannot be built {state}: repair it\n{}", said.diagnostics()))
        }
        Verdict::Empty => Some(format!("{checks} holds no checks: write one")),
        Verdict::Died => {
            Some(format!("{checks} ends in the middle {state}: let its checks fail instead"))
        }
        Verdict::Passed if step.number <= solved => None,
        Verdict::Passed => {
            Some(format!("{checks} passes {state}: ask for something its step does"))
        }
        Verdict::Failed(failures) if step.number <= solved => Some(format!(
            "{checks} fails {state}: check nothing that needs a later step ({})",
            failures.first().map_or("cargo test shows which", |failure| &failure.test)
        )),
        Verdict::Failed(failures) => {
            let waits = |reason: &Reason| matches!(reason, Reason::Waiting { step: open, .. } if (solved + 1..=step.number).contains(open));
            (!failures.iter().any(|failure| waits(&failure.reason))).then(|| {
                format!(
                    "{checks} fails {state}, but not with `not yet implemented: step {}`: let it reach the step",
                    step.number
                )
            })
        }
    }
}
