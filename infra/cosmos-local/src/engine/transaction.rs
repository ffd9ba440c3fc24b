//! One transaction of one logical partition: a read snapshot with an overlay of its own writes.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::document::{self, Sealed};
use super::index::Entries;
use super::overlay::{Overlay, Owner};
use super::record::Record;
use super::storage::Snapshot;
use super::write_set::WriteSet;
use super::{
    Container, Document, Epk, Failure, Kind, Operation, Outcome, PartitionKey, Patch, Precondition,
    keys, limits, scan,
};
use crate::query::{Page, Request};

/// Owned and `Send`, so that a procedure can hold it while it runs. Sees its own writes, in queries too.
pub struct Transaction {
    pub(super) container: Arc<Container>,
    key: PartitionKey,
    /// What the keys of this partition begin with.
    pub(super) partition: Vec<u8>,
    epk: Epk,
    range: u32,
    pub(super) snapshot: Snapshot,
    pub(super) overlay: Overlay,
}

/// A transaction that has been committed.
#[derive(Debug)]
pub struct Committed<T> {
    pub value: T,
    /// LSN of this transaction, or the range's newest when it wrote nothing.
    pub lsn: u64,
    /// The partition-key range that holds the logical partition.
    pub range: u32,
}

/// A document as the transaction sees it.
struct Current {
    number: u64,
    document: Document,
}

impl Transaction {
    pub(super) fn begin(
        container: Arc<Container>,
        key: PartitionKey,
        snapshot: Snapshot,
    ) -> Result<Self, Failure> {
        let epk = container.epk(&key)?;
        let partition = keys::partition(container.number, &epk, &key);
        let range = container.range_of(&epk).id;
        let overlay = Overlay::default();
        Ok(Self { container, key, partition, epk, range, snapshot, overlay })
    }

    /// Carries out one operation. After an error the transaction is as before the operation and can go on.
    pub fn apply(&mut self, operation: Operation) -> Result<Outcome, Failure> {
        match operation {
            Operation::Create { body } => self.create(body),
            Operation::Upsert { body, precondition } => self.upsert(body, &precondition),
            Operation::Read { id, precondition } => self.read(&id, &precondition),
            Operation::Replace { id, body, precondition } => self.replace(&id, body, &precondition),
            Operation::Patch { id, patch, precondition } => self.patch(&id, &patch, &precondition),
            Operation::Delete { id, precondition } => self.delete(&id, &precondition),
        }
    }

    /// One page of a query over this logical partition.
    pub fn query(&self, request: &Request) -> Result<Page, Failure> {
        scan::partition(self, request)
    }

    /// The newest LSN of its range that the transaction sees.
    pub(super) fn lsn(&self) -> Result<u64, Failure> {
        self.snapshot.lsn(self.container.number, self.range)
    }

    pub(super) fn range(&self) -> u32 {
        self.range
    }

    /// The net effect; `None` if there is nothing to write.
    pub(super) fn into_write_set(self) -> Option<WriteSet> {
        let writes = self.overlay.into_writes();
        (!writes.is_empty()).then_some(WriteSet {
            container: self.container,
            partition: self.partition,
            epk: self.epk,
            now: self.snapshot.moment.now,
            writes,
        })
    }

    fn create(&mut self, body: Map<String, Value>) -> Result<Outcome, Failure> {
        let id = self.checked_id(&body)?;
        if self.current(&id)?.is_some() {
            return Err(Failure::Conflict {
                reason: format!("document '{id}' exists already in the partition {}", self.key),
            });
        }
        self.write(&id, body, None).map(Outcome::Created)
    }

    fn upsert(
        &mut self,
        body: Map<String, Value>,
        precondition: &Precondition,
    ) -> Result<Outcome, Failure> {
        let id = self.checked_id(&body)?;
        match self.current(&id)? {
            None => self.write(&id, body, None).map(Outcome::Created),
            Some(current) => {
                precondition.allows(&current.document.etag)?;
                self.write(&id, body, Some(current.number)).map(Outcome::Replaced)
            }
        }
    }

    fn read(&self, id: &str, precondition: &Precondition) -> Result<Outcome, Failure> {
        let document = self.existing(id)?.document;
        match precondition.allows(&document.etag) {
            Ok(()) => Ok(Outcome::Read(document)),
            Err(_) if matches!(precondition, Precondition::IfNoneMatch(_)) => {
                Ok(Outcome::NotModified(document))
            }
            Err(failure) => Err(failure),
        }
    }

    fn replace(
        &mut self,
        id: &str,
        body: Map<String, Value>,
        precondition: &Precondition,
    ) -> Result<Outcome, Failure> {
        let given = self.checked_id(&body)?;
        if given != id {
            return Err(limits::invalid(format!(
                "the document's 'id' is '{given}', the one to replace is '{id}': ids never change"
            )));
        }
        let current = self.existing(id)?;
        precondition.allows(&current.document.etag)?;
        self.write(id, body, Some(current.number)).map(Outcome::Replaced)
    }

