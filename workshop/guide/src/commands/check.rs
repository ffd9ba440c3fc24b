//! `check`: the checks of a module, step by step, up to the first that fails.

use crate::cargo::{self, Said, Side};
use crate::course::{Course, Module, Step};
use crate::error::Error;
use crate::report::{self, Report, Word};
use crate::room::{self, Place};
use crate::state::{Stand, State};
use crate::verdict::{self, Failure, Reason, Verdict};
use crate::{manifest, place, progress};
use std::process::ExitCode;

/// Lines of a failure that fit between its sentence and what to do next.
const SHOWN: usize = 12;

/// Check the module you are in, step by step
#[derive(clap::Args, Default)]
pub struct Arguments {
    /// The module, as `01` or `01-event-store`; the one you are in unless named
    module: Option<String>,
    /// Check our solution instead of your exercise
    #[arg(long)]
    solution: bool,
}

/// One run of the command.
struct Check<'a> {
    course: &'a Course,
    module: Module,
    package: String,
    side: Side,
    /// Whether the module was asked for by name.
    named: bool,
    steps: Vec<Step>,
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    let check = Check::new(course, arguments)?;
    for (index, step) in check.steps.iter().enumerate() {
        let arguments = cargo::arguments(&check.package, check.side, &step.test);
        let said = cargo::run(&course.root, &arguments, report::colour())?;
        let verdict = verdict::of(&said.tests);
        if verdict != Verdict::Passed {
            let at = check.concerned(index, &verdict, &said)?;
            check.remember(Stand::At(check.steps[at].number))?;
            print!("{}", check.failed(index, at, verdict, &said)?);
            check.tell(check.steps[at].number, false);
            return Ok(ExitCode::from(1));
        }
    }
    check.remember(Stand::Done)?;
    print!("{}", check.passed()?);
    check.tell(check.steps.last().map_or(1, |step| step.number), true);
    Ok(ExitCode::SUCCESS)
}

impl<'a> Check<'a> {
    fn new(course: &'a Course, arguments: &Arguments) -> Result<Self, Error> {
        let module = course.chosen(arguments.module.as_deref())?;
        let steps = module.checked_steps()?;
        let package = manifest::package_name(&module.path("Cargo.toml"))?;
        let side = if arguments.solution { Side::Solution } else { Side::Exercise };
        let named = arguments.module.is_some();
        Ok(Self { course, module, package, side, named, steps })
    }

    /// Notes where this run stopped; our own solution is not the attendee's way.
    fn remember(&self, stand: Stand) -> Result<(), Error> {
        if self.side == Side::Solution {
            return Ok(());
        }
        let mut state = State::of(self.course)?;
        if state.stand(&self.module) == Some(stand) {
            return Ok(());
        }
        state.stop(&self.module, Some(stand));
        state.save()
    }

    /// Tells the teacher's room, if the attendee is in one.
    fn tell(&self, step: u8, passed: bool) {
        if self.side == Side::Exercise {
            room::report(self.course, &Place::at(&self.module, step, passed));
        }
    }

    /// The module as it is named in commands, unless it is the one the attendee is in.
    fn named(&self) -> &str {
        if self.named { self.module.number() } else { "" }
    }

    /// Each finished step ends with its number: the word a room is asked for.
    fn list_passed(&self, report: &mut Report, steps: &[Step]) {
        for step in steps {
            let number = format!("{}.{}", self.module.number(), step.number);
            report.say(Word::Pass, &format!("{}   {number}", step.title));
        }
    }

    fn passed(&self) -> Result<String, Error> {
        let mut report = progress::heading(&self.module, &progress::done(self.steps.len()));
        self.list_passed(&mut report, &self.steps);
        report.gap();
        report.say(Word::Next, &progress::next_module(self.course, &self.module)?);
        Ok(report.finish())
    }

    /// The step that a failure concerns. A crate is built whole, so what does not compile belongs to the step
    /// in whose file it stands, and not to the one that was checked first.
    fn concerned(&self, index: usize, verdict: &Verdict, said: &Said) -> Result<usize, Error> {
        if *verdict != Verdict::NotRun {
            return Ok(index);
        }
        let Some(error) = place::of_error(&cargo::plain(&said.diagnostics())) else {
            return Ok(index);
        };
        for (at, step) in self.steps.iter().enumerate() {
            let place = place::of_step(&self.module, self.side, step.number)?;
            if place.is_some_and(|place| place::file(&place) == place::file(&error)) {
                return Ok(at);
            }
        }
        Ok(index)
    }

