//! The talk's scenario: two meters in the spring of 2020.
//!
//! The commands carry fixed ids, so playing it again changes nothing.

use daybook::event_store::EventStore;
use time::macros::{date, time};
use time::{Date, Time};

use crate::meter::Command;
use crate::meters::{CommandError, Context, Meters};
use crate::readings::Day;
use crate::registration::Registration;

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
pub async fn play<S: EventStore>(meters: &Meters<S>) -> Result<(), CommandError<S::Error>> {
    for story in &STORIES {
        let [id, postal_code, house_number, code] = story.meter;
        let registration = Registration::new(id, postal_code, house_number, code)
            .expect("the talk's meters are valid");
        let id = registration.meter_id.clone();
        let activate = Command::Activate { activation_code: code.to_owned() };
        let mut commands = vec![
            ("register".to_owned(), story.first_day, time!(8:00), Command::Register(registration)),
            ("activate".to_owned(), story.first_day, time!(8:05), activate),
        ];
        let days = std::iter::successors(Some(story.first_day), |day| day.next_day());
        commands.extend(
            days.take_while(|day| *day <= story.last_day).map(|day| {
                (day.to_string(), day, CLOSE, Command::CollectReadings(Day::example(day)))
            }),
        );
        for (name, day, time, command) in commands {
            let command_id = format!("talk-{id}-{name}");
            let context = Context { command_id, time: day.with_time(time).assume_utc() };
            meters.execute(&id, command, &context).await?;
        }
    }
    Ok(())
}
