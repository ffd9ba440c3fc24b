//! The redb file: where it is, and its layout version.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{Database, DatabaseError, ReadableTable as _, TableDefinition, WriteTransaction};

use crate::memory::Memory;
pub use crate::writer::Writer;

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone with the process.
    Memory,
    /// In this directory, created if absent. What was acknowledged survives `kill -9`.
    Directory(PathBuf),
}

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the data open: stop it, or share a server.
    #[error("{} is in use by another process; stop it, or let both use one {program}", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// The server that could be shared.
        program: &'static str,
    },
    /// The data was written by another version of the server.
    #[error("{} has data of layout {found}, this program writes layout {expected}; delete the folder to start afresh, or open it with the program that wrote it", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// The layout in the file.
        found: u64,
        /// The layout this program writes.
        expected: u64,
    },
    /// The storage failed.
    #[error("cannot open {}", path.display())]
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl OpenError {
    /// The storage failed.
    pub fn failed(
        path: &Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Storage { path: path.to_owned(), source: source.into() }
    }
}

/// The file of a server.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// The server.
    pub program: &'static str,
    /// The name of the file in its directory.
    pub name: &'static str,
    /// Raised whenever the tables or what they hold change.
    pub layout: u64,
}

/// An open file.
#[derive(Debug)]
pub struct Opened {
    /// Where it is, for errors.
    pub path: PathBuf,
    /// For reading.
    pub file: Arc<Database>,
    /// For writing.
    pub writer: Writer,
}

/// The layout is kept here; the server may keep numbers of its own beside it.
pub const META: TableDefinition<&str, u64> = TableDefinition::new("meta");

/// In [`META`]: the layout.
const LAYOUT: &str = "layout";

/// Of redb's page cache; its default of 1 GiB is a server's. In memory it spares no reading, only the copying of pages.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
const CACHE_BYTES_IN_MEMORY: usize = 16 * 1024 * 1024;

impl File {
    /// Opens the file, or creates it with the tables that `create` makes.
    ///
    /// # Errors
    ///
    /// Another process has it open, it has another layout, or the storage fails.
    pub fn open(
        self,
        storage: Storage,
        create: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<Opened, OpenError> {
        let in_memory = storage == Storage::Memory;
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES);
        let (path, opened) = match storage {
            Storage::Memory => {
                builder.set_cache_size(CACHE_BYTES_IN_MEMORY);
                (PathBuf::from("memory"), builder.create_with_backend(Memory::default()))
            }
            Storage::Directory(directory) => {
                std::fs::create_dir_all(&directory)
                    .map_err(|error| OpenError::failed(&directory, error))?;
                let path = directory.join(self.name);
                let opened = builder.create(&path);
                (path, opened)
            }
        };
        let database = match opened {
            Ok(database) => database,
            Err(DatabaseError::DatabaseAlreadyOpen) => {
                return Err(OpenError::Locked { path, program: self.program });
            }
            Err(error) => return Err(OpenError::failed(&path, error)),
        };
        let found = self.prepare(&database, create);
        match found.map_err(|error| OpenError::failed(&path, error))? {
            found if found == self.layout => {
                let file = Arc::new(database);
                Ok(Opened { path, writer: Writer::new(Arc::clone(&file), in_memory), file })
            }
            found => Err(OpenError::Layout { path, found, expected: self.layout }),
        }
    }

    /// Reads the layout; gives a new file this program's layout and tables.
    fn prepare(
        self,
        database: &Database,
        create: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<u64, redb::Error> {
        let transaction = database.begin_write()?;
        let found = transaction.open_table(META)?.get(LAYOUT)?.map(|found| found.value());
        if let Some(found) = found {
            transaction.abort()?;
            return Ok(found);
        }
        transaction.open_table(META)?.insert(LAYOUT, self.layout)?;
        create(&transaction)?;
        transaction.commit()?;
        Ok(self.layout)
    }
}

#[cfg(test)]
mod tests {
    use redb::ReadableDatabase as _;

    use super::*;

    const FILE: File = File { program: "some-local", name: "some.redb", layout: 2 };
    const NOTES: TableDefinition<u64, &str> = TableDefinition::new("notes");

    fn create(transaction: &WriteTransaction) -> Result<(), redb::Error> {
        transaction.open_table(NOTES)?.insert(1, "new")?;
        Ok(())
    }

    fn open(folder: &Path) -> Result<Opened, OpenError> {
        FILE.open(Storage::Directory(folder.join("data")), create)
    }

    #[test]
    fn tables_are_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path()).unwrap();
        assert_eq!(opened.path, folder.path().join("data/some.redb"));
        let change = opened.writer.begin().unwrap();
        change.open_table(NOTES).unwrap().insert(1, "changed").unwrap();
        change.commit().unwrap();
        drop(opened);
        let opened = open(folder.path()).unwrap();
        let notes = opened.file.begin_read().unwrap().open_table(NOTES).unwrap();
        assert_eq!(notes.get(1).unwrap().unwrap().value(), "changed");
    }

    #[test]
    fn data_that_is_in_use_is_refused_with_the_server_to_share() {
        let folder = tempfile::tempdir().unwrap();
        let _held = open(folder.path()).unwrap();
        let refused = open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("in use by another process"), "{refused}");
        assert!(refused.contains("let both use one some-local"), "{refused}");
    }

    #[test]
    fn data_of_another_layout_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()).unwrap());
        let newer = File { layout: 3, ..FILE };
        for _ in 0..2 {
            let refused = newer.open(Storage::Directory(folder.path().join("data")), create);
            let refused = refused.unwrap_err();
            assert!(
                matches!(refused, OpenError::Layout { found: 2, expected: 3, .. }),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("data"), "a file").unwrap();
        let refused = open(folder.path()).unwrap_err();
        assert!(matches!(&refused, OpenError::Storage { path, .. } if path.ends_with("data")));
    }
}
