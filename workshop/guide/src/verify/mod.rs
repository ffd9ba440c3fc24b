//! The gates that every module passes before anybody sees it.
//!
//! # Layout
//! - [`shape`], [`teacher`], [`minutes`], [`links`], [`expected`]: what can be seen by reading
//! - [`bench`]: a copy of the workspace on which the others run
//! - [`steps`], [`wrong`], [`warnings`], [`console`]: what has to be run
//! - [`inner_loop`]: that nothing of other people's is built twice

mod bench;
mod console;
mod expected;
mod inner_loop;
mod links;
mod minutes;
mod shape;
mod steps;
mod teacher;
mod warnings;
mod wrong;

use crate::course::Course;
use crate::error::Error;

pub use bench::Bench;
pub use wrong::show as show_wrong;

/// What is wrong, each a sentence that says what to do.
pub type Findings = Vec<String>;

/// One gate.
pub struct Gate {
    pub name: &'static str,
    /// What holds when it passes.
    pub promise: &'static str,
    look: Look,
}

enum Look {
    /// At the files, as they are.
    Read(fn(&Course) -> Result<Findings, Error>),
    /// At what happens on a copy of them.
    Run(fn(&Bench) -> Result<Findings, Error>),
}

/// All gates, the quick ones first: whoever made a slip hears of it within a second.
pub const GATES: [Gate; 10] = [
    Gate {
        name: "modules",
        promise: "steps, checks, headings, hints and markers agree",
        look: Look::Read(shape::look),
    },
    Gate {
        name: "starters",
        promise: "starters and quoted code equal what the solutions generate",
        look: Look::Read(shape::starters),
    },
    Gate { name: "minutes", promise: "minutes add up", look: Look::Read(minutes::look) },
    Gate { name: "links", promise: "relative links resolve", look: Look::Read(links::look) },
    Gate {
        name: "expected",
        promise: "every expected file has a check that reads it",
        look: Look::Read(expected::look),
    },
    Gate {
        name: "steps",
        promise: "with steps 1 to n solved, exactly the checks 1 to n pass",
        look: Look::Run(steps::look),
    },
    Gate {
        name: "wrong",
        promise: "every wrong answer is caught by its step's checks",
        look: Look::Run(wrong::look),
    },
    Gate {
        name: "console",
        promise: "the commands in the pages run",
        look: Look::Run(console::look),
    },
    Gate {
        name: "warnings",
        promise: "starters compile without warnings",
        look: Look::Run(warnings::look),
    },
    Gate {
        name: "loop",
        promise: "after `just warm`, nothing is left to build",
        look: Look::Read(inner_loop::look),
    },
];

impl Gate {
    /// Looks, and says what is wrong.
    pub fn look(&self, course: &Course) -> Result<Findings, Error> {
        match self.look {
            Look::Read(look) => look(course),
            Look::Run(look) => look(&Bench::open(course)?),
        }
    }
}
