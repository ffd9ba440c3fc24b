//! Messages the broker set aside, sent again. Works on every place: dead letters are received like others.

use std::time::Duration;

use crate::{Bus, BusError, Delivery, Message, Received, Source};

const MAX_ID: usize = 128;

/// What stands between an id and the mark of its resubmission.
const MARK: char = '~';

/// Sends a dead letter again and removes it. If that is interrupted, it can be done again: the same dead letter gets
/// the same new id.
///
/// The id is a new one, since the broker may still know the old one as sent. A consumer that has applied the message
/// recognises it by its stream and version.
///
/// # Errors
///
/// It could not be sent, and is still there; or it was sent and not removed, and comes again.
pub async fn resubmit<B: Bus>(
    bus: &B,
    dead_letter: &Delivery<B::Lock>,
    to: &str,
) -> Result<(), BusError> {
    bus.send(to, &copy(&dead_letter.message)).await?;
    bus.complete(&dead_letter.lock).await
}

/// Sends those of the first `limit` dead letters again that are wanted, and gives the others back. Says how many it
/// sent.
///
/// # Errors
///
/// The first failure ends it; what it has sent by then, stays sent. Dead letters it held come back when their locks
/// end.
pub async fn resubmit_where<B: Bus>(
    bus: &B,
    source: &Source,
    to: &str,
    limit: usize,
    wanted: impl Fn(&Received) -> bool + Send,
) -> Result<usize, BusError> {
    let dead_letters = source.dead_letters();
    let (mut sent, mut others) = (0, Vec::new());
    for _ in 0..limit {
        let Some(dead_letter) = bus.receive(&dead_letters, Duration::ZERO).await? else {
            break;
        };
        if wanted(&dead_letter.message) {
            resubmit(bus, &dead_letter, to).await?;
            sent += 1;
        } else {
            // Given back at once, it would be the next to come.
            others.push(dead_letter.lock);
        }
    }
    for lock in &others {
        bus.abandon(lock).await?;
    }
    Ok(sent)
}

/// The message as it was, under its new id and without the broker's reason.
fn copy(dead: &Received) -> Message {
    let mut properties = dead.properties.clone();
    properties.remove("deadletterreason");
    properties.remove("deadlettererrordescription");
    Message {
        session: dead.session.clone(),
        label: dead.label.clone(),
        correlation_id: dead.correlation_id.clone(),
        content_type: dead.content_type.clone().unwrap_or_else(|| "application/json".to_owned()),
        properties,
        ..Message::new(new_id(dead), dead.body.clone())
    }
}

/// The old id, marked with the number of the dead letter. Marks do not pile up.
fn new_id(dead: &Received) -> String {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let marked = dead.id.rsplit_once(MARK).filter(|(_, mark)| digits(mark));
    let id = marked.map_or(dead.id.as_str(), |(id, _)| id);
    let mark = format!("{MARK}{}", dead.sequence_number);
    let room = MAX_ID.saturating_sub(mark.len());
    // The end of an id tells more than its beginning.
    let skipped = id.chars().count().saturating_sub(room);
    id.chars().skip(skipped).chain(mark.chars()).collect()
}
