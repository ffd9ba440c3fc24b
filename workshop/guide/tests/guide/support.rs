//! A small workshop in a folder of its own, and the guide run inside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub struct Workshop {
    folder: TempDir,
}

pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub const MANIFEST: &str =
    "[package]\nname = \"store\"\nedition = \"2024\"\n\n[lints]\nworkspace = true\n";

impl Workshop {
    /// A workshop without modules.
    pub fn empty() -> Self {
        let workshop = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(workshop.path("workshop")).expect("a folder");
        workshop.write("Cargo.toml", "[workspace]\n")
    }

    /// A workshop whose only module has this `src/lib.rs` as its solution.
    pub fn with_solution(lib: &str) -> Self {
        Self::empty()
            .write("workshop/01-store/solution/Cargo.toml", MANIFEST)
            .write("workshop/01-store/solution/src/lib.rs", lib)
    }

    pub fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    pub fn write(self, inner: &str, text: &str) -> Self {
        self.change(inner, text);
        self
    }

    pub fn change(&self, inner: &str, text: &str) {
        let path = self.path(inner);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }

    pub fn read(&self, inner: &str) -> String {
        fs::read_to_string(self.path(inner)).unwrap_or_else(|_| panic!("{inner} is missing"))
    }

    /// The exercise's `src/lib.rs`.
    pub fn exercise(&self) -> String {
        self.read("workshop/01-store/exercise/src/lib.rs")
    }

    pub fn guide(&self, arguments: &[&str]) -> Answer {
        self.guide_in(self.folder.path(), arguments)
    }

    pub fn guide_in(&self, folder: &Path, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).current_dir(folder).output();
        Answer::from(output.expect("the guide runs"))
    }

    /// The guide with these arguments, yet to be run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guide"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("CARGO_TARGET_DIR", self.path("target")).env("CARGO_NET_OFFLINE", "true");
        command
    }

    /// Puts everything into a commit.
    pub fn commit(&self) {
        self.git(&["init", "-q"]);
        self.git(&["add", "-A"]);
        let author = ["-c", "user.name=author", "-c", "user.email=author@example.com"];
        self.git(&[&author[..], &["commit", "-q", "--no-verify", "-m", "all"]].concat());
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        // A hook may run these tests: its repository is not meant.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(name);
        }
        let status = command.args(arguments).current_dir(self.folder.path()).status();
        assert!(status.expect("git runs").success(), "git {arguments:?}");
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self {
            code: output.status.code().expect("an exit code"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}
