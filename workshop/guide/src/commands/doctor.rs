//! `doctor`: is this machine ready? Run, fix, run again.
//!
//! Setup is right when the *solved* checks are green on this machine without a network: everything before
//! that only says why they would not be.

use crate::cargo::{self, Side};
use crate::course::{Course, Module};
use crate::error::Error;
use crate::report::{self, Report, Word};
use crate::verdict::{self, Verdict};
use crate::{manifest, probe};
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

/// In the kilobytes that `df` counts in.
const GIGABYTE: u64 = 1024 * 1024;
/// What the first build and a day of checks take, in gigabytes.
const FREE: u64 = 15;
/// What a day of checks takes when everything is built.
const FREE_ONCE_BUILT: u64 = 2;
/// Tokens and signatures are refused beyond this.
const CLOCK: u64 = 5 * 60;
const CORES: usize = 4;
/// Where the samples and servers listen unless told otherwise.
const PORTS: [u16; 2] = [3000, 8081];

/// What one look found.
enum Finding {
    Pass(String),
    /// What is wrong, and what mends it: without that the course does not work here.
    Fix(String, String),
    /// Good to know.
    Note(String),
}

use Finding::{Fix, Note, Pass};

/// Runs the command.
pub fn run(course: &Course) -> Result<ExitCode, Error> {
    let mut doctor = Doctor { pass: 0, fix: 0, note: 0 };
    println!("doctor   is this machine ready?\n");
    doctor.tell(rust(course)?);
    doctor.tell(components());
    doctor.tell(git());
    doctor.tell(just());
    let space = space(&course.root);
    doctor.tell(disk(&course.root, space.as_ref()));
    doctor.tell(clock(course));
    let crates = crates(course)?;
    let ready = matches!(crates, Pass(_));
    doctor.tell(crates);
    if ready {
        let built = first_build(course)?;
        let ready = matches!(built, Pass(_));
        doctor.tell(built);
        if ready {
            doctor.tell(proof(course)?);
        }
    }
    for note in folder(&course.root, space.as_ref()).into_iter().chain(surroundings()) {
        doctor.tell(note);
    }
    doctor.summary(space.as_ref());
    Ok(ExitCode::from(u8::from(doctor.fix > 0)))
}

struct Doctor {
    pass: usize,
    fix: usize,
    note: usize,
}

impl Doctor {
    fn tell(&mut self, finding: Finding) {
        let mut report = Report::plain(report::colour());
        match finding {
            Pass(text) => {
                self.pass += 1;
                report.say(Word::Pass, &text);
            }
            Fix(text, remedy) => {
                self.fix += 1;
                report.note("fix", &format!("{text}: {remedy}"));
            }
            Note(text) => {
                self.note += 1;
                report.note("note", &text);
            }
        }
        print!("{}", report.finish());
    }

    /// The lines to paste into a message.
    fn summary(&self, space: Option<&(String, u64)>) {
        let state = if self.fix == 0 { "ready" } else { "not ready" };
        let rust = probe::said("rustc", &["--version"]).unwrap_or_else(|| "no rustc".into());
        let rust: Vec<&str> = rust.split(' ').take(2).collect();
        let mut machine =
            format!("{}, {} {}", rust.join(" "), std::env::consts::OS, std::env::consts::ARCH);
        let _ = write!(machine, ", {} cores", cores());
        if let Some((_, free)) = space {
            let _ = write!(machine, ", {} GB free", free / GIGABYTE);
        }
        println!(
            "\ndaybook doctor: {state} ({} pass, {} fix, {} note)",
            self.pass, self.fix, self.note
        );
        println!("{machine}");
    }
}

fn rust(course: &Course) -> Result<Finding, Error> {
    let wanted = manifest::rust_version(&course.root)?.unwrap_or_default();
    let found = probe::said("rustc", &["--version"]);
    Ok(match found.as_deref().and_then(probe::version) {
        None => Fix("rustc does not answer".into(), "install Rust from https://rustup.rs".into()),
        Some(found) if Some(found) < probe::version(&wanted) => {
            let [major, minor, patch] = found;
            Fix(
                format!("rustc is {major}.{minor}.{patch}, {wanted} is needed"),
                "rustup update stable".into(),
            )
        }
        Some([major, minor, patch]) => Pass(format!("rustc {major}.{minor}.{patch}")),
    })
}

