//! Removes the data of deleted containers, a piece at a time, between other work of the committer.

use std::ops::Bound;

use redb::{ReadableTable as _, Table, Value, WriteTransaction};

use super::Failure;
use super::catalogue::Catalogue;
use super::storage::{
    DOCUMENTS, EXPIRY, FORGOTTEN, GARBAGE, INDEX, LOG, RANGES, UNIQUE, VERSIONS, Writer,
};

/// Entries removed at a time: about as long as a large transaction takes.
const PIECE: usize = 1000;

pub fn is_left(catalogue: &Catalogue) -> bool {
    !catalogue.read().garbage.is_empty()
}

/// Removes a piece of the first deleted container.
pub fn remove_some(writer: &Writer, catalogue: &Catalogue) -> Result<(), Failure> {
    let Some(container) = catalogue.read().garbage.first().copied() else {
        return Ok(());
    };
    let removed = catalogue.change(writer, |transaction, state| {
        let done = remove_piece(transaction, container)?;
        if done {
            transaction.open_table(GARBAGE)?.remove(container)?;
            state.garbage.remove(&container);
        }
        Ok(())
    });
    if removed.is_err() {
        // Tried again when the data is opened, not for ever.
        catalogue.write().garbage.remove(&container);
    }
    removed
}

/// Whether nothing is left.
fn remove_piece(transaction: &WriteTransaction, container: u64) -> Result<bool, Failure> {
    let mut left = PIECE;
    remove_keys(&mut transaction.open_table(DOCUMENTS)?, container, &mut left)?;
    remove_keys(&mut transaction.open_table(LOG)?, container, &mut left)?;
    remove_keys(&mut transaction.open_table(INDEX)?, container, &mut left)?;
    remove_keys(&mut transaction.open_table(UNIQUE)?, container, &mut left)?;
    remove_keys(&mut transaction.open_table(EXPIRY)?, container, &mut left)?;
    remove_keys(&mut transaction.open_table(VERSIONS)?, container, &mut left)?;
    let mut ranges = transaction.open_table(RANGES)?;
    ranges.retain_in((container, 0)..=(container, u32::MAX), |_, _| false)?;
    let mut forgotten = transaction.open_table(FORGOTTEN)?;
    forgotten.retain_in((container, 0)..=(container, u32::MAX), |_, _| false)?;
    Ok(left > 0)
}

/// Removes entries of a table until `left` is used up.
fn remove_keys<V: Value>(
    table: &mut Table<&'static [u8], V>,
    container: u64,
    left: &mut usize,
) -> Result<(), Failure> {
    let (from, to) = (container.to_be_bytes(), (container + 1).to_be_bytes());
    let bounds = (Bound::Included(from.as_slice()), Bound::Excluded(to.as_slice()));
    let mut keys = Vec::new();
    for entry in table.range::<&[u8]>(bounds)?.take(*left) {
        keys.push(entry?.0.value().to_vec());
    }
    for key in &keys {
        table.remove(key.as_slice())?;
    }
    *left -= keys.len();
    Ok(())
}
