//! Microsoft's own compiler, where it is installed.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Command, Stdio};

/// What the compiler said.
pub enum Compiled {
    /// It is not on the PATH.
    Absent,
    /// It compiled the file, and its linter found nothing.
    Well,
    /// It did not; it has said why.
    Badly,
}

/// Compiles and lints a file. What the compiler says goes where our own words go.
///
/// # Errors
///
/// The compiler is there and cannot be run.
pub fn compile(file: &Path) -> io::Result<Compiled> {
    for arguments in [["build", "--stdout"].as_slice(), &["lint"]] {
        let mut bicep = Command::new("bicep");
        bicep.args(arguments).arg(file).stdin(Stdio::null()).stdout(Stdio::null());
        match bicep.status() {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Compiled::Absent),
            Err(error) => return Err(error),
            Ok(status) if !status.success() => return Ok(Compiled::Badly),
            Ok(_) => {}
        }
    }
    Ok(Compiled::Well)
}
