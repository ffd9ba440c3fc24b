//! That relative links in pages lead somewhere.

use super::Findings;
use crate::course::Course;
use crate::error::Error;
use crate::files;
use std::path::{Path, PathBuf};

/// Follows every link.
pub fn look(course: &Course) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for page in pages(course)? {
        let text = files::text(&course.root.join(&page))?;
        for (line, target) in links(&text) {
            if let Some(complaint) = broken(course, &page, &target)? {
                findings.push(format!("{}:{line}: {complaint}", page.display()));
            }
        }
    }
    Ok(findings)
}

/// All pages of the repository, relative to it.
pub fn pages(course: &Course) -> Result<Vec<PathBuf>, Error> {
    let mut pages = files::all(&course.root)?;
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    Ok(pages)
}

/// The targets in `[text](target)`, with their lines; not those in code.
fn links(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut in_fence) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        let fence = line.trim_start().starts_with("```");
        in_fence ^= fence;
        if fence || in_fence {
            continue;
        }
        // Every second part stands between backquotes.
        let prose: Vec<&str> = line.split('`').step_by(2).collect();
        let prose = prose.join("`");
        for part in prose.split("](").skip(1) {
            let target = part.split(')').next().unwrap_or_default();
            let target = target.split_whitespace().next().unwrap_or_default();
            found.push((index + 1, target.trim_matches(['<', '>']).to_owned()));
        }
    }
    found
}

fn broken(course: &Course, page: &Path, target: &str) -> Result<Option<String>, Error> {
    let elsewhere = target.split(['/', '#']).next().is_some_and(|start| start.contains(':'));
    if elsewhere {
        return Ok(None);
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let linked = match path {
        "" => course.root.join(page),
        _ => course.root.join(page.parent().unwrap_or(Path::new(""))).join(path),
    };
    if !linked.exists() {
        return Ok(Some(format!("the link to {target} leads nowhere: correct it")));
    }
    if anchor.is_empty() || linked.extension().is_none_or(|extension| extension != "md") {
        return Ok(None);
    }
    let text = files::text(&linked)?;
    let found = crate::lesson::read(&text).sections().iter().any(|at| slug(at.heading) == anchor);
    Ok((!found).then(|| format!("no heading is called #{anchor}: correct the link to {target}")))
}

/// The name GitHub gives to a heading.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_in_code_are_not_followed() {
        let text =
            "[a](b.md) `[c](d.md)` ![e](f.png \"title\")\n```\n[g](h.md)\n```\n[i](<j.md>)\n";
        let found: Vec<String> =
            links(text).into_iter().map(|(line, to)| format!("{line} {to}")).collect();
        assert_eq!(found, ["1 b.md", "1 f.png", "5 j.md"]);
    }

    #[test]
    fn a_heading_is_found_by_its_name() {
        assert_eq!(slug("Step 1. One event, one `document`"), "step-1-one-event-one-document");
    }
}
