//! Seals the fields of one event.

use event_store::{EventId, StreamId};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{DataKey, Personal, Place, Sealed, Subject};

/// Seals fields for the event they will stand in. That is known before the command is decided: its events are numbered
/// from the command's id.
#[derive(Debug, Clone)]
pub struct Seal {
    subject: Subject,
    key: DataKey,
    stream: StreamId,
    event_id: EventId,
}

impl Seal {
    /// Seals what the event will say of the subject.
    #[must_use]
    pub fn new(subject: Subject, key: DataKey, stream: StreamId, event_id: EventId) -> Self {
        Self { subject, key, stream, event_id }
    }

    /// Seals the value of a field.
    ///
    /// # Errors
    ///
    /// The value has no JSON form.
    pub fn field<T: Serialize>(
        &self,
        field: &str,
        value: &T,
    ) -> Result<Personal<T>, serde_json::Error> {
        let plain = Zeroizing::new(serde_json::to_vec(value)?);
        let place = self.place(field);
        Ok(Personal::new(self.encrypt(place, &plain)))
    }

    /// Encrypts the plain text of a field for its place.
    fn encrypt(&self, place: Place, plain: &[u8]) -> Sealed {
        //@ step 1: encrypt the plain text of a field for {place}, under a nonce that is never used again
        let nonce = rand::random();
        let associated = place.to_string();
        let ciphertext = self.key.encrypt(&nonce, plain, associated.as_bytes());
        let key = self.key.id().clone();
        Sealed::new(self.subject.clone(), place, key, nonce, &ciphertext)
        //@ end
    }

    fn place(&self, field: &str) -> Place {
        let (stream, event_id) = (self.stream.clone(), self.event_id.clone());
        Place { stream, event_id, field: field.to_owned() }
    }
}
