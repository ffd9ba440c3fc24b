//! What a transaction has written so far, on top of its snapshot.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Sealed;
use super::expiry::Moment;
use super::index::Entries;
use super::record::Record;

/// A transaction's own writes. Ordered as the tables are, so that a query can merge the two.
#[derive(Default)]
pub struct Overlay {
    documents: BTreeMap<String, Written>,
    /// Index entries of the documents above.
    pub index: BTreeSet<Vec<u8>>,
    unique: BTreeMap<Vec<u8>, Owner>,
    operations: u32,
}

/// Who has a unique key since the transaction touched it.
pub enum Owner {
    Nobody,
    /// The document with this id.
    Document(String),
}

/// A document the transaction has written or deleted.
pub struct Written {
    /// As it was in the snapshot.
    before: Option<(Record, Entries)>,
    after: Option<(Sealed, Entries)>,
    /// Of the last operation on it.
    ordinal: u32,
    /// Whether the document of the snapshot had expired.
    expired: bool,
}

/// The net effect on one document.
pub struct Write {
    pub id: String,
    pub before: Option<(Record, Entries)>,
    pub after: Option<(Sealed, Entries)>,
    /// Whether the document was over before it was written or removed.
    pub expired: bool,
}

impl Overlay {
    /// A document the transaction has touched.
    pub fn get(&self, id: &str) -> Option<&Written> {
        self.documents.get(id)
    }

    /// Documents written, by id; deleted ones left out.
    pub fn documents_after(&self, id: &str) -> impl Iterator<Item = (&str, &Sealed)> {
        let bounds = (std::ops::Bound::Excluded(id), std::ops::Bound::Unbounded);
        let written = self.documents.range::<str, _>(bounds);
        written.filter_map(|(id, written)| Some((id.as_str(), written.sealed()?)))
    }

    /// Who has a unique key; `None` if the transaction has not touched it.
    pub fn owner(&self, unique: &[u8]) -> Option<&Owner> {
        self.unique.get(unique)
    }

    /// Puts or deletes a document. `before` is the snapshot's, and counts when the id is touched first.
    pub fn put(
        &mut self,
        id: &str,
        before: Option<(Record, Entries)>,
        after: Option<(Sealed, Entries)>,
        moment: Moment,
    ) {
        let expired = before.as_ref().is_some_and(|(record, _)| moment.is_over(record));
        if !self.documents.contains_key(id) {
            for key in before.iter().flat_map(|(_, entries)| &entries.unique) {
                self.unique.insert(key.clone(), Owner::Nobody);
            }
        }
        let written = self.documents.entry(id.to_owned()).or_insert(Written {
            before,
            after: None,
            ordinal: 0,
            expired,
        });
        if let Some((_, entries)) = written.after.take() {
            for key in &entries.index {
                self.index.remove(key);
            }
            self.unique.extend(entries.unique.into_iter().map(|key| (key, Owner::Nobody)));
        }
        if let Some((_, entries)) = &after {
            self.index.extend(entries.index.iter().cloned());
            let owned =
                entries.unique.iter().map(|key| (key.clone(), Owner::Document(id.to_owned())));
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
        let writes = written.into_iter().map(|(id, written)| {
            let Written { before, after, expired, .. } = written;
            Write { id, before, after, expired }
        });
        writes.filter(|write| write.before.is_some() || write.after.is_some()).collect()
    }
}

impl Written {
    /// The document as the transaction leaves it; `None` if it deleted it.
    pub fn sealed(&self) -> Option<&Sealed> {
        self.after.as_ref().map(|(sealed, _)| sealed)
    }
}