fn components() -> Finding {
    let missing: Vec<&str> = [("clippy", "clippy-driver"), ("rustfmt", "rustfmt")]
        .into_iter()
        .filter(|(_, program)| probe::said(program, &["--version"]).is_none())
        .map(|(name, _)| name)
        .collect();
    if missing.is_empty() {
        return Pass("clippy and rustfmt".into());
    }
    let remedy = format!("rustup component add {}", missing.join(" "));
    Fix(format!("{} missing", missing.join(" and ")), remedy)
}

fn git() -> Finding {
    match probe::said("git", &["--version"]) {
        Some(version) => Pass(version),
        None => Fix("git does not answer".into(), "install it from https://git-scm.com".into()),
    }
}

fn just() -> Finding {
    match probe::said("just", &["--version"]) {
        Some(version) => Pass(version),
        None => Note(
            "no just: `cargo run -q -p guide -- check` does what `just check` does; to have it, \
             pipx install rust-just"
                .into(),
        ),
    }
}

/// The kind of file system and the free kilobytes, where they can be told.
fn space(root: &Path) -> Option<(String, u64)> {
    let root = root.to_string_lossy().into_owned();
    if cfg!(windows) {
        let drive = format!("(Get-PSDrive '{}').Free", root.chars().next().unwrap_or('C'));
        let free = probe::said("powershell", &["-NoProfile", "-Command", &drive])?;
        return Some((String::new(), free.parse::<u64>().ok()? / 1024));
    }
    let typed = || probe::said("df", &["-PTk", &root]).and_then(|text| probe::free_space(&text));
    // On a Mac `-T` asks for something else, and the kind is not told.
    let plain = || {
        let (_, free) = probe::free_space(&probe::said("df", &["-Pk", &root])?)?;
        Some((String::new(), free))
    };
    if cfg!(target_os = "linux") { typed() } else { plain() }
}

fn disk(root: &Path, space: Option<&(String, u64)>) -> Finding {
    let built = root.join("target/debug/deps").is_dir();
    let needed = if built { FREE_ONCE_BUILT } else { FREE };
    match space {
        None => Note(format!("the free disk space cannot be told: {needed} GB are needed")),
        Some((_, free)) if *free < needed * GIGABYTE => Fix(
            format!("{:.1} GB of disk are free, {needed} GB are needed", tenths(*free)),
            "make room".into(),
        ),
        Some((_, free)) => Pass(format!("{} GB of disk are free", free / GIGABYTE)),
    }
}

/// Gigabytes with one digit behind the point.
fn tenths(kilobytes: u64) -> f64 {
    f64::from(u32::try_from(kilobytes * 10 / GIGABYTE).unwrap_or(u32::MAX)) / 10.0
}

