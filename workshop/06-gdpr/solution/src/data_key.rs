//! The key that a person's data is sealed with.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The bytes of a key. They are gone from memory when this is dropped.
pub type KeyBytes = Zeroizing<[u8; 32]>;

/// What stands in front of each ciphertext. It must never be used twice with one key: the two texts would give each
/// other away.
pub type NonceBytes = [u8; 12];

/// Names a data key: says which one a value needs, and nothing about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(String);

/// A data key, ready for use. Cheap to clone; `Debug` shows its name alone.
#[derive(Clone)]
pub struct DataKey {
    id: KeyId,
    cipher: Arc<Aes256Gcm>,
}

impl KeyId {
    /// A name that no other key has.
    pub(crate) fn random() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()))
    }
}

/// New bytes for a key, from the generator that the operating system seeds.
pub(crate) fn random_bytes() -> KeyBytes {
    Zeroizing::new(rand::random())
}

impl DataKey {
    /// A new key that is kept nowhere: [`Keys`](crate::Keys) makes those that are.
    #[must_use]
    pub fn random() -> Self {
        Self::new(KeyId::random(), &random_bytes())
    }

    pub(crate) fn new(id: KeyId, bytes: &KeyBytes) -> Self {
        Self { id, cipher: Arc::new(Aes256Gcm::new((&**bytes).into())) }
    }

    /// The key's name.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// AES-256-GCM: the ciphertext with its tag. What is `associated` is not in it, but has to be the same to decrypt.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "a field is never 64 GB long")]
    pub fn encrypt(&self, nonce: &NonceBytes, plain: &[u8], associated: &[u8]) -> Vec<u8> {
        let payload = Payload { msg: plain, aad: associated };
        let sealed = self.cipher.encrypt(&Nonce::from(*nonce), payload);
        sealed.expect("AES-GCM takes what is shorter than 64 GB")
    }

    /// The plain text; `None` if anything at all is not as it was when it was encrypted.
    #[must_use]
    pub fn decrypt(
        &self,
        nonce: &NonceBytes,
        sealed: &[u8],
        associated: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: sealed, aad: associated };
        self.cipher.decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

impl From<&str> for KeyId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DataKey").field(&self.id).finish()
    }
}