    fn patch(
        &mut self,
        id: &str,
        patch: &Patch,
        precondition: &Precondition,
    ) -> Result<Outcome, Failure> {
        let current = self.existing(id)?;
        precondition.allows(&current.document.etag)?;
        let mut body = current.document.parsed()?;
        if let Some(condition) = &patch.condition {
            scan::check_condition(condition, &body)?;
        }
        for name in document::SYSTEM {
            body.shift_remove(name);
        }
        patch.apply(&mut body)?;
        self.checked_id(&body)?;
        self.write(id, body, Some(current.number)).map(Outcome::Replaced)
    }

    fn delete(&mut self, id: &str, precondition: &Precondition) -> Result<Outcome, Failure> {
        precondition.allows(&self.existing(id)?.document.etag)?;
        self.put(id, None)?;
        Ok(Outcome::Deleted)
    }

    /// The id of a document that may be written here.
    fn checked_id(&self, body: &Map<String, Value>) -> Result<String, Failure> {
        let id = limits::document_id(body)?;
        let key = self.container.key_of(body)?;
        if key == self.key {
            return Ok(id.to_owned());
        }
        Err(Failure::KeyMismatch {
            reason: format!("document '{id}' has {key}, the request {}", self.key),
        })
    }

    fn existing(&self, id: &str) -> Result<Current, Failure> {
        let absent = || Failure::NotFound { kind: Kind::Document, id: id.to_owned() };
        self.current(id)?.ok_or_else(absent)
    }

    fn current(&self, id: &str) -> Result<Option<Current>, Failure> {
        Ok(match self.overlay.get(id) {
            Some(written) => written
                .sealed()
                .map(|sealed| Current { number: sealed.number, document: sealed.into() }),
            None => self
                .stored(id)?
                .map(|record| Current { number: record.number, document: record.into() }),
        })
    }

    /// A document of the snapshot.
    pub(super) fn stored(&self, id: &str) -> Result<Option<Record>, Failure> {
        self.snapshot.document(&self.document_key(id))
    }

    fn document_key(&self, id: &str) -> Vec<u8> {
        keys::join(&self.partition, id.as_bytes())
    }

    /// Removes what has expired, if it is still there.
    pub(super) fn evict(&mut self, id: &str) -> Result<(), Failure> {
        let remains = self.snapshot.remains(&self.document_key(id))?;
        let over = remains.is_some_and(|record| self.snapshot.moment.is_over(&record));
        if over && self.overlay.get(id).is_none() { self.put(id, None) } else { Ok(()) }
    }

    /// Writes a document; `number` is that of the one it replaces.
    fn write(
        &mut self,
        id: &str,
        mut body: Map<String, Value>,
        number: Option<u64>,
    ) -> Result<Document, Failure> {
        let number = number.unwrap_or_else(|| self.container.next_number());
        let now = self.snapshot.moment.now;
        let sealed = document::seal(&self.container, &mut body, number, now)?;
        let entries = Entries::of(&self.container.definition, &self.partition, id, &body);
        self.check_unique(id, &entries)?;
        let document = Document::from(&sealed);
        self.put(id, Some((sealed, entries)))?;
        Ok(document)
    }

    fn check_unique(&mut self, id: &str, entries: &Entries) -> Result<(), Failure> {
        let container = Arc::clone(&self.container);
        for (key, paths) in entries.unique.iter().zip(&container.definition.unique_keys) {
            if let Some(owner) = self.owner(key)?.filter(|owner| owner != id) {
                if self.current(&owner)?.is_none() {
                    self.evict(&owner)?;
                    continue;
                }
                let paths: Vec<String> = paths.iter().map(|path| path.join("/")).collect();
                return Err(Failure::Conflict {
                    reason: format!(
                        "document '{owner}' has the same values at the unique key /{}",
                        paths.join(", /")
                    ),
                });
            }
        }
        Ok(())
    }

    /// The id of the document that has a unique key.
    fn owner(&self, unique: &[u8]) -> Result<Option<String>, Failure> {
        Ok(match self.overlay.owner(unique) {
            Some(Owner::Document(id)) => Some(id.clone()),
            Some(Owner::Nobody) => None,
            None => self.snapshot.unique.get(unique)?.map(|id| id.value().to_owned()),
        })
    }

    fn put(&mut self, id: &str, after: Option<(Sealed, Entries)>) -> Result<(), Failure> {
        let before = match self.overlay.get(id) {
            Some(_) => None,
            None => self.snapshot.remains(&self.document_key(id))?,
        };
        let definition = &self.container.definition;
        let entries = |record: Record| -> Result<_, Failure> {
            let entries = Entries::of_stored(definition, &self.partition, id, &record.body)?;
            Ok((record, entries))
        };
        let before = before.map(entries).transpose()?;
        self.overlay.put(id, before, after, self.snapshot.moment);
        Ok(())
    }
}