/// Nobody can have committed in the future: the newest commit is a clock that works without a network.
fn clock(course: &Course) -> Finding {
    let root = course.root.to_string_lossy().into_owned();
    let commit = probe::said("git", &["-C", &root, "log", "-1", "--format=%ct"]);
    let Some(commit) = commit.and_then(|seconds| seconds.parse::<u64>().ok()) else {
        return Note("the clock cannot be judged: it must be right to five minutes".into());
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    if now.as_secs() + CLOCK < commit {
        let behind = (commit - now.as_secs()) / 60;
        let text = format!("the clock is {behind} minutes behind the newest commit");
        return Fix(text, "set it, best by a time server".into());
    }
    Pass("the clock is plausible".into())
}

fn crates(course: &Course) -> Result<Finding, Error> {
    let host = probe::said("rustc", &["-vV"]).unwrap_or_default();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1"];
    // Crates for other systems are never built here, so they need not be here.
    let said =
        cargo::run(&course.root, &[&arguments[..], &["--filter-platform", host]].concat(), false)?;
    Ok(if said.succeeded {
        Pass("the crates are here".into())
    } else {
        Fix("crates are missing".into(), "just warm, with a network".into())
    })
}

fn first_build(course: &Course) -> Result<Finding, Error> {
    let arguments = ["test", "--no-run", "--locked", "--offline"];
    let done = if std::io::stderr().is_terminal() {
        // Cargo shows how far it is, which is the best there is for the time left.
        cargo::watched(&course.root, &arguments)?
    } else {
        cargo::run(&course.root, &arguments, false)?.succeeded
    };
    Ok(if done {
        Pass("the first build is done".into())
    } else {
        Fix("the first build fails".into(), "just warm shows why".into())
    })
}

/// The proof: module 01, solved, passes here.
fn proof(course: &Course) -> Result<Finding, Error> {
    let modules = course.modules()?;
    let first = modules.iter().find(|module| module.number() == "01").or(modules.first());
    let Some(module) = first else {
        return Ok(Fix("there are no modules".into(), "clone the repository again".into()));
    };
    Ok(match failing(course, module)? {
        None => Pass(format!("the solved module {} passes, offline", module.number())),
        Some(step) => Fix(
            format!("the solved module {} fails at step {step}", module.number()),
            format!("just check {} --solution shows why", module.number()),
        ),
    })
}

fn failing(course: &Course, module: &Module) -> Result<Option<u8>, Error> {
    let package = manifest::package_name(&module.path("Cargo.toml"))?;
    for step in module.checked_steps()? {
        let mut arguments = cargo::arguments(&package, Side::Solution, &step.test);
        arguments.extend(["--locked", "--offline"]);
        let said = cargo::run(&course.root, &arguments, false)?;
        if verdict::of(&said.tests) != Verdict::Passed {
            return Ok(Some(step.number));
        }
    }
    Ok(None)
}

/// Folders that others write to as well, or where files are slow.
fn folder(root: &Path, space: Option<&(String, u64)>) -> Option<Finding> {
    let path = root.to_string_lossy().replace('\\', "/");
    let synced =
        ["OneDrive", "Dropbox", "Google Drive", "GoogleDrive", "iCloud", "Mobile Documents"];
    if let Some(name) = synced.iter().find(|name| path.contains(*name)) {
        return Some(Note(format!(
            "this folder is synced by {name}: builds are slow, clone it elsewhere"
        )));
    }
    let kind = space.map_or("", |(kind, _)| kind.as_str());
    let remote = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afpfs"];
    if remote.contains(&kind) {
        return Some(Note(format!(
            "this folder is on a network drive ({kind}): clone it to a local one"
        )));
    }
    (kind == "9p" || kind == "drvfs").then(|| {
        Note("this folder is on a Windows drive seen from WSL: clone it into WSL's own home".into())
    })
}

/// What is good to know of the machine; none of it is required.
fn surroundings() -> Vec<Finding> {
    let mut notes = Vec::new();
    let set = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let proxies = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "SSL_CERT_FILE"];
    if let Some(name) = proxies.iter().find(set) {
        notes.push(Note(format!(
            "{name} is set: run `just warm` on this network to see that cargo gets through"
        )));
    }
    if cores() < CORES {
        notes.push(Note(format!(
            "{} cores: the first build takes minutes, so do it before the day",
            cores()
        )));
    }
    for port in PORTS.into_iter().filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_err()) {
        notes.push(Note(format!("port {port} is taken: another is used, and printed")));
    }
    let server =
        ["docker", "podman"].into_iter().find(|program| probe::said(program, &["info"]).is_some());
    notes.push(Note(match server {
        Some(program) => format!("{program} runs; no step needs it"),
        None => "no Docker or Podman; no step needs one".into(),
    }));
    notes.push(Note(
        match probe::said("az", &["account", "show", "--query", "name", "-o", "tsv"]) {
            Some(name) => format!("signed in to Azure, subscription {name}; no step needs it"),
            None => "not signed in to Azure; no step needs it".into(),
        },
    ));
    notes
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
