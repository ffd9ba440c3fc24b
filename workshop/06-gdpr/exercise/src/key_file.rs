//! Wrapping keys in a file of this machine, for development and for tests.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use crate::data_key::{DataKey, KeyBytes, KeyId, NonceBytes, random_bytes};
use crate::{Wrapped, Wrapping, WrappingError};

/// Wrapping keys, the newest last. Whoever has the file and the container `keys` opens everything, so it is this user's
/// alone, and it never lies where the data is backed up.
#[derive(Debug, Clone)]
pub struct KeyFile {
    path: PathBuf,
    keys: Vec<DataKey>,
}

/// In which words a line of the file is written: `<id> <key in Base64>`.
type Line = (KeyId, KeyBytes);

impl KeyFile {
    /// Opens the file; the first time, makes one with a key in it.
    ///
    /// # Errors
    ///
    /// Others may read the file, or it cannot be read, or holds no keys.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, WrappingError> {
        let path = path.into();
        match read(&path) {
            Err(WrappingError::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
                append(&path, true)?;
                Ok(Self { keys: read(&path)?, path })
            }
            read => Ok(Self { keys: read?, path }),
        }
    }

    /// A key that is in no file: what it wraps is lost with this process.
    #[must_use]
    pub fn in_memory() -> Self {
        let keys = vec![DataKey::new(KeyId::random(), &random_bytes())];
        Self { path: PathBuf::new(), keys }
    }

    /// Adds a new key, which wraps from now on. Older ones stay, to unwrap what they wrapped.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn rotate(&mut self) -> Result<(), WrappingError> {
        if self.path.as_os_str().is_empty() {
            self.keys.push(DataKey::new(KeyId::random(), &random_bytes()));
            return Ok(());
        }
        append(&self.path, false)?;
        self.keys = read(&self.path)?;
        Ok(())
    }

    fn last(&self) -> &DataKey {
        self.keys.last().expect("a key file is never opened without a key in it")
    }
}

impl Wrapping for KeyFile {
    async fn wrap(&self, key: &KeyBytes) -> Result<Wrapped, WrappingError> {
        let (by, nonce) = (self.last(), rand::random::<NonceBytes>());
        let wrapped = by.encrypt(&nonce, &key[..], by.id().to_string().as_bytes());
        Ok(Wrapped::new(by.id().to_string(), &[&nonce[..], &wrapped].concat()))
    }

    async fn unwrap(&self, wrapped: &Wrapped) -> Result<KeyBytes, WrappingError> {
        let by = self.keys.iter().find(|key| key.id().to_string() == wrapped.by);
        let by = by.ok_or_else(|| WrappingError::Unknown { by: wrapped.by.clone() })?;
        let bytes = wrapped.bytes()?;
        let (nonce, sealed) = bytes.split_first_chunk().ok_or_else(|| wrapped.tampered())?;
        let plain = by.decrypt(nonce, sealed, wrapped.by.as_bytes());
        wrapped.key(&plain.ok_or_else(|| wrapped.tampered())?)
    }

    async fn newest(&self) -> Result<String, WrappingError> {
        Ok(self.last().id().to_string())
    }
}

/// The keys in a file that nobody else may read.
fn read(path: &Path) -> Result<Vec<DataKey>, WrappingError> {
    let failed = |source| WrappingError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    ours_alone(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    let keys: Option<Vec<_>> = text.lines().map(line).collect();
    let keys = keys.filter(|keys| !keys.is_empty());
    let keys = keys.ok_or_else(|| WrappingError::NoKeys { path: path.to_owned() })?;
    Ok(keys.into_iter().map(|(id, bytes)| DataKey::new(id, &bytes)).collect())
}

fn line(text: &str) -> Option<Line> {
    let (id, key) = text.split_once(' ')?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(key).ok()?);
    Some((KeyId::from(id), Zeroizing::new(bytes.as_slice().try_into().ok()?)))
}

/// Writes a new key behind the others, and waits until it is on the disk: what it wraps must not outlive it.
fn append(path: &Path, new: bool) -> Result<(), WrappingError> {
    let failed = |source| WrappingError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|folder| new && !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create_new(new);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.open(path) {
        // Another process made it just now.
        Err(error) if new && error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        opened => opened.map_err(failed)?,
    };
    let key = Zeroizing::new(BASE64_STANDARD.encode(&random_bytes()[..]));
    let line = Zeroizing::new(format!("{} {}\n", KeyId::random(), *key));
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(unix)]
fn ours_alone(path: &Path, file: &File) -> Result<(), WrappingError> {
    use std::os::unix::fs::PermissionsExt;

    let failed = |source| WrappingError::File { path: path.to_owned(), source };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    let open = mode & 0o077 != 0;
    if open { Err(WrappingError::Open { path: path.to_owned(), mode }) } else { Ok(()) }
}

/// Files in a user's folder are that user's alone.
#[cfg(not(unix))]
fn ours_alone(_path: &Path, _file: &File) -> Result<(), WrappingError> {
    Ok(())
}
