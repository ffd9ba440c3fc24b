//! That the commands in the pages run: those after `$ ` in ```` ```console ```` blocks.
//!
//! They run on the copy, from its root, with the starters as they are cloned; in a module's pages the guide is
//! in that module. After `console` may stand `test=false` (not run), `timeout=300` (seconds) and `fails=true`
//! (each command has to fail).

use super::{Bench, Findings, links};
use crate::course::Course;
use crate::error::Error;
use crate::{files, solved};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(20);
/// Lines of a failed command that are shown.
const SHOWN: usize = 12;

/// One block of commands.
#[derive(Debug, PartialEq)]
struct Block {
    line: usize,
    commands: Vec<String>,
    timeout: Duration,
    fails: bool,
}

/// Runs them, page by page.
pub fn look(bench: &Bench) -> Result<Findings, Error> {
    let mut findings = Findings::new();
    for module in bench.course.modules()? {
        bench.put(&solved::exercise(&module, |_| false)?)?;
    }
    for page in links::pages(&bench.course)? {
        let text = files::text(&bench.course.root.join(&page))?;
        let (blocks, faults) = blocks(&text);
        findings.extend(
            faults.iter().map(|(line, fault)| format!("{}:{line}: {fault}", page.display())),
        );
        if !blocks.is_empty() {
            arrive(&bench.course, &page)?;
        }
        for block in blocks {
            for command in &block.commands {
                if let Some(complaint) = run(bench, command, &block)? {
                    findings.push(format!("{}:{}: {complaint}", page.display(), block.line));
                }
            }
        }
    }
    Ok(findings)
}

/// The guide in the copy knows nothing but the module whose page is read.
fn arrive(course: &Course, page: &Path) -> Result<(), Error> {
    let module = course.modules()?.into_iter().find(|module| page.starts_with(module.place()));
    let state = module.map_or(String::new(), |module| format!("{} here\n", module.folder));
    files::write(&course.root.join(".guide/state"), state.as_bytes())
}

fn blocks(text: &str) -> (Vec<Block>, Vec<(usize, String)>) {
    let (mut blocks, mut faults) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let inner: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line.trim())
            .take_while(|line| !line.starts_with("```"))
            .collect();
        let Some(attributes) = info.strip_prefix("console") else { continue };
        let mut block =
            Block { line: index + 1, commands: Vec::new(), timeout: TIMEOUT, fails: false };
        let mut wanted = true;
        for attribute in attributes.split_whitespace() {
            match attribute.split_once('=') {
                Some(("test", "false")) => wanted = false,
                Some(("fails", "true")) => block.fails = true,
                Some(("timeout", seconds)) if seconds.parse::<u64>().is_ok() => {
                    block.timeout = Duration::from_secs(seconds.parse().unwrap_or_default());
                }
                _ => faults.push((
                    index + 1,
                    format!(
                        "`{attribute}` is unknown: write test=false, timeout=SECONDS or fails=true"
                    ),
                )),
            }
        }
        let joined = inner.join("\n").replace("\\\n", " ");
        block.commands =
            joined.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect();
        match (wanted, block.commands.is_empty()) {
            (_, true) => {
                faults.push((index + 1, "no line begins with `$ `: mark the commands".into()));
            }
            (true, false) => blocks.push(block),
            (false, false) => {}
        }
    }
    (blocks, faults)
}

/// Runs one command, and says what is wrong with it.
fn run(bench: &Bench, text: &str, block: &Block) -> Result<Option<String>, Error> {
    let output = bench.course.root.join(".guide/console.txt");
    let unwritable = |source| Error::Write { path: output.clone(), source };
    let file = std::fs::File::create(&output).map_err(unwritable)?;
    let copy = file.try_clone().map_err(unwritable)?;
    let mut command = shell(&without_just(text));
    command.current_dir(&bench.course.root).stdin(Stdio::null()).stdout(file).stderr(copy);
    command.env("NO_COLOR", "1").env("CARGO_TERM_COLOR", "never").env("CARGO_NET_OFFLINE", "true");
    for (name, value) in bench.variables() {
        command.env(name, value);
    }
    let mut child = command.spawn().map_err(|source| Error::Shell { source })?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|source| Error::Shell { source })? {
            Some(status) => break Some(status),
            None if begun.elapsed() > block.timeout => break None,
            None => std::thread::sleep(GLANCE),
        }
    };
    let Some(status) = status else {
        end(&mut child);
        let seconds = block.timeout.as_secs();
        return Ok(Some(format!(
            "`{text}` still runs after {seconds} s: write `timeout=SECONDS`, or `test=false` if it never ends"
        )));
    };
    let said = files::existing(&output)?;
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said.lines().collect();
    let said = lines[lines.len().saturating_sub(SHOWN)..].join("\n");
    Ok(match (status.success(), block.fails) {
        (true, true) => Some(format!("`{text}` succeeds: remove `fails=true`")),
        (false, false) => {
            Some(format!("`{text}` fails: correct it, or write `fails=true` if it should\n{said}"))
        }
        _ => None,
    })
}

#[cfg(unix)]
fn shell(text: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new("sh");
    // A group of its own, so that what the command has started can be ended with it.
    command.args(["-c", text]).process_group(0);
    command
}

#[cfg(not(unix))]
fn shell(text: &str) -> Command {
    let mut command = Command::new("pwsh");
    command.args(["-NoLogo", "-NoProfile", "-Command", text]);
    command
}

fn end(child: &mut std::process::Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Where just is not installed, the guide answers for it: the recipes for learning do nothing else.
fn without_just(text: &str) -> String {
    let installed = || Command::new("just").arg("--version").output().is_ok();
    match (text.strip_prefix("just"), std::env::current_exe()) {
        (Some(rest), Ok(guide)) if (rest.is_empty() || rest.starts_with(' ')) && !installed() => {
            format!("'{}'{rest}", guide.display())
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_its_commands_and_its_exceptions() {
        let text = "```console timeout=7 fails=true\n$ just check \\\n  01\nits output\n$ ls\n```\n\
                    ```console test=false\n$ never\n```\n```sh\n$ no\n```\n";
        let wanted = Block {
            line: 1,
            commands: vec!["just check  01".into(), "ls".into()],
            timeout: Duration::from_secs(7),
            fails: true,
        };
        assert_eq!(blocks(text), (vec![wanted], vec![]));
    }

    #[test]
    fn an_unknown_exception_and_an_empty_block_are_told() {
        let (_, faults) = blocks("```console skip=true\nls\n```\n");
        let faults: Vec<&str> = faults.iter().map(|(_, fault)| fault.as_str()).collect();
        assert_eq!(
            faults,
            [
                "`skip=true` is unknown: write test=false, timeout=SECONDS or fails=true",
                "no line begins with `$ `: mark the commands"
            ]
        );
    }
}
