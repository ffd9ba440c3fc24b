//! `bundle`: the last commit with its crates, which works where it is unpacked.

use crate::store::{workshop, write_step};
use std::path::Path;
use std::process::Command;

fn unpack(archive: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    let status = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(to).status();
    assert!(status.expect("tar runs").success());
}

#[test]
fn what_was_committed_is_unpacked_and_its_solved_checks_pass() {
    let workshop = workshop();
    let lock = Command::new("cargo")
        .args(["generate-lockfile", "--offline"])
        .current_dir(workshop.path(""))
        .status();
    assert!(lock.expect("cargo runs").success());
    workshop.change(".gitignore", "/target\n/.guide\n/installer.exe\n/sticks\n");
    workshop.commit();
    write_step(&workshop, "step 1", "    mine_alone()");
    workshop.change("installer.exe", "a Rust installer\n");

    let answer = workshop.guide(&["bundle", "--to", "sticks/day.tar.gz", "--add", "installer.exe"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.out.contains("note   what is not committed is not in it"), "{}", answer.out);
    assert!(!workshop.path("target/bundle/daybook-offline").exists());

    unpack(&workshop.path("sticks/day.tar.gz"), &workshop.path("sticks/laptop"));
    let top = workshop.path("sticks/laptop/daybook-offline");
    for inner in ["READ-ME-FIRST.txt", ".cargo/config.toml", "extras/installer.exe"] {
        assert!(top.join(inner).is_file(), "{inner}");
    }
    let inside = top.join("daybook");
    let lib = inside.join("workshop/01-store/exercise/src/lib.rs");
    assert!(!std::fs::read_to_string(lib).expect("the exercise").contains("mine_alone"));
    let checked = workshop.guide_in(&inside, &["check", "--solution"]);
    assert!(checked.out.contains("all 2 steps pass"), "{}{}", checked.out, checked.err);
}

#[test]
fn without_a_repository_git_says_so() {
    let answer = workshop().guide(&["bundle"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.starts_with("git says: "), "{}", answer.err);
}
