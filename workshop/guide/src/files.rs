//! Reading and writing files, with the path in every error.

use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// The bytes of a file, or `None` if there is no such file.
pub fn bytes(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.into(), source }),
    }
}

/// The bytes of a file that must be there.
pub fn existing(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read { path: path.into(), source })
}

/// The text of a file.
pub fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|source| Error::Write { path: path.into(), source })
}

/// Deletes a file, and the folders it leaves empty.
pub fn delete(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|source| Error::Write { path: path.into(), source })?;
    let emptied = path.ancestors().skip(1).take_while(|folder| fs::remove_dir(folder).is_ok());
    emptied.for_each(drop);
    Ok(())
}

/// The names in a folder, sorted; none if there is no such folder.
pub fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let unreadable = |source| Error::Read { path: folder.into(), source };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        names.extend(entry.map_err(unreadable)?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// All files under a folder, relative to it and sorted. Hidden ones, `target` and `node_modules` belong to tools.
pub fn all(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    tree(folder, &|name| !name.starts_with('.') && !["target", "node_modules"].contains(&name))
}

/// All files under a folder whose own names and whose folders' names are wanted.
pub fn tree(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for name in names(folder)?.into_iter().filter(|name| wanted(name)) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inside = tree(&path, wanted)?;
            found.extend(inside.into_iter().map(|inner| Path::new(&name).join(inner)));
        } else {
            found.push(name.into());
        }
    }
    Ok(found)
}

/// Writes a file unless it is so already: its time tells cargo whether to build.
pub fn update(path: &Path, wanted: &[u8]) -> Result<(), Error> {
    if bytes(path)?.as_deref() == Some(wanted) {
        return Ok(());
    }
    write(path, wanted)
}
