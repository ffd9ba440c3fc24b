//! The transactions that write a file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use redb::{Database, Durability, TransactionError, WriteTransaction};

/// In memory, one commit of so many is durable to the database: until then it keeps what the others replaced.
const TOGETHER: u32 = 64;

/// Begins the transactions that write a file, one at a time.
///
/// What is in memory ends with the process, so nearly all commits are spared what makes them outlive it.
#[derive(Debug)]
pub struct Writer {
    file: Arc<Database>,
    /// Transactions so far, in memory.
    begun: Option<AtomicU32>,
}

impl Writer {
    pub(crate) fn new(file: Arc<Database>, in_memory: bool) -> Self {
        Self { file, begun: in_memory.then(AtomicU32::default) }
    }

    /// Whether it writes to memory, where a commit waits for no disk.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.begun.is_some()
    }

    /// Waits until no other transaction writes, and begins one.
    ///
    /// # Errors
    ///
    /// The storage failed.
    pub fn begin(&self) -> Result<WriteTransaction, TransactionError> {
        let mut transaction = self.file.begin_write()?;
        if let Some(begun) = &self.begun
            && !begun.fetch_add(1, Ordering::Relaxed).is_multiple_of(TOGETHER)
        {
            // If it were refused, this commit would be durable, too.
            let _ = transaction.set_durability(Durability::None);
        }
        Ok(transaction)
    }
}

#[cfg(test)]
mod tests {
    use redb::{ReadableDatabase as _, TableDefinition};

    use crate::memory::Memory;

    use super::*;

    const NOTES: TableDefinition<u64, &[u8]> = TableDefinition::new("notes");

    #[test]
    fn in_memory_what_is_committed_is_read_at_once_and_what_it_replaces_takes_no_room() {
        let file = Database::builder().create_with_backend(Memory::default()).unwrap();
        let file = Arc::new(file);
        let writer = Writer::new(Arc::clone(&file), true);
        let mut most = 0;
        for round in 0..20 * TOGETHER {
            let change = writer.begin().unwrap();
            let note = vec![u8::try_from(round % 256).unwrap(); 10_000];
            for place in 0..10 {
                change.open_table(NOTES).unwrap().insert(place, note.as_slice()).unwrap();
            }
            let allocated = change.stats().unwrap().allocated_pages();
            change.commit().unwrap();
            let notes = file.begin_read().unwrap().open_table(NOTES).unwrap();
            assert_eq!(notes.get(9).unwrap().unwrap().value(), note);
            if round < 4 * TOGETHER {
                most = most.max(allocated);
            } else {
                assert!(allocated <= most, "{allocated} pages in round {round}, {most} before");
            }
        }
    }
}
