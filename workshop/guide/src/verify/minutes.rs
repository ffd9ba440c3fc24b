//! That the minutes of steps, modules, the map and the agendas add up.

use super::Findings;
use crate::agenda::{self, Agenda, READING};
use crate::course::{Course, Module};
use crate::error::Error;
use crate::{files, lesson};

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
        let Some(minutes) = agenda::minutes(&page) else {
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
    for name in agenda::names(course)? {
        findings.extend(on_the_agenda(course, &name)?);
    }
    Ok(findings)
}

/// An agenda that overruns, or a page that is not what its list makes.
fn on_the_agenda(course: &Course, name: &str) -> Result<Findings, Error> {
    let agenda = match Agenda::read(course, name) {
        Ok(agenda) => agenda,
        Err(fault @ Error::Agenda { .. }) => return Ok(vec![fault.to_string()]),
        Err(error) => return Err(error),
    };
    let (page, mut findings) = (agenda::page_of(name), agenda.faults());
    let said = files::bytes(&course.root.join(&page))?.unwrap_or_default();
    if said != agenda.page().as_bytes() {
        let page = page.display();
        findings
            .push(format!("{page} is not what its list makes: `just agenda --write`, and commit"));
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
