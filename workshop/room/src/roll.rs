//! Who is where. Times are durations since the room was opened, and arguments.

use crate::Rules;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// More than any room holds; beyond it somebody is playing.
const MOST: usize = 300;
/// The longest name, in characters: it has to fit a column that is read from the last row.
const LONGEST_NAME: usize = 24;

/// What a guide shows to speak for somebody.
pub type Ticket = String;

/// A step such as `03.2`, at work or passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Such as `03.2`.
    pub step: String,
    /// All steps of the module pass, and this is its last.
    pub passed: bool,
}

/// Somebody who chose to be seen.
#[derive(Debug, Clone)]
pub struct Person {
    /// As they want to be called.
    pub name: String,
    /// Where they are.
    pub place: Place,
    /// When they came to this place.
    pub since: Duration,
}

/// What the room does not do, worded for the person at the guide.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The name is empty or too long, or holds what is no part of a name.
    #[error(
        "`{0}` is no name here: use 1 to {LONGEST_NAME} letters, digits, blanks, hyphens, dots or apostrophes"
    )]
    Name(String),
    /// Somebody else has it.
    #[error("somebody here is called {0} already: choose another name or alias")]
    NameTaken(String),
    /// It is no step of this course.
    #[error(
        "`{0}` is no step of the teacher's course: a step looks like 03.2; `git pull` if yours is older"
    )]
    Step(String),
    /// The room was opened anew, or they left.
    #[error("this room does not know you any more: just room join, and you are in it again")]
    Unknown,
    /// Too many.
    #[error("the room is full: it holds {MOST} people")]
    Full,
    /// It is not what a guide sends.
    #[error("a message cannot be read ({0}): use the guide's `just room`")]
    Message(String),
    /// The page is for the teacher.
    #[error("the page of this room is shown on the teacher's machine only")]
    NotShared,
    /// A page of another site is behind it.
    #[error("this came by way of another site: open the address that the room printed")]
    Foreign,
    /// There is nothing at this address.
    #[error("there is no such page: the room is at /")]
    NoSuchPage,
}

/// The list of everybody in the room.
#[derive(Debug, Default)]
pub struct Roll {
    people: BTreeMap<Ticket, Person>,
}

impl Roll {
    /// Adds somebody and returns their ticket.
    ///
    /// # Errors
    ///
    /// The name cannot be shown or is taken, the step is unknown, or the room is full.
    pub fn join(
        &mut self,
        name: &str,
        place: Place,
        rules: &Rules,
        now: Duration,
    ) -> Result<Ticket, Refusal> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_name(&name) {
            let shown = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME);
            return Err(Refusal::Name(shown.collect()));
        }
        let same = |person: &Person| person.name.to_lowercase() == name.to_lowercase();
        if self.people.values().any(same) {
            return Err(Refusal::NameTaken(name));
        }
        check(&place, rules)?;
        if self.people.len() >= MOST {
            return Err(Refusal::Full);
        }
        let ticket = Uuid::new_v4().to_string();
        self.people.insert(ticket.clone(), Person { name, place, since: now });
        Ok(ticket)
    }

    /// Moves somebody. Saying the same again does not begin their time anew.
    ///
    /// # Errors
    ///
    /// Nobody has this ticket, or the step is unknown.
    pub fn at(
        &mut self,
        ticket: &str,
        place: Place,
        rules: &Rules,
        now: Duration,
    ) -> Result<(), Refusal> {
        let person = self.people.get_mut(ticket).ok_or(Refusal::Unknown)?;
        check(&place, rules)?;
        if person.place != place {
            person.place = place;
            person.since = now;
        }
        Ok(())
    }

    /// Forgets somebody. To leave twice is no mistake.
    pub fn leave(&mut self, ticket: &str) {
        self.people.remove(ticket);
    }

    /// Everybody, by name.
    #[must_use]
    pub fn people(&self) -> Vec<&Person> {
        let mut people: Vec<_> = self.people.values().collect();
        people.sort_by_key(|person| person.name.to_lowercase());
        people
    }
}

fn is_name(name: &str) -> bool {
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    fits && name.chars().all(|c| c.is_alphanumeric() || " -_.'’".contains(c))
}

fn check(place: &Place, rules: &Rules) -> Result<(), Refusal> {
    let looks_right = place.step.len() <= 8
        && place.step.split_once('.').is_some_and(|(module, step)| {
            [module, step]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        });
    let known = rules.steps.is_empty() || rules.steps.iter().any(|(step, _)| *step == place.step);
    if looks_right && known {
        return Ok(());
    }
    let shown = place.step.chars().filter(|c| !c.is_control()).take(8);
    Err(Refusal::Step(shown.collect()))
}
