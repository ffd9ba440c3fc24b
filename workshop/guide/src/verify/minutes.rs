//! That the minutes of steps, modules and the map add up.

use super::Findings;
use crate::course::{Course, Module};
use crate::error::Error;
use crate::{files, lesson};

/// Minutes for reading a lesson, beside its steps.
const READING: u32 = 5;

/// Adds up.
pub fn look(course: &Course) -> Result<Findings, Error> {
    let map = files::bytes(&course.root.join("workshop/README.md"))?.unwrap_or_default();
    let map = String::from_utf8_lossy(&map);
    let mut findings = Findings::new();
    for module in course.modules()? {
        let shown = module.place().join("README.md").display().to_string();
        let text = files::bytes(&module.path("README.md"))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let page = lesson::read(&text);
        let Some(minutes) = page.front("minutes").and_then(|minutes| minutes.parse::<u32>().ok())
        else {
            findings
                .push(format!("{shown} says no minutes: add `minutes: 40` to its front matter"));
            continue;
        };
        let mut sum = READING;
        for (step, at) in page.steps() {
            match step.minutes {
                Some(minutes) => sum += minutes,
                None => findings.push(format!(
                    "{shown}:{}: the step says no minutes: end its heading with ` (8 min)`",
                    at.line
                )),
            }
        }
        if sum != minutes {
            findings.push(format!(
                "{shown} says {minutes} minutes, its steps and {READING} for reading are {sum}: correct one"
            ));
        }
        findings.extend(on_the_map(&map, &module, minutes));
    }
    Ok(findings)
}

/// A row such as `| [01 The event store](01-event-store/README.md) | … | 40 |`.
fn on_the_map(map: &str, module: &Module, minutes: u32) -> Option<String> {
    let link = format!("({}/README.md)", module.folder);
    let Some((index, row)) = map.lines().enumerate().find(|(_, line)| line.contains(&link)) else {
        return Some(format!("workshop/README.md has no row for {}: add one", module.folder));
    };
    let said = row.trim().trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
    (said != minutes.to_string()).then(|| {
        format!(
            "workshop/README.md:{}: {} takes {minutes} minutes, not {said}: correct the map",
            index + 1,
            module.folder
        )
    })
}
