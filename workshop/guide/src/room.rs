//! What is told to the teacher's room, and only after `just room join`: a name or alias, and a step.
//!
//! `.guide/room` holds where the room is, the name, and the ticket that the room gave for it. Without that file
//! nothing is sent. A room that does not answer never stops what the attendee does.

use crate::course::{Course, Module};
use crate::error::Error;
use crate::files;
use crate::progress::Progress;
use crate::report::{self, Report};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Nobody waits longer for a room that has gone.
const PATIENCE: Duration = Duration::from_secs(2);
const PORT: u16 = 3300;
/// An answer is a sentence.
const LONGEST_ANSWER: u64 = 2048;

/// A room somebody has joined.
pub struct Joined {
    pub address: SocketAddr,
    pub name: String,
    ticket: String,
}

/// What the room said when somebody joined.
pub struct Welcome {
    /// Other machines may see the page.
    pub shared: bool,
    /// The list is written to a file when the room closes.
    pub kept: bool,
}

/// Where somebody is: a step, or the end of a module.
pub struct Place {
    /// Such as `03.2`.
    pub step: String,
    pub passed: bool,
}

impl Place {
    /// The step to work on, or the last if all pass.
    pub fn of(progress: &Progress) -> Self {
        let last = progress.steps.last().map_or(1, |step| step.number);
        let number = progress.step().map_or(last, |step| step.number);
        Self::at(&progress.module, number, progress.step().is_none())
    }

    pub fn at(module: &Module, step: u8, passed: bool) -> Self {
        Self { step: format!("{}.{step}", module.number()), passed }
    }
}

/// The room somebody is in, if they are.
pub fn joined(course: &Course) -> Result<Option<Joined>, Error> {
    let text = files::bytes(&file(course))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    let (Some(address), Some(name), Some(ticket)) =
        (value("address"), value("name"), value("ticket"))
    else {
        return Ok(None);
    };
    let joined = |address| Joined { address, name: name.into(), ticket: ticket.into() };
    Ok(address.parse().ok().map(joined))
}

/// Joins a room, and remembers it.
pub fn join(
    course: &Course,
    address: SocketAddr,
    name: &str,
    place: &Place,
) -> Result<Welcome, Error> {
    let message = json!({ "name": name, "step": place.step, "passed": place.passed });
    let answer = send(address, "join", &message)?;
    let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
    let Some(ticket) =
        answer["ticket"].as_str().filter(|ticket| !ticket.contains(char::is_control))
    else {
        return Err(Error::NoRoom { address });
    };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!("address {address}\nname {name}\nticket {ticket}\n");
    files::write(&file(course), text.as_bytes())?;
    let is = |key| answer[key].as_bool().unwrap_or(true);
    Ok(Welcome { shared: is("shared"), kept: is("kept") })
}

/// Tells the room, if there is one, where the attendee is, and says so.
pub fn report(course: &Course, place: &Place) {
    if let Some(said) = tell(course, place) {
        let mut report = Report::plain(report::colour());
        report.note("room", &said);
        print!("{}", report.finish());
    }
}

fn tell(course: &Course, place: &Place) -> Option<String> {
    let room = joined(course).ok()??;
    let message = json!({ "ticket": room.ticket, "step": place.step, "passed": place.passed });
    let shown = if place.passed { format!("{}, passed", place.step) } else { place.step.clone() };
    Some(match send(room.address, "at", &message) {
        Ok(_) => format!("{} is at {shown} (just room leave)", room.name),
        Err(error) => format!("nothing was told: {error} (just room leave)"),
    })
}

/// Leaves the room, and forgets it here whatever the room answers.
pub fn leave(course: &Course, room: &Joined) -> Result<Result<(), Error>, Error> {
    let said = send(room.address, "leave", &json!({ "ticket": room.ticket }));
    files::delete(&file(course))?;
    Ok(said.map(drop))
}

/// The address of a room, as people type and paste it.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let bare = text.trim().trim_start_matches("http://").trim_end_matches('/');
    let with_port = bare.parse().or_else(|_| bare.parse().map(|ip| SocketAddr::new(ip, PORT)));
    with_port
        .map_err(|_| format!("`{text}` is no address of a room: it looks like 192.168.1.20:{PORT}"))
}

fn file(course: &Course) -> PathBuf {
    course.root.join(".guide/room")
}

/// Sends a message, and returns the answer; a refusal is an error with the room's own sentence.
fn send(address: SocketAddr, what: &str, message: &Value) -> Result<String, Error> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .max_redirects(0)
        // A room is on this network: a proxy leads out of it.
        .proxy(None)
        .build()
        .new_agent();
    let unreachable = |_| Error::NoRoom { address };
    let url = format!("http://{address}/{what}");
    let mut answer = agent.post(url).send(message.to_string()).map_err(unreachable)?;
    let body = answer.body_mut().with_config().limit(LONGEST_ANSWER);
    let body = body.read_to_string().map_err(unreachable)?;
    if answer.status().is_success() {
        return Ok(body);
    }
    let said: String = body.chars().filter(|c| !c.is_control()).collect();
    Err(Error::Refused { said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_it_is_printed_typed_or_pasted() {
        let wanted = Ok("192.168.1.20:3300".parse().expect("an address"));
        for text in ["192.168.1.20:3300", "192.168.1.20", "http://192.168.1.20:3300/"] {
            assert_eq!(address(text), wanted, "{text}");
        }
        assert!(address("https://example.com/").is_err());
        assert!(address("the-room").is_err());
    }
}
