//! `bicep-check FOLDER`: type-checks the Bicep files of a folder. Where `bicep` is on the PATH, it compiles
//! `main.bicep` too.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bicep_check::compiler::{Compiled, compile};
use bicep_check::types::Library;
use bicep_check::{Report, check_folder};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bicep-check FOLDER");
        return ExitCode::FAILURE;
    };
    match run(&folder) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bicep-check: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(folder: &Path) -> io::Result<bool> {
    let report = check_folder(folder, &Library::load()?)?;
    show(&report);
    if !report.findings.is_empty() || report.files == 0 {
        return Ok(false);
    }
    match compile(&folder.join("main.bicep"))? {
        Compiled::Absent => println!("bicep is not on the PATH: type-checked, not compiled."),
        Compiled::Well => println!("bicep compiles main.bicep, and its linter finds nothing."),
        Compiled::Badly => return Ok(false),
    }
    Ok(true)
}

fn show(report: &Report) {
    for note in &report.notes {
        println!("{note} (note)");
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    println!("{} files, {} faults.", report.files, report.findings.len());
}
