//! The redb file: tables, keys, layout version, and the committer.

use std::path::PathBuf;

/// Where the data is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// In memory, gone with the process.
    Memory,
    /// In this directory, created if absent. An acknowledged write survives `kill -9`.
    Directory(PathBuf),
}

/// Why the data could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has the data open: stop it, or share a `cosmos-local` server.
    #[error("{} is in use by another process; stop it, or let both use one cosmos-local", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The data was written by another version of this crate.
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
