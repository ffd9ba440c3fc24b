//! `guide doctor`, on machines that are made up: programs that answer as told stand first in the PATH.
#![cfg(unix)]

use crate::store::workshop;
use crate::support::{Answer, Workshop};
use std::os::unix::fs::PermissionsExt as _;

const DF: &str = "echo 'Filesystem Type 1024-blocks Used Available Capacity Mounted on'; \
                  echo '/dev/disk ext4 99000000 1 70000000 27% /'";
/// Cargo has everything, and whatever it runs passes.
const CARGO: &str = "case \"$1\" in metadata) echo '{}';; \
                     test) printf 'running 1 test\\ntest result: ok. 1 passed\\n';; esac";

/// A machine on which everything is as it should be.
fn machine() -> Workshop {
    let root = "[workspace]\n\n[workspace.package]\nrust-version = \"1.90\"\n";
    let machine = workshop().write("Cargo.toml", root);
    let quiet = [
        ("clippy-driver", "true"),
        ("rustfmt", "true"),
        ("docker", "exit 1"),
        ("podman", "exit 1"),
    ];
    for (name, script) in quiet {
        program(&machine, name, script);
    }
    program(&machine, "rustc", "echo 'rustc 1.95.0 (59807616e 2026-04-14)'");
    program(
        &machine,
        "git",
        "case \"$*\" in *%ct*) echo 1700000000;; *) echo 'git version 2.39.5';; esac",
    );
    program(&machine, "just", "echo 'just 1.59.0'");
    program(&machine, "df", DF);
    program(&machine, "az", "exit 1");
    program(&machine, "cargo", CARGO);
    machine
}

fn program(machine: &Workshop, name: &str, script: &str) {
    let path = format!("bin/{name}");
    machine.change(&path, &format!("#!/bin/sh\n{script}\n"));
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(machine.path(&path), executable).expect("permissions");
}

fn examined(machine: &Workshop) -> Answer {
    let mut command = machine.command(&["doctor"]);
    let path = format!("{}:/usr/bin:/bin", machine.path("bin").display());
    command.env("PATH", path).env("CARGO", machine.path("bin/cargo"));
    for proxy in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "SSL_CERT_FILE"] {
        command.env_remove(proxy);
    }
    Answer::from(command.output().expect("the guide runs"))
}

/// The lines that do not depend on the machine that runs this test.
fn settled(answer: &Answer) -> String {
    let depends = |line: &&str| {
        let text = line.trim_start();
        !(text.starts_with("note   port ")
            || text.contains("cores: the first build")
            || text.contains("before the day"))
    };
    answer.out.lines().filter(depends).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_machine_that_is_ready_is_told_so_with_a_summary_to_paste() {
    let answer = examined(&machine());
    let settled = settled(&answer);
    let (looks, summary) = settled.split_once("\n\ndaybook doctor: ").expect("a summary");
    assert_eq!(
        looks,
        "doctor   is this machine ready?

  pass   rustc 1.95.0
  pass   clippy and rustfmt
  pass   git version 2.39.5
  pass   just 1.59.0
  pass   66 GB of disk are free
  pass   the clock is plausible
  pass   the crates are here
  pass   the first build is done
  pass   the solved module 01 passes, offline
  note   no Docker or Podman; no step needs one
  note   not signed in to Azure; no step needs it"
    );
    assert!(summary.starts_with("ready (9 pass, 0 fix, "), "{summary}");
    assert!(summary.contains("\nrustc 1.95.0, "), "{summary}");
    assert!(summary.ends_with(", 66 GB free"), "{summary}");
    assert_eq!(answer.code, 0);
}

#[test]
fn what_is_not_ready_comes_with_what_mends_it() {
    let machine = machine();
    program(&machine, "rustc", "echo 'rustc 1.89.0 (x)'");
    program(&machine, "clippy-driver", "exit 1");
    program(&machine, "git", "case \"$*\" in *%ct*) echo 99999999999;; *) exit 1;; esac");
    program(&machine, "just", "exit 1");
    program(&machine, "df", &DF.replace("70000000", "2000000"));
    program(&machine, "cargo", "exit 101");
    let answer = examined(&machine);
    let joined = settled(&answer).replace("\n         ", " ");
    for line in [
        "  fix    rustc is 1.89.0, 1.90 is needed: rustup update stable\n",
        "  fix    clippy missing: rustup component add clippy\n",
        "  fix    git does not answer: install it from https://git-scm.com\n",
        "  note   no just: `cargo run -q -p guide -- check` does what `just check` does;",
        "  fix    1.9 GB of disk are free, 15 GB are needed: make room\n",
        " minutes behind the newest commit: set it, best by a time server\n",
        "  fix    crates are missing: just warm, with a network\n",
        "\ndaybook doctor: not ready (0 pass, 6 fix, ",
    ] {
        assert!(joined.contains(line), "{line:?} is not in\n{joined}");
    }
    assert!(!joined.contains("first build is"), "{joined}");
    assert_eq!(answer.code, 1);
}

#[test]
fn a_machine_that_has_built_needs_less_room() {
    let machine = machine();
    program(&machine, "df", &DF.replace("70000000", "3000000"));
    let before = "  fix    2.8 GB of disk are free, 15 GB are needed: make room\n";
    assert!(examined(&machine).out.contains(before));
    machine.change("target/debug/deps/first", "built");
    assert!(examined(&machine).out.contains("  pass   2 GB of disk are free\n"));
}

#[test]
fn without_the_proof_the_machine_is_not_ready() {
    let machine = machine();
    let fails = CARGO
        .replace("test)", "test) case \"$*\" in *step_2*) echo 'running 1 test'; exit 101;; esac;");
    program(&machine, "cargo", &fails);
    let answer = examined(&machine);
    let fix = "  fix    the solved module 01 fails at step 2: just check 01 --solution shows\n         why\n";
    assert!(answer.out.contains(fix), "{}", answer.out);
    assert_eq!(answer.code, 1);
}

#[test]
fn a_network_drive_is_noted() {
    let machine = machine();
    program(&machine, "df", &DF.replace("ext4", "nfs4"));
    let answer = examined(&machine);
    let joined = settled(&answer).replace("\n         ", " ");
    assert!(
        joined.contains(
            "  note   this folder is on a network drive (nfs4): clone it to a local one\n"
        )
    );
    assert_eq!(answer.code, 0);
}
