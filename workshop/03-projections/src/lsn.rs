//! The rule that views often go by: the LSN of the last change in the view, and the ids of the items it came with.
//!
//! Every transaction of a physical partition has an LSN, higher than those before. So what is not higher was seen:
//! as long as there is one partition. Between partitions LSNs cannot be compared.

use serde::{Deserialize, Serialize};

/// What a view remembers of the changes in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LsnCheckpoint {
    /// The last transaction.
    pub lsn: i64,
    /// The items of it.
    pub item_ids: Vec<String>,
}

impl Default for LsnCheckpoint {
    fn default() -> Self {
        Self { lsn: -1, item_ids: Vec::new() }
    }
}

impl LsnCheckpoint {
    /// Whether a change is new: its LSN is higher, or the same and its item is not listed.
    #[must_use]
    pub fn is_new(&self, lsn: i64, item: &str) -> bool {
        lsn > self.lsn || (lsn == self.lsn && !self.item_ids.iter().any(|known| known == item))
    }

    /// The change is in the view now. A new LSN clears the list.
    pub fn add(&mut self, lsn: i64, item: &str) {
        if lsn != self.lsn {
            self.lsn = lsn;
            self.item_ids.clear();
        }
        self.item_ids.push(item.to_owned());
    }
}
