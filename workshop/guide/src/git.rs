//! What git has of an exercise. Without git, or outside a repository, it has nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of a folder that git tracks.
pub fn tracked(root: &Path, folder: &Path) -> BTreeSet<PathBuf> {
    list(root, &["ls-files", "-z", "--"], folder)
}

/// The files of a folder that stand in the last commit exactly as they are on disk.
pub fn committed(root: &Path, folder: &Path) -> BTreeSet<PathBuf> {
    let known = list(root, &["ls-tree", "-r", "-z", "--name-only", "HEAD", "--"], folder);
    let changed = list(root, &["diff", "--name-only", "--relative", "-z", "HEAD", "--"], folder);
    known.difference(&changed).cloned().collect()
}

fn list(root: &Path, arguments: &[&str], folder: &Path) -> BTreeSet<PathBuf> {
    let mut command = Command::new("git");
    // A hook of another repository may have started us: these would lead git there.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    let output = command.arg("-C").arg(root).args(arguments).arg(folder).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        return BTreeSet::new();
    };
    let listed = String::from_utf8_lossy(&output.stdout);
    listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from).collect()
}
