//! How far the attendee is in a module, as far as can be told without running anything.

use crate::cargo::Side;
use crate::course::{Course, Module, Step};
use crate::error::Error;
use crate::report::{self, Report, Word};
use crate::state::{Stand, State};
use crate::{files, lesson, place};

/// A module, its steps, and the one to work on.
pub struct Progress {
    pub module: Module,
    pub steps: Vec<Step>,
    /// Index of the current step; `None` when `check` has seen all of them pass.
    current: Option<usize>,
    state: State,
}

impl Progress {
    /// Looks at what `check` said last, and at what is still missing in the exercise.
    pub fn of(course: &Course, module: Module) -> Result<Self, Error> {
        let steps = module.checked_steps()?;
        let state = State::of(course)?;
        // What `check` saw may have been taken back since, with git or by hand.
        let open = first_open(&module, &steps)?;
        let position = |number| steps.iter().position(|step: &Step| step.number == number);
        let current = match state.stand(&module) {
            Some(Stand::Done) => open,
            Some(Stand::At(step)) => position(step).into_iter().chain(open).min(),
            None => open.or(Some(0)),
        };
        Ok(Self { module, steps, current, state })
    }

    /// The step to work on, if one is left.
    pub fn step(&self) -> Option<&Step> {
        self.steps.get(self.current?)
    }

    /// A page about the current step, or about the whole module.
    pub fn report(&self) -> Report {
        match self.step() {
            Some(step) => {
                let count = self.steps.last().map_or(1, |step| step.number);
                heading(&self.module, &format!("step {} of {count}   {}", step.number, step.title))
            }
            None => heading(&self.module, &done(self.steps.len())),
        }
    }

    /// Where to write, and the command that follows.
    pub fn say_next(&self, course: &Course, report: &mut Report) -> Result<(), Error> {
        let Some(step) = self.step() else {
            report.say(Word::Next, &next_module(course, &self.module)?);
            return Ok(());
        };
        let folder = || self.module.place().join("exercise").display().to_string();
        let place = place::of_step(&self.module, Side::Exercise, step.number)?;
        report.say(Word::Next, &format!("{}, just check", place.unwrap_or_else(folder)));
        report.say(Word::Stuck, &stuck(&self.state, &self.module, step.number, "")?);
        Ok(())
    }
}

fn first_open(module: &Module, steps: &[Step]) -> Result<Option<usize>, Error> {
    for (index, step) in steps.iter().enumerate() {
        if place::is_open(module, step.number)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// A page about a module.
pub fn heading(module: &Module, rest: &str) -> Report {
    Report::new(&format!("{} {}   {rest}", module.number(), module.subject()), report::colour())
}

/// That all steps pass.
pub fn done(count: usize) -> String {
    match count {
        1 => "its one step passes".into(),
        _ => format!("all {count} steps pass"),
    }
}

/// What to do after a module.
pub fn next_module(course: &Course, module: &Module) -> Result<String, Error> {
    Ok(match course.after(module)? {
        Some(next) => {
            format!("{}, just go {}", next.place().join("README.md").display(), next.number())
        }
        None => "nothing: this is the last module".into(),
    })
}

/// What helps: the next rung, and after the last one our lines. `named` is the module if it is not the
/// one the attendee is in.
pub fn stuck(state: &State, module: &Module, step: u8, named: &str) -> Result<String, Error> {
    let text = files::bytes(&module.path("hints.md"))?.unwrap_or_default();
    let rungs = lesson::read(&String::from_utf8_lossy(&text)).rungs(step).len();
    let named = if named.is_empty() { String::new() } else { format!(" {named}") };
    Ok(match state.rungs(module, step) + 1 {
        rung if rung <= rungs => format!("just hint{named} (rung {rung} of {rungs})"),
        _ if named.is_empty() => format!("just solve {step} (a copy of yours is kept)"),
        _ => format!("just go{named}, then just solve {step} (a copy of yours is kept)"),
    })
}
