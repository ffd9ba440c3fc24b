//! The talk's scenario: two meters in the spring of 2020.
//!
//! The commands carry fixed ids, so playing it again changes nothing.

use daybook::aggregates::Context;
use daybook::aggregates::meter::Command;
use daybook::aggregates::readings::Day;
use daybook::aggregates::registration::{MeterId, Registration};
use daybook::event_store::{EventId, EventStore, Range};
use time::macros::{date, time};
use time::{Date, OffsetDateTime, Time};

use crate::meters::{Failure, Meters};
use crate::store::Keyed;

/// A meter of the talk.
struct Story {
    meter: [&'static str; 4],
    first_day: Date,
    last_day: Date,
}

const STORIES: [Story; 2] = [
    Story {
        meter: ["87000001", "1000 AA", "25", "542-484"],
        first_day: date!(2020 - 04 - 30),
        last_day: date!(2020 - 05 - 17),
    },
    Story {
        meter: ["87000002", "9999 BB", "4", "745-195"],
        first_day: date!(2020 - 05 - 01),
        last_day: date!(2020 - 05 - 14),
    },
];

/// A day's readings are entered at its close, under its own date as in the talk.
const CLOSE: Time = time!(23:59:59);

/// Plays the scenario. What was played before stays as it is.
///
/// # Errors
///
/// A meter of the talk was registered otherwise, or the store failed.
pub async fn play<S: Keyed>(meters: &Meters<S>) -> Result<(), Failure<S::Error>> {
    for story in &STORIES {
        let registration = story.registration();
        let id = registration.meter_id.clone();
        for (name, time, command) in story.commands(registration) {
            let context = Context::new(command_id(&id, &name), time);
            meters.execute(&id, command, &context).await?;
        }
    }
    Ok(())
}

/// Whether the scenario was begun and not played to its end: the program was stopped meanwhile.
///
/// # Errors
///
/// The store failed.
pub async fn is_unfinished<S: EventStore>(store: &S) -> Result<bool, S::Error> {
    let [first, .., last] = &STORIES;
    Ok(holds(store, first, "register").await?
        && !holds(store, last, &last.last_day.to_string()).await?)
}

/// Whether a command of the story was carried out.
async fn holds<S: EventStore>(events: &S, story: &Story, name: &str) -> Result<bool, S::Error> {
    let id = story.registration().meter_id;
    let first = EventId::of_command(&command_id(&id, name), 0);
    let slice = events.load(&id.stream(), Range::all()).await?;
    Ok(slice.events.iter().any(|recorded| *recorded.event.id() == first))
}

fn command_id(meter: &MeterId, name: &str) -> String {
    format!("talk-{meter}-{name}")
}

impl Story {
    fn registration(&self) -> Registration {
        let [id, postal_code, house_number, code] = self.meter;
        Registration::new(id, postal_code, house_number, code).expect("the talk's meters are valid")
    }

    /// What the meter is told, in order: a name, the time and the command.
    fn commands(&self, registration: Registration) -> Vec<(String, OffsetDateTime, Command)> {
        let at = |day: Date, time| day.with_time(time).assume_utc();
        let activate = Command::Activate { activation_code: registration.activation_code.clone() };
        let register = Command::Register(registration);
        let days = std::iter::successors(Some(self.first_day), |day| day.next_day());
        let days = days.take_while(|day| *day <= self.last_day).map(|day| {
            (day.to_string(), at(day, CLOSE), Command::CollectReadings(Day::example(day)))
        });
        let first = [
            ("register".to_owned(), at(self.first_day, time!(8:00)), register),
            ("activate".to_owned(), at(self.first_day, time!(8:05)), activate),
        ];
        first.into_iter().chain(days).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Memory;

    #[tokio::test]
    async fn a_scenario_that_was_cut_short_is_told_from_one_that_was_not() {
        let meters = Meters::new(Memory::default());
        let store = meters.store();
        assert!(!is_unfinished(store).await.unwrap(), "nothing was begun");
        let registration = STORIES[0].registration();
        let id = registration.meter_id.clone();
        let (name, time, command) = STORIES[0].commands(registration).remove(0);
        let context = Context::new(command_id(&id, &name), time);
        meters.execute(&id, command, &context).await.unwrap();
        assert!(is_unfinished(store).await.unwrap(), "only a meter was registered");
        play(&meters).await.unwrap();
        assert!(!is_unfinished(store).await.unwrap(), "it was played to its end");
    }
}
