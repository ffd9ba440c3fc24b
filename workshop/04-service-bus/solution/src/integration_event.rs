//! An integration event, and the message that carries it.

use aggregates::{CodecError, Recorded, decode, encode};
use event_store::{EventId, StreamId, Version};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use service_bus::{Message, Received, Value};
use sha2::{Digest, Sha256};

use crate::{Error, Mapping, Properties};

/// The longest id of a message or session, in characters.
const LONGEST: usize = 128;

/// What a property cannot hold. What is beyond ASCII is encoded anyway.
const UNPLAIN: &AsciiSet = &CONTROLS.add(b'"').add(b'\\').add(b'%');

/// What others are told of one event.
#[derive(Debug, Clone)]
pub struct IntegrationEvent {
    /// The stream it is from.
    pub stream: StreamId,
    /// Its place there.
    pub version: Version,
    /// The place of the one that was published before it in this stream; 0 for the first.
    pub previous: Version,
    /// Names it among all messages of the topic, and is the same however often it is sent.
    pub id: String,
    /// What happened, with the version of that name.
    pub kind: String,
    /// The content, a JSON object.
    pub data: Box<RawValue>,
    /// What filters read besides.
    pub properties: Properties,
    /// The conversation it belongs to.
    pub correlation_id: Option<String>,
}

impl IntegrationEvent {
    /// What others are told of an event, if anything. Which one came before is not known yet.
    pub(crate) fn of<M: Mapping>(event: &Recorded<M::Event>) -> Result<Option<Self>, CodecError> {
        let Some(notice) = M::map(event) else {
            return Ok(None);
        };
        let (kind, data) = encode(&notice)?;
        Ok(Some(Self {
            stream: event.stream.clone(),
            version: event.version,
            previous: Version::ZERO,
            id: message_id(&event.stream, &event.id),
            kind: kind.to_owned(),
            data,
            properties: M::properties(&notice),
            correlation_id: event.meta.correlation_id.clone(),
        }))
    }

    /// The message that carries it: the same each time.
    #[must_use]
    pub fn message(&self) -> Message {
        let mut properties = self.properties.clone();
        let streamid = utf8_percent_encode(self.stream.as_str(), UNPLAIN).to_string();
        properties.insert("streamid".to_owned(), Value::Text(streamid));
        properties.insert("streamversion".to_owned(), number(self.version));
        properties.insert("previous".to_owned(), number(self.previous));
        Message {
            session: Some(short(self.stream.to_string())),
            label: Some(self.kind.clone()),
            correlation_id: self.correlation_id.clone(),
            properties,
            ..Message::new(self.id.clone(), self.data.get())
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`]: it is not such a message.
    pub fn read(message: &Received) -> Result<Self, Error> {
        let mut properties = message.properties.clone();
        let version = version(&mut properties, "streamversion")?;
        let previous = self::version(&mut properties, "previous")?;
        if version <= previous {
            return malformed("previous", "must be lower than streamversion");
        }
        let kind = message.label.clone().unwrap_or_default();
        let data = serde_json::from_str(&message.body);
        Ok(Self {
            stream: stream(&mut properties)?,
            version,
            previous,
            id: message.id.clone(),
            kind,
            data: data.or_else(|error| malformed("the body", &format!("is no JSON: {error}")))?,
            properties,
            correlation_id: message.correlation_id.clone(),
        })
    }

    /// The content; `None` if it is of a kind that `E` does not have.
    ///
    /// # Errors
    ///
    /// [`Error::Undecodable`]: the content is not what its kind promises.
    pub fn decode<E: DeserializeOwned>(&self) -> Result<Option<E>, Error> {
        decode(&self.kind, &self.data).map_err(|source| Error::Undecodable {
            stream: self.stream.clone(),
            version: self.version,
            source,
        })
    }
}

/// Event ids are unique in their stream, messages in their topic. A stream's name holds no slash, so two
/// different events never have one id.
fn message_id(stream: &StreamId, event: &EventId) -> String {
    //@ step 1: name the message of {event} in {stream}, at most 128 characters long
    short(format!("{stream}/{event}"))
    //@ end
}

/// The text, or what stands for it if it is too long: as good as unique, and the same each time.
fn short(text: String) -> String {
    if text.chars().count() <= LONGEST { text } else { digest(&text) }
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

fn number(version: Version) -> Value {
    Value::Integer(version.0.cast_signed())
}

fn version(properties: &mut Properties, name: &'static str) -> Result<Version, Error> {
    match properties.remove(name) {
        Some(Value::Integer(number)) if number >= 0 => Ok(Version(number.cast_unsigned())),
        _ => malformed(name, "must be a whole number"),
    }
}

fn stream(properties: &mut Properties) -> Result<StreamId, Error> {
    let Some(Value::Text(text)) = properties.remove("streamid") else {
        return malformed("streamid", "must be the name of a stream, such as meter:87000001");
    };
    let decoded = percent_decode_str(&text).decode_utf8_lossy().into_owned();
    let parsed: Result<StreamId, _> = decoded.parse();
    parsed.or_else(|error| malformed("streamid", &format!("is no name: {error}")))
}

fn malformed<T>(field: &'static str, remedy: &str) -> Result<T, Error> {
    Err(Error::Malformed { field, remedy: remedy.to_owned() })
}
