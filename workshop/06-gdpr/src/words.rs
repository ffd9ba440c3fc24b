//! The words the checks speak in. Ids and times are fixed; keys and nonces never are.

use aggregates::Context;
use aggregates::registration::{self, MeterId};
use event_store::{EventId, StreamId};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::{DataKey, Erased, Held, Keys, Opened, Personal, Ring, Seal, Subject, Wrapping};
use projections::Documents;

/// The talk begins on this day.
pub const START: OffsetDateTime = datetime!(2020-04-30 09:00 UTC);

/// Where the talk's first meter hangs.
pub const POSTAL_CODE: &str = "1000 AA";

/// The code that activates it.
pub const CODE: &str = "542-484";

/// Why somebody is forgotten here.
pub const REASON: &str = "asked for it on 12 May";

/// A command with this id, given by a clerk at the start.
#[must_use]
pub fn sent(command_id: &str) -> Context {
    Context { actor: Some("clerk 7".to_owned()), ..Context::new(command_id, START) }
}

/// A meter.
///
/// # Panics
///
/// The number is none.
#[must_use]
pub fn meter(number: &str) -> MeterId {
    MeterId::parse(number).expect("digits are a number")
}

/// Its stream.
#[must_use]
pub fn stream(number: &str) -> StreamId {
    meter(number).stream()
}

/// Whoever lives behind it.
#[must_use]
pub fn person(number: &str) -> Subject {
    Subject::of(&stream(number))
}

/// What is written down of the talk's first meter, before it is sealed.
///
/// # Panics
///
/// The number is none.
#[must_use]
pub fn registration(number: &str) -> registration::Registration {
    let fields = registration::Registration::new(number, POSTAL_CODE, "25", CODE);
    fields.expect("every field is valid")
}

/// Seals what the first event of a command will say of the person behind a meter.
#[must_use]
pub fn seal(number: &str, key: &DataKey, command_id: &str) -> Seal {
    let event_id = EventId::of_command(command_id, 0);
    Seal::new(person(number), key.clone(), stream(number), event_id)
}

/// The key of the person behind meter 1, in hand.
#[must_use]
pub fn ring(key: &DataKey) -> Ring {
    Ring::default().with(person("1"), Held::Key(key.clone()))
}

/// A text of the person behind meter 1, sealed as the postal code of a registration.
///
/// # Panics
///
/// Never: a text can be sealed.
#[must_use]
pub fn postal_code(key: &DataKey, command_id: &str) -> Personal<String> {
    let sealed = seal("1", key, command_id).field("postal_code", &POSTAL_CODE.to_owned());
    sealed.expect("a text can be sealed")
}

/// That the clerk erased it at the start.
#[must_use]
pub fn erased() -> Erased {
    Erased::by(&sent("forget"), REASON)
}

/// What somebody sees who fetches the key of the person behind meter 1.
///
/// # Panics
///
/// The keys cannot be had.
pub async fn seen<D: Documents, W: Wrapping>(
    keys: &Keys<D, W>,
    personal: &Personal<String>,
) -> String {
    let ring = keys.ring([personal.subject().clone()]).await.expect("keys can be fetched");
    let opened = ring.open(personal);
    opened.map_or_else(|error| error.to_string(), |opened: Opened<String>| opened.to_string())
}