    /// What the attendee reads: the steps before `index` passed, and the one at `at` has to be mended.
    fn failed(
        &self,
        index: usize,
        at: usize,
        verdict: Verdict,
        said: &Said,
    ) -> Result<String, Error> {
        let step = &self.steps[at];
        let count = self.steps.last().map_or(1, |step| step.number);
        let rest = format!("step {} of {count}   {}", step.number, step.title);
        let mut report = progress::heading(&self.module, &rest);
        self.list_passed(&mut report, &self.steps[..index]);
        let place = self.explain(&mut report, step, verdict, said)?;
        report.gap();
        let place = match place {
            Some(place) => place,
            None => place::of_step(&self.module, self.side, step.number)?.unwrap_or(self.folder()),
        };
        report.say(Word::Next, &format!("{place}, {}", self.again()));
        let (state, named) = (State::of(self.course)?, self.named());
        report.say(Word::Stuck, &progress::stuck(&state, &self.module, step.number, named)?);
        Ok(report.finish())
    }

    /// Says what failed, and returns where to go if that can be told from it.
    fn explain(
        &self,
        report: &mut Report,
        step: &Step,
        verdict: Verdict,
        said: &Said,
    ) -> Result<Option<String>, Error> {
        Ok(match verdict {
            Verdict::Failed(failures) => self.first_failure(report, step, failures)?,
            Verdict::NotRun => {
                let diagnostics = said.diagnostics();
                report
                    .say(Word::Fail, &format!("cargo could not build the {}:", self.side.folder()));
                report.gap();
                report.quote(&diagnostics);
                place::of_error(&cargo::plain(&diagnostics))
            }
            Verdict::Died => {
                report.say(Word::Fail, "the checks ended in the middle; their last words:");
                report.data(&said.last_words());
                None
            }
            Verdict::Empty | Verdict::Passed => {
                report.say(Word::Fail, &format!("{}.rs holds no checks", step.test));
                report.more("why: a step without checks would pass whatever you write");
                Some(
                    self.module.place().join("tests").join(&step.test).display().to_string()
                        + ".rs",
                )
            }
        })
    }

    /// Shows the failure that comes first in the file of checks, and returns where to go.
    fn first_failure(
        &self,
        report: &mut Report,
        step: &Step,
        mut failures: Vec<Failure>,
    ) -> Result<Option<String>, Error> {
        let line = |failure: &Failure| step.text.find(&format!("fn {}(", failure.function()));
        failures.sort_by_key(|failure| line(failure).unwrap_or(usize::MAX));
        let Some(failure) = failures.first() else {
            let arguments = cargo::arguments(&self.package, self.side, &step.test).join(" ");
            report.say(Word::Fail, &format!("a check fails; cargo {arguments} shows which"));
            return Ok(None);
        };
        match &failure.reason {
            Reason::Waiting { step, text } => {
                report.say(Word::Fail, &format!("step {step} is waiting for you"));
                report.more(text);
                return place::of_step(&self.module, self.side, *step);
            }
            Reason::Differs(difference) => {
                report.say(Word::Fail, &failure.sentence());
                self.more(report, &difference.lines.join("\n"), step, failure);
                if let Some(why) = &difference.why {
                    report.more(&format!("why: {why}"));
                }
            }
            Reason::Message(message) => {
                report.say(Word::Fail, &failure.sentence());
                self.more(report, message, step, failure);
            }
        }
        match failures.len() - 1 {
            0 => {}
            1 => report.more("(1 more of this step fails)"),
            others => report.more(&format!("({others} more of this step fail)")),
        }
        let place = failure.place.as_deref();
        Ok(place.filter(|place| place.starts_with(&self.folder())).map(str::to_owned))
    }

    /// The message, or its beginning and the command that shows all of it.
    fn more(&self, report: &mut Report, message: &str, step: &Step, failure: &Failure) {
        let lines: Vec<&str> = message.lines().collect();
        report.data(&lines[..lines.len().min(SHOWN)].join("\n"));
        if let Some(rest @ 1..) = lines.len().checked_sub(SHOWN) {
            let arguments = cargo::arguments(&self.package, self.side, &step.test).join(" ");
            report.more(&format!("(and {rest} more: cargo {arguments} {})", failure.test));
        }
    }

    fn folder(&self) -> String {
        self.module.place().join(self.side.folder()).display().to_string()
    }

    fn again(&self) -> String {
        match self.side {
            Side::Exercise if !self.named => "just check".into(),
            Side::Exercise => format!("just check {}", self.module.number()),
            Side::Solution => format!("just check {} --solution", self.module.number()),
        }
    }
}
