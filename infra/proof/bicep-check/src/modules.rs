//! Modules get what they ask for, give what is read of them, and every file that is named exists.

use std::io;
use std::path::{Path, PathBuf};

use tree_sitter::Node;

use crate::declared::{Declared, Module};
use crate::kinds::Kind;
use crate::source::{Source, all, named};
use crate::{File, Finding, Report};

const LOADERS: [&str; 4] =
    ["loadTextContent", "loadFileAsBase64", "loadJsonContent", "loadYamlContent"];
const ALLOWED: [&str; 4] = ["name", "scope", "params", "dependsOn"];

/// What a module's file declares to others.
pub(crate) struct Interface {
    scope: String,
    /// Name, type, and whether it may be left out.
    parameters: Vec<(String, String, bool)>,
    /// Name and type.
    pub(crate) outputs: Vec<(String, String)>,
}

impl Interface {
    pub(crate) fn of(file: &File<'_>, module: &Module<'_>) -> Option<Self> {
        Self::read(&target(file, module)?).ok()
    }

    fn read(path: &Path) -> io::Result<Self> {
        let source = Source::read(path)?;
        if !source.syntax_errors().is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "syntax errors"));
        }
        let declared = Declared::of(&source);
        let text = |kind: Option<&str>| kind.unwrap_or_default().to_owned();
        let parameter = |it: &crate::declared::Named<'_>| {
            let optional = it.value.is_some() || it.kind.is_some_and(|kind| kind.ends_with('?'));
            (it.name.to_owned(), text(it.kind), optional)
        };
        let output = |it: &crate::declared::Named<'_>| (it.name.to_owned(), text(it.kind));
        Ok(Self {
            scope: declared.scope.to_owned(),
            parameters: declared.parameters.iter().map(parameter).collect(),
            outputs: declared.outputs.iter().map(output).collect(),
        })
    }
}

fn target(file: &File<'_>, module: &Module<'_>) -> Option<PathBuf> {
    let folder = file.source.path.parent().unwrap_or(Path::new(""));
    Some(folder.join(file.source.plain(module.path)?))
}

pub(crate) fn check(file: &File<'_>, report: &mut Report) {
    for module in &file.declared.modules {
        match Interface::of(file, module) {
            Some(interface) => wired(file, module, &interface, report),
            // It has syntax errors, which are told where they are.
            None if target(file, module).is_some_and(|path| path.is_file()) => {}
            None => {
                let path = file.source.text(module.path);
                let message = format!("the module's file {path} cannot be read");
                report.findings.push(file.source.at(module.path, message));
            }
        }
    }
    for node in all(file.source.root()) {
        if node.kind() == "call_expression" {
            loaded(file, node, report);
        }
    }
    for output in &file.declared.outputs {
        let (Some(kind), Some(value)) = (output.kind, output.value) else { continue };
        agree(file, value, kind, report);
    }
    for parameter in &file.declared.parameters {
        let (Some(kind), Some(default)) = (parameter.kind, parameter.value) else { continue };
        agree(file, default, kind, report);
    }
}

fn agree(file: &File<'_>, value: Node<'_>, written: &str, report: &mut Report) {
    if let (Some(wanted), Some(kind)) = (Kind::written(written), Kind::of(file, value))
        && wanted != kind
    {
        report.findings.push(file.source.at(value, format!("expected {wanted}, got {kind}")));
    }
}

fn wired(file: &File<'_>, module: &Module<'_>, interface: &Interface, report: &mut Report) {
    let Some(body) = module.body else { return };
    let symbol = module.symbol;
    for property in file.source.properties(body) {
        if !property.name.is_some_and(|name| ALLOWED.contains(&name)) {
            let name = file.source.text(property.key);
            let message = format!("unknown property `{name}` of a module");
            report.findings.push(file.source.at(property.key, message));
        }
    }
    if interface.scope != file.declared.scope && file.source.property(body, "scope").is_none() {
        let message = format!("`{symbol}` is for a {}: it needs a `scope` here", interface.scope);
        report.findings.push(file.source.at(module.node, message));
    }
    let params = file.source.property(body, "params").filter(|it| it.kind() == "object");
    let given = params.map(|it| file.source.properties(it)).unwrap_or_default();
    for property in &given {
        let Some(name) = property.name else { continue };
        let asked = interface.parameters.iter().find(|(known, ..)| known == name);
        if let Some((_, kind, _)) = asked {
            agree(file, property.value, kind, report);
        } else {
            let message = format!("`{symbol}` has no parameter `{name}`");
            report.findings.push(file.source.at(property.key, message));
        }
    }
    for (name, _, optional) in &interface.parameters {
        if !optional && !given.iter().any(|it| it.name == Some(name)) {
            let message = format!("`{symbol}` is not given its parameter `{name}`");
            report.findings.push(file.source.at(module.node, message));
        }
    }
}

/// `module.outputs.name`, as the names behind the module's.
pub(crate) fn output(
    file: &File<'_>,
    module: &Module<'_>,
    names: &[Node<'_>],
    report: &mut Report,
) {
    let [outputs, name, ..] = names else { return };
    let (Some(interface), "outputs") = (Interface::of(file, module), file.source.text(*outputs))
    else {
        return;
    };
    let name_text = file.source.text(*name);
    if !interface.outputs.iter().any(|(known, _)| known == name_text) {
        let message = format!("`{}` has no output `{name_text}`", module.symbol);
        report.findings.push(file.source.at(*name, message));
    }
}

fn loaded(file: &File<'_>, call: Node<'_>, report: &mut Report) {
    let parts = named(call);
    let [function, arguments, ..] = parts.as_slice() else { return };
    if !LOADERS.contains(&file.source.text(*function)) {
        return;
    }
    let Some(argument) = named(*arguments).first().copied() else { return };
    let folder = file.source.path.parent().unwrap_or(Path::new(""));
    match file.source.plain(argument) {
        Some(path) if folder.join(path).is_file() => {}
        Some(path) => {
            let message = format!("the file {path} does not exist");
            report.findings.push(file.source.at(argument, message));
        }
        None => {
            let message = "a path must be a plain string".to_owned();
            report.findings.push(file.source.at(argument, message));
        }
    }
}

/// `main.parameters.json` beside `main.bicep`: it names parameters there are, and all that must be given.
pub(crate) fn parameter_file(path: &Path) -> io::Result<Vec<Finding>> {
    let text = std::fs::read_to_string(path)?;
    let Ok(interface) = Interface::read(&path.with_file_name("main.bicep")) else {
        return Ok(Vec::new());
    };
    let at =
        |line: usize, message: String| Finding { file: path.to_owned(), line, column: 1, message };
    let json: serde_json::Value = match serde_json::from_str(&text) {
        Ok(json) => json,
        Err(error) => return Ok(vec![at(error.line(), error.to_string())]),
    };
    let given = json["parameters"].as_object().cloned().unwrap_or_default();
    let line_of = |name: &str| {
        let quoted = format!("\"{name}\"");
        text.lines().position(|line| line.contains(&quoted)).map_or(1, |index| index + 1)
    };
    let known = |name: &String| interface.parameters.iter().any(|(it, ..)| it == name);
    let strangers = given.keys().filter(|name| !known(name));
    let mut findings: Vec<_> = strangers
        .map(|name| at(line_of(name), format!("main.bicep has no parameter `{name}`")))
        .collect();
    for (name, _, optional) in &interface.parameters {
        if !optional && !given.contains_key(name) {
            findings.push(at(1, format!("main.bicep is not given its parameter `{name}`")));
        }
    }
    Ok(findings)
}
