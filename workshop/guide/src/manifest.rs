//! The manifests of a module: their names, and an exercise's from its solution's.

use crate::error::Error;
use crate::files;
use std::path::Path;
use toml_edit::{DocumentMut, Item, Table, value};

/// The name of the package at `path`.
pub fn package_name(path: &Path) -> Result<String, Error> {
    let manifest = read(path, &files::text(path)?)?;
    name(&manifest).map(str::to_owned).ok_or_else(|| Error::NoName { path: path.into() })
}

/// The manifest of the exercise: its own name, no tests of its own, and no lints that a starter
/// cannot keep. Dependencies keep pointing at earlier solutions.
pub fn of_exercise(path: &Path, solution: &str) -> Result<String, Error> {
    let mut manifest = read(path, solution)?;
    let name = name(&manifest).ok_or_else(|| Error::NoName { path: path.into() })?;
    let name = format!("{name}-exercise");
    // The old value's surroundings hold its comment, so only the text inside changes.
    let mut named = value(name);
    if let (Some(new), Some(old)) = (named.as_value_mut(), manifest["package"]["name"].as_value()) {
        *new.decor_mut() = old.decor().clone();
    }
    manifest["package"]["name"] = named;

    let library = manifest.entry("lib").or_insert_with(|| Item::Table(Table::new()));
    library["test"] = value(false);
    library["doctest"] = value(false);

    let mut lints = Table::new();
    lints.set_implicit(true);
    lints["rust"] = Item::Table(Table::new());
    lints["rust"]["unused"] = value("allow");
    manifest["lints"] = Item::Table(lints);
    Ok(manifest.to_string())
}

/// The attendee's manifest as that of the solution it takes the place of: their dependencies and its name.
pub fn in_place_of(solution: &str, path: &Path, exercise: &str) -> Result<String, Error> {
    let mut manifest = read(path, exercise)?;
    manifest["package"]["name"] = value(solution);
    Ok(manifest.to_string())
}

/// The root manifest of a copy of the workspace: all its packages have `mark` behind their version. Cargo tells
/// packages of one name apart by it.
pub fn of_copy(path: &Path, root: &[u8], mark: &str) -> Result<Vec<u8>, Error> {
    let mut manifest = read(path, &String::from_utf8_lossy(root))?;
    let version = manifest.get("workspace").and_then(|item| item.get("package"));
    let version = version.and_then(|item| item.get("version")).and_then(Item::as_str);
    let Some(version) = version else {
        return Err(Error::NoVersion { path: path.into() });
    };
    manifest["workspace"]["package"]["version"] = value(format!("{version}+{mark}"));
    Ok(manifest.to_string().into_bytes())
}

/// The oldest Rust that builds the workspace.
pub fn rust_version(root: &Path) -> Result<Option<String>, Error> {
    let path = root.join("Cargo.toml");
    let manifest = read(&path, &files::text(&path)?)?;
    let package = manifest.get("workspace").and_then(|item| item.get("package"));
    let version = package.and_then(|item| item.get("rust-version")).and_then(Item::as_str);
    Ok(version.map(str::to_owned))
}

/// A package with a version of its own would be taken for the copied one.
pub fn must_inherit_its_version(path: &Path, text: &str) -> Result<(), Error> {
    let manifest = read(path, text)?;
    let Some(package) = manifest.get("package") else { return Ok(()) };
    let inherited = package.get("version").and_then(|version| version.get("workspace"));
    if inherited.and_then(Item::as_bool) == Some(true) {
        return Ok(());
    }
    Err(Error::OwnVersion { path: path.into() })
}

/// Whether the workspace has a package of this name.
pub fn is_member(root: &Path, name: &str) -> Result<bool, Error> {
    let path = root.join("Cargo.toml");
    let manifest = read(&path, &files::text(&path)?)?;
    let members = manifest.get("workspace").and_then(|item| item.get("members"));
    let members = members.and_then(Item::as_array).into_iter().flatten();
    for member in members.filter_map(|member| member.as_str()) {
        let path = root.join(member).join("Cargo.toml");
        if path.is_file() && package_name(&path)? == name {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A TOML file, or where it is none.
pub fn read(path: &Path, text: &str) -> Result<DocumentMut, Error> {
    text.parse().map_err(|source| Error::Manifest { path: path.into(), source })
}

fn name(manifest: &DocumentMut) -> Option<&str> {
    manifest.get("package")?.get("name")?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_the_library_and_the_lints_change() {
        let solution = r#"[package]
name = "aggregates" # the subject
edition.workspace = true

[lints]
workspace = true

[dependencies]
# Earlier modules come as solutions.
event-store = { path = "../../01-event-store/solution" }
"#;
        let exercise = r#"[package]
name = "aggregates-exercise" # the subject
edition.workspace = true

[lints.rust]
unused = "allow"

[dependencies]
# Earlier modules come as solutions.
event-store = { path = "../../01-event-store/solution" }

[lib]
test = false
doctest = false
"#;
        assert_eq!(of_exercise(Path::new("Cargo.toml"), solution).unwrap(), exercise);
    }

    #[test]
    fn a_library_section_of_the_solution_is_kept() {
        let solution = "[package]\nname = \"a\"\n\n[lib]\npath = \"src/a.rs\"\n";
        let exercise = of_exercise(Path::new("Cargo.toml"), solution).unwrap();
        assert!(exercise.contains("[lib]\npath = \"src/a.rs\"\ntest = false\ndoctest = false\n"));
    }

    #[test]
    fn a_manifest_without_a_name_is_refused_with_the_remedy() {
        let error = of_exercise(Path::new("x/Cargo.toml"), "[package]\n").unwrap_err();
        assert_eq!(error.to_string(), "x/Cargo.toml has no name in [package]: add name = \"…\"");
    }
}
