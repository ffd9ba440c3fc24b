//! `bicep-check FOLDER`: type-checks the Bicep files of a folder.

use std::path::PathBuf;
use std::process::ExitCode;

use bicep_check::types::Library;
use bicep_check::{Report, check_folder};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bicep-check FOLDER");
        return ExitCode::FAILURE;
    };
    let checked = Library::load().and_then(|library| check_folder(&folder, &library));
    match checked {
        Ok(report) => show(&report),
        Err(error) => {
            eprintln!("bicep-check: {error}");
            ExitCode::FAILURE
        }
    }
}

fn show(report: &Report) -> ExitCode {
    for note in &report.notes {
        println!("{note} (note)");
    }
    for finding in &report.findings {
        println!("{finding}");
    }
    let (files, findings) = (report.files, report.findings.len());
    if findings == 0 && files > 0 {
        println!("{files} files type-checked (not compiled): nothing found");
        return ExitCode::SUCCESS;
    }
    println!("{files} files, {findings} faults");
    ExitCode::FAILURE
}
