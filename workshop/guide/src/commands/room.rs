//! `room`: where the attendees are who choose to say so. The page itself is the package `room`.

use crate::cargo;
use crate::course::Course;
use crate::error::Error;
use crate::progress::Progress;
use crate::report::{self, Report, Word};
use crate::room::{self, Place};
use std::net::SocketAddr;
use std::process::ExitCode;

/// Tell the teacher where you are, if you like
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Be seen in the teacher's room, under a name or alias of your choice
    Join {
        /// Where the room is, such as `192.168.1.20:3300`: the teacher's terminal says it
        #[arg(value_parser = room::address)]
        address: SocketAddr,
        /// What you want to be called there
        #[arg(required = true)]
        name: Vec<String>,
    },
    /// Be seen no more: the room forgets you
    Leave,
    /// Open a room on this machine (for teachers); `-- --help` tells more
    Open {
        /// What the room is told, such as `--port 3301`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<String>,
    },
}

/// Runs the command.
pub fn run(course: &Course, arguments: &Arguments) -> Result<ExitCode, Error> {
    match &arguments.what {
        None => here(course),
        Some(What::Join { address, name }) => join(course, *address, &name.join(" ")),
        Some(What::Leave) => leave(course),
        Some(What::Open { options }) => open(course, options),
    }
}

fn here(course: &Course) -> Result<ExitCode, Error> {
    let mut report = Report::new("room   where you are, if you want it known", report::colour());
    if let Some(room) = room::joined(course)? {
        report.note("in", &format!("the room at {}, as {}", room.address, room.name));
        report.say(Word::Next, "just room leave, to be seen no more");
    } else {
        report.note("in", "no room: nothing is told to anybody");
        report.say(Word::Next, "just room join ADDRESS NAME, if you like");
    }
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}

fn join(course: &Course, address: SocketAddr, name: &str) -> Result<ExitCode, Error> {
    let place = Place::of(&Progress::of(course, course.here()?)?);
    // Who joins again begins anew: nobody is in the room twice.
    if let Some(old) = room::joined(course)? {
        // A room that does not answer has forgotten everybody.
        let _ = room::leave(course, &old)?;
    }
    let welcome = room::join(course, address, name, &place)?;
    let mut report = Report::new("room   joined", report::colour());
    report.say(Word::Pass, &format!("the teacher sees: {name}, at {}", place.step));
    report.note(
        "who",
        if welcome.shared {
            "every machine in this network can see it"
        } else {
            "nobody else does"
        },
    );
    report.note(
        "kept",
        if welcome.kept {
            "the teacher writes the list to a file when the room closes"
        } else {
            "in memory, until the room closes"
        },
    );
    report.say(Word::Next, "just check, and the step it stops at is told; just room leave ends it");
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}

fn leave(course: &Course) -> Result<ExitCode, Error> {
    let mut report = Report::new("room   left", report::colour());
    match room::joined(course)? {
        None => report.say(Word::Pass, "you are in no room, and nothing is told to anybody"),
        Some(room) => match room::leave(course, &room)? {
            Ok(()) => {
                report.say(Word::Pass, "the room has forgotten you, and nothing more is told");
            }
            Err(error) => {
                report.say(Word::Pass, "nothing more is told");
                report
                    .note("note", &format!("{error}; if it is open, it still shows {}", room.name));
            }
        },
    }
    print!("{}", report.finish());
    Ok(ExitCode::SUCCESS)
}

fn open(course: &Course, options: &[String]) -> Result<ExitCode, Error> {
    let mut command: Vec<String> = ["run", "-q", "-p", "room", "--"].map(str::to_owned).into();
    command.extend(options.iter().cloned());
    for module in course.modules()? {
        for step in module.steps()? {
            command.push("--step".into());
            command.push(format!("{}.{}={}", module.number(), step.number, step.title));
        }
    }
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let succeeded = cargo::watched(&course.root, &command)?;
    Ok(ExitCode::from(u8::from(!succeeded)))
}
