//! Type-checks Bicep without Azure and without Microsoft's compiler.
//!
//! Use it where `bicep` is not installed: in CI, and on a laptop before the first deployment. What it passes is
//! type-checked, not compiled.
//!
//! # Layout
//!
//! - `source`: a file parsed by tree-sitter, and what its nodes say.
//! - `declared`: what a file declares: parameters, variables, resources, modules, outputs.
//! - `types`: Microsoft's description of the resource types, of one version each (`types/README.md`).
//! - `symbols`, `members`: every name that is used is declared, and has what is asked of it.
//! - `resources`, `values`, `kinds`: resource bodies against their types.
//! - `modules`: parameters and outputs of modules are wired; files that are named exist.
//! - `house`: rules of this repository, which the types would let pass.
//! - `compiler`: Microsoft's own, where it is installed.
//! - `literal`: a file's values as JSON, for tests that compare Bicep with Rust.
//!
//! # Why this design
//!
//! Microsoft's compiler is in no package registry, and a gate that needs a download is no gate. The types are
//! Microsoft's own, so what is checked here is what the compiler checks, and less of it.
//!
//! # What it does not do
//!
//! Types of expressions beyond plain ones, cycles, the linter's rules, and all that only Azure knows: free names,
//! regions, quotas, policies. Where `bicep` is on the PATH, `just infra-check` runs it too.

use std::path::{Path, PathBuf};

pub mod compiler;
pub mod declared;
mod finding;
mod functions;
mod house;
mod kinds;
pub mod literal;
mod members;
mod modules;
mod resources;
pub mod source;
mod symbols;
pub mod types;
mod values;

pub use finding::{Finding, Report};

use declared::Declared;
use source::Source;
use types::Library;

/// Checks every `.bicep` file of a folder, with the parameter file of `main.bicep` if there is one.
///
/// # Errors
///
/// The folder, or a file in it, cannot be read.
pub fn check_folder(folder: &Path, library: &Library) -> std::io::Result<Report> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "bicep") {
            files.push(path);
        }
    }
    files.sort();
    let mut report = Report::default();
    for file in &files {
        report.extend(check_file(file, library)?);
    }
    let parameters = folder.join("main.parameters.json");
    if parameters.exists() {
        report.findings.extend(modules::parameter_file(&parameters)?);
    }
    report.files = files.len();
    Ok(report)
}

/// Checks one file. A file that cannot be parsed is checked no further.
///
/// # Errors
///
/// The file cannot be read.
pub fn check_file(path: &Path, library: &Library) -> std::io::Result<Report> {
    let source = Source::read(path)?;
    let mut report = Report { files: 1, ..Report::default() };
    report.findings = source.syntax_errors();
    if !report.findings.is_empty() {
        return Ok(report);
    }
    let file = File { declared: Declared::of(&source), source: &source, library };
    symbols::check(&file, &mut report);
    resources::check(&file, &mut report);
    members::check(&file, &mut report);
    modules::check(&file, &mut report);
    house::check(&file, &mut report);
    report.findings.sort_by_key(|finding| (finding.line, finding.column));
    Ok(report)
}

/// A file under check.
struct File<'a> {
    source: &'a Source,
    declared: Declared<'a>,
    library: &'a Library,
}
