//! `verify`: every gate, for authors and for continuous integration.

use crate::course::Course;
use crate::error::Error;
use crate::report::{self, Report, Word};
use crate::verify::{Bench, GATES, Gate, show_wrong};
use std::process::ExitCode;
use std::time::Instant;

/// Run every gate a module has to pass (for authors)
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these gates, such as `links`; all of them unless named
    gates: Vec<String>,
    /// Show instead what an attendee reads at each wrong answer, of all modules or of these
    #[arg(long, value_name = "MODULE", num_args = 0.., exclusive = true)]
    show: Option<Vec<String>>,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    if let Some(modules) = &arguments.show {
        show_wrong(&Bench::open(course)?, modules)?;
        return Ok(ExitCode::SUCCESS);
    }
    for wanted in &arguments.gates {
        if !GATES.iter().any(|gate| gate.name == wanted) {
            let known = GATES.iter().map(|gate| gate.name).collect();
            return Err(Error::UnknownGate { wanted: wanted.clone(), known });
        }
    }
    let wanted = |gate: &&Gate| {
        arguments.gates.is_empty() || arguments.gates.iter().any(|name| name == gate.name)
    };
    let (mut count, mut failed) = (0, 0);
    for gate in GATES.iter().filter(wanted) {
        count += 1;
        let begun = Instant::now();
        let findings = gate.look(course)?;
        failed += usize::from(!findings.is_empty());
        print!("{}", told(gate, &findings, begun.elapsed().as_secs()));
    }
    println!();
    if failed > 0 {
        println!("gates that fail: {failed} of {count}");
        return Ok(ExitCode::from(1));
    }
    println!("all {count} gates pass");
    Ok(ExitCode::SUCCESS)
}

/// A gate on a line, and what is wrong below it.
fn told(gate: &Gate, findings: &[String], seconds: u64) -> String {
    let mut report = Report::plain(report::colour());
    let word = if findings.is_empty() { Word::Pass } else { Word::Fail };
    let time = if seconds > 0 { format!(" ({seconds} s)") } else { String::new() };
    report.say(word, &format!("{}: {}{time}", gate.name, gate.promise));
    for finding in findings {
        let (sentence, quoted) = finding.split_once('\n').unwrap_or((finding, ""));
        report.more(&format!("- {sentence}"));
        if !quoted.is_empty() {
            report.quote(quoted);
        }
    }
    report.finish()
}
