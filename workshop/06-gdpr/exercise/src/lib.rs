//! Personal data that can be forgotten, in a store where nothing is ever changed.
//!
//! Use it where events say something of people. There are three ways: delete the stream; seal the personal fields and
//! erase the key ([`Personal`], [`Keys`]); or keep them outside of the events ([`People`]).
//!
//! # Layout
//!
//! - `subject`, `place`, `personal`: the words: [`Subject`], [`Place`], [`Personal`]. Read them first.
//! - `data_key`, `seal`, `ring`: seals a field, and opens it again with the keys in hand.
//! - `keys` with `key_cache`, `clock`: the keys of all subjects, in memory for a while; the marker that erases one.
//! - `wrapping`, `key_file`, `key_vault`, `wrapping_key`: the key that wraps the others, in a file or in Azure Key Vault.
//! - [`meter`]: the meter of module 02, with personal fields.
//! - `in_place`: a store that notices a sealed value in the wrong place.
//! - `people`: personal data outside of the events.
//! - `forget` with [`erasure`]: the commands that forget, written down. `follow`: what was made of a stream goes with it.
//! - `search`, `holding`, `export`: what is left of somebody, how far copies have spread, and everything that is held on a
//!   person.
//!
//! # Why this design
//!
//! Events are copied: into views, snapshots, messages, backups and logs, and nobody can name all the places. So what is
//! copied is sealed, and stays sealed wherever it goes. One document opens it, and erasing that one erases all copies at
//! once, at the same cost for ten events and for a million. A value is sealed before the command is decided, so that no
//! plain text ever gets into the domain, and nobody has to remember to take it out.
//!
//! # What it does not do
//!
//! It does not decide what is personal, nor who may read. What somebody has read before stays read.

mod clock;
mod data_key;
pub mod erasure;
mod export;
mod follow;
mod forget;
mod holding;
mod in_place;
mod key_cache;
mod key_file;
mod key_vault;
mod keys;
pub mod meter;
mod people;
mod personal;
mod place;
mod ring;
mod seal;
mod search;
mod subject;
mod wrapping;
mod wrapping_key;

pub use clock::Clock;
pub use data_key::{DataKey, KeyBytes, KeyId, NonceBytes};
pub use export::{ExportError, export, opened};
pub use follow::{Follows, Kept};
pub use forget::{Deleted, ForgetError, Forgetting};
pub use holding::{Holding, holdings};
pub use in_place::{InPlace, InPlaceError, Misplaced, in_place};
pub use key_cache::Caching;
pub use key_file::KeyFile;
pub use key_vault::VaultKey;
pub use keys::{Erased, KEYS, KeyDocument, KeyError, Keys, StoredKey};
pub use people::{PEOPLE, People, PersonDocument, PersonError};
pub use personal::{NotSealed, Opened, Personal, Sealed};
pub use place::{InvalidPlace, Place};
pub use ring::{Held, OpenError, Ring};
pub use seal::Seal;
pub use search::{Gone, Left, search};
pub use subject::{InvalidSubject, Subject};
pub use wrapping::{Wrapped, Wrapping, WrappingError};
pub use wrapping_key::{KEK_ID, WrappingKey};
