//! That nobody waits after `just warm` for what they did not write.
//!
//! Cargo builds a crate anew for every set of features it is asked for, and the set depends on what is built
//! together. So what people run all day is asked of cargo as they ask it, and nothing may be left for it to build.

use super::Findings;
use crate::cargo::{self, Side};
use crate::commands::warm;
use crate::course::Course;
use crate::error::Error;
use crate::manifest;
use std::collections::BTreeSet;

/// Warms up, then builds what people run all day.
pub fn look(course: &Course) -> Result<Findings, Error> {
    for (arguments, _) in warm::builds(course)? {
        let asked: Vec<&str> = arguments.iter().map(String::as_str).collect();
        cargo::run(&course.root, &asked, false)?;
    }
    let mut findings = Findings::new();
    for arguments in daily(course)? {
        let asked: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let quiet = [&asked[..], &["--offline", "--message-format", "json"]].concat();
        let built = built_anew(&cargo::run(&course.root, &quiet, false)?.tests);
        if !built.is_empty() {
            let built: Vec<_> = built.into_iter().collect();
            findings.push(format!(
                "after `just warm`, `cargo {}` still builds {}: let `warm` build it too, or give the packages \
                 that are built together the same features",
                asked.join(" "),
                built.join(", ")
            ));
        }
    }
    Ok(findings)
}

/// What an attendee's commands ask of cargo, without running it.
fn daily(course: &Course) -> Result<Vec<Vec<String>>, Error> {
    let mut all = vec![vec!["test".to_owned(), "--no-run".to_owned()]];
    for module in course.modules()? {
        if module.steps()?.is_empty() {
            continue;
        }
        let package = manifest::package_name(&module.path("Cargo.toml"))?;
        for side in [Side::Solution, Side::Exercise] {
            for step in module.steps()? {
                let mut arguments = cargo::arguments(&package, side, &step.test);
                arguments.push("--no-run");
                all.push(arguments.into_iter().map(str::to_owned).collect());
            }
        }
    }
    for [how, program] in warm::PROGRAMS {
        if !manifest::is_member(&course.root, program)? {
            continue;
        }
        all.push(["build", how, program].map(str::to_owned).into());
    }
    Ok(all)
}

/// The libraries, programs and checks that cargo did not find as they were.
fn built_anew(messages: &str) -> BTreeSet<String> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    messages
        .filter(|message: &serde_json::Value| {
            message["reason"] == "compiler-artifact" && message["fresh"] == false
        })
        .filter_map(|message| Some(message["target"]["name"].as_str()?.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_fresh_was_built_anew() {
        let message = |name, fresh| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"name":"{name}"}},"fresh":{fresh}}}"#
            )
        };
        let messages = [message("serde", true), message("event_store", false), "no message".into()];
        let built = built_anew(&messages.join("\n"));
        assert_eq!(built, BTreeSet::from(["event_store".to_owned()]));
    }
}
