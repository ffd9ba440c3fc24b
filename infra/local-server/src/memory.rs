//! Storage in memory that takes no more than was written. The database asks for twice the room whenever it has none
//! left, and one long buffer would take all of it, and twice while it moves.

use std::io::{Error, ErrorKind};
use std::sync::{PoisonError, RwLock};

use redb::StorageBackend;

/// Bytes that are taken at a time.
const CHUNK: usize = 64 * 1024;

/// Bytes by their place. Chunks that nobody wrote to are not there, and are zero.
#[derive(Debug, Default)]
pub struct Memory(RwLock<Content>);

#[derive(Default)]
struct Content {
    length: usize,
    chunks: Vec<Option<Box<[u8]>>>,
}

/// The length alone: the database writes its backend to the log.
impl std::fmt::Debug for Content {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Content").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Content {
    /// Where a run of bytes begins, if all of it is there.
    fn place(&self, offset: u64, length: usize) -> Result<usize, Error> {
        let start = index(offset)?;
        let end = start.checked_add(length).ok_or_else(outside)?;
        if end <= self.length { Ok(start) } else { Err(outside()) }
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> Result<u64, Error> {
        let content = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(content.length as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let content = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut place = content.place(offset, out.len())?;
        let mut left = out;
        while !left.is_empty() {
            let (chunk, within) = (place / CHUNK, place % CHUNK);
            let (part, rest) = left.split_at_mut((CHUNK - within).min(left.len()));
            match &content.chunks[chunk] {
                Some(bytes) => part.copy_from_slice(&bytes[within..within + part.len()]),
                None => part.fill(0),
            }
            place += part.len();
            left = rest;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), Error> {
        let length = index(length)?;
        let mut content = self.0.write().unwrap_or_else(PoisonError::into_inner);
        content.chunks.resize(length.div_ceil(CHUNK), None);
        content.length = length;
        // What is cut off is zero when it comes back.
        if let Some(Some(last)) = content.chunks.last_mut()
            && !length.is_multiple_of(CHUNK)
        {
            last[length % CHUNK..].fill(0);
        }
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut content = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut place = content.place(offset, data.len())?;
        let mut left = data;
        while !left.is_empty() {
            let (chunk, within) = (place / CHUNK, place % CHUNK);
            let (part, rest) = left.split_at((CHUNK - within).min(left.len()));
            let bytes = content.chunks[chunk].get_or_insert_with(|| vec![0; CHUNK].into());
            bytes[within..within + part.len()].copy_from_slice(part);
            place += part.len();
            left = rest;
        }
        Ok(())
    }
}

fn index(place: u64) -> Result<usize, Error> {
    usize::try_from(place).map_err(|_| outside())
}

fn outside() -> Error {
    Error::new(ErrorKind::InvalidInput, "this place is not there")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(memory: &Memory) -> usize {
        memory.0.read().unwrap().chunks.iter().flatten().map(|chunk| chunk.len()).sum()
    }

    #[test]
    fn what_is_written_across_chunks_is_read_again() {
        let memory = Memory::default();
        memory.set_len(4 * CHUNK as u64).unwrap();
        let data: Vec<u8> = (0..2 * CHUNK).map(|n| u8::try_from(n % 251).unwrap()).collect();
        memory.write(CHUNK as u64 / 2, &data).unwrap();
        let mut read = vec![1; 3 * CHUNK];
        memory.read(0, &mut read).unwrap();
        let half = CHUNK / 2;
        assert_eq!(read[half..half + data.len()], data);
        assert!(read[..half].iter().chain(&read[half + data.len()..]).all(|byte| *byte == 0));
    }

    #[test]
    fn room_that_is_not_written_to_takes_no_memory() {
        let memory = Memory::default();
        memory.set_len(1 << 30).unwrap();
        memory.write(1 << 29, b"far away").unwrap();
        assert_eq!(taken(&memory), CHUNK);
    }

    #[test]
    fn what_was_cut_off_is_zero_when_it_comes_back() {
        let memory = Memory::default();
        memory.set_len(2 * CHUNK as u64).unwrap();
        memory.write(0, &vec![7; 2 * CHUNK]).unwrap();
        memory.set_len(10).unwrap();
        assert_eq!(taken(&memory), CHUNK);
        memory.set_len(2 * CHUNK as u64).unwrap();
        let mut read = vec![1; 2 * CHUNK];
        memory.read(0, &mut read).unwrap();
        assert!(read[..10].iter().all(|byte| *byte == 7));
        assert!(read[10..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn what_is_outside_is_refused() {
        let memory = Memory::default();
        memory.set_len(8).unwrap();
        assert!(memory.read(1, &mut [0; 8]).is_err());
        assert!(memory.write(8, b"x").is_err());
        assert!(memory.write(u64::MAX, b"x").is_err());
    }
}
