//! That the teacher's page knows every module: what is asked, what goes wrong, and the way back.

use super::Findings;
use crate::course::Course;
use crate::error::Error;
use crate::{files, lesson};

const PAGE: &str = "slides/INSTRUCTOR.md";
const PARTS: [&str; 3] = [
    "**The question that always comes:**",
    "**The mistake that always comes:**",
    "**The way back:**",
];

/// Looks for a section of each module, such as `### 01 The event store`, with its three parts.
pub fn look(course: &Course) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    let Some(text) = files::bytes(&course.root.join(PAGE))? else { return Ok(findings) };
    let text = String::from_utf8_lossy(&text);
    let page = lesson::read(&text);
    for module in course.modules()? {
        let number = module.number();
        let is_its = |heading: &str| heading.split(' ').next() == Some(number);
        let Some(section) = page.sections().iter().find(|section| is_its(section.heading)) else {
            findings.push(format!(
                "{PAGE} says nothing of {}: add `### {number} Title`",
                module.folder
            ));
            continue;
        };
        let missing = PARTS.iter().filter(|part| !section.text.contains(**part));
        findings.extend(missing.map(|part| {
            format!("{PAGE}:{}: module {number} lacks `{part}`: add it", section.line)
        }));
    }
    Ok(findings)
}
