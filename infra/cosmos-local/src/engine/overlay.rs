//! What a transaction has written so far, on top of its snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Sealed;
use super::index::Entries;
use super::record::Record;

/// A transaction's own writes. Ordered as the tables are, so that a query can merge the two.
#[derive(Default)]
pub struct Overlay {
    documents: BTreeMap<String, Written>,
    /// Index entries of the documents above.
    pub index: BTreeSet<Vec<u8>>,
    /// Unique keys taken (by this document) or freed.
    unique: BTreeMap<Vec<u8>, Option<String>>,
    operations: u32,
}

/// A document the transaction has written or deleted.
pub struct Written {
    /// As it was in the snapshot.
    before: Option<(Record, Entries)>,
    after: Option<(Sealed, Entries)>,
    /// Of the last operation on it.
    ordinal: u32,
}

/// The net effect on one document.
pub struct Write {
    pub id: String,
    pub before: Option<(Record, Entries)>,
    pub after: Option<(Sealed, Entries)>,
}

impl Overlay {
    /// `None`: not touched. `Some(None)`: deleted.
    pub fn get(&self, id: &str) -> Option<Option<&Sealed>> {
        self.documents.get(id).map(Written::sealed)
    }

    /// Documents written, by id; deleted ones left out.
    pub fn documents_after(&self, id: &str) -> impl Iterator<Item = (&str, &Sealed)> {
        let bounds = (std::ops::Bound::Excluded(id), std::ops::Bound::Unbounded);
        let written = self.documents.range::<str, _>(bounds);
        written.filter_map(|(id, written)| Some((id.as_str(), written.sealed()?)))
    }

    /// Who has a unique key. `None`: the snapshot knows. `Some(None)`: it is free.
    pub fn owner(&self, unique: &[u8]) -> Option<Option<&str>> {
        self.unique.get(unique).map(Option::as_deref)
    }

    /// Puts or deletes a document. `before` is the snapshot's, and counts when the id is touched first.
    pub fn put(
        &mut self,
        id: &str,
        before: Option<(Record, Entries)>,
        after: Option<(Sealed, Entries)>,
    ) {
        if !self.documents.contains_key(id) {
            for key in before.iter().flat_map(|(_, entries)| &entries.unique) {
                self.unique.insert(key.clone(), None);
            }
        }
        let written = self.documents.entry(id.to_owned()).or_insert(Written {
            before,
            after: None,
            ordinal: 0,
        });
        if let Some((_, entries)) = written.after.take() {
            for key in &entries.index {
                self.index.remove(key);
            }
            self.unique
                .extend(entries.unique.into_iter().map(|key| (key, None)));
        }
        if let Some((_, entries)) = &after {
            self.index.extend(entries.index.iter().cloned());
            let owned = entries
                .unique
                .iter()
                .map(|key| (key.clone(), Some(id.to_owned())));
            self.unique.extend(owned);
        }
        written.after = after;
        written.ordinal = self.operations;
        self.operations += 1;
    }

    /// The net effect, in the order of the operations.
    pub fn into_writes(self) -> Vec<Write> {
        let mut written: Vec<_> = self.documents.into_iter().collect();
        written.sort_by_key(|(_, written)| written.ordinal);
        let writes = written
            .into_iter()
            .map(|(id, Written { before, after, .. })| Write { id, before, after });
        writes
            .filter(|write| write.before.is_some() || write.after.is_some())
            .collect()
    }
}

impl Written {
    fn sealed(&self) -> Option<&Sealed> {
        self.after.as_ref().map(|(sealed, _)| sealed)
    }
}
