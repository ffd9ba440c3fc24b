//! The program: what it prints, and how it ends.

use std::path::Path;
use std::process::Command;

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/template");

/// Runs the program with nothing but `path` on the PATH.
fn run(folder: &Path, path: &Path) -> (bool, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_bicep-check"));
    let output = program.arg(folder).env("PATH", path).output().expect("it runs");
    (output.status.success(), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn without_the_compiler_it_says_so_and_is_content() {
    let empty = tempfile::tempdir().expect("a folder");
    let (good, said) = run(Path::new(TEMPLATE), empty.path());
    assert!(good);
    assert_eq!(said, "2 files, 0 faults.\nbicep is not on the PATH: type-checked, not compiled.\n");
}

#[test]
fn a_fault_and_a_folder_without_bicep_end_it_badly() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(!run(folder.path(), folder.path()).0);
    std::fs::write(folder.path().join("main.bicep"), "output A string = b\n").expect("written");
    let (good, said) = run(folder.path(), folder.path());
    assert!(!good);
    assert!(said.contains("main.bicep:1:19: undefined symbol `b`"), "{said}");
}

#[cfg(unix)]
#[test]
fn the_compiler_has_the_last_word_where_it_is_installed() {
    use std::os::unix::fs::PermissionsExt;

    let bin = tempfile::tempdir().expect("a folder");
    let bicep = bin.path().join("bicep");
    for (script, content) in [
        ("#!/bin/sh\n[ \"$1\" = build ] || [ \"$1\" = lint ]\n", true),
        ("#!/bin/sh\n[ \"$1\" = build ]\n", false),
    ] {
        std::fs::write(&bicep, script).expect("written");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&bicep, executable).expect("executable");
        assert_eq!(run(Path::new(TEMPLATE), bin.path()).0, content, "{script}");
    }
}
