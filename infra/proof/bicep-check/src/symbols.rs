//! Every name that is used is declared, once, and every name that is declared is used.

use std::collections::BTreeSet;

use tree_sitter::Node;

use crate::declared::nested;
use crate::functions;
use crate::source::{Source, all, named};
use crate::{File, Report};

const NAMESPACES: [&str; 2] = ["az", "sys"];

pub(crate) fn check(file: &File<'_>, report: &mut Report) {
    let mut walk = Walk { source: file.source, used: BTreeSet::new(), report };
    let mut top: Vec<&str> = Vec::new();
    for (name, node) in declarations(file) {
        if top.contains(&name) {
            walk.fault(node, format!("`{name}` is declared twice"));
        }
        top.push(name);
    }
    for statement in named(file.source.root()) {
        let mut known = top.clone();
        for node in all(statement) {
            match node.kind() {
                // The grammar reads `x => x.y` as the member `y` of a lambda: its parameter is known around it too.
                "lambda_expression" => {
                    let parts = named(node);
                    let parameters = &parts[..parts.len().saturating_sub(1)];
                    known.extend(parameters.iter().map(|it| file.source.text(*it)));
                }
                "parameter" => known.extend(named(node).first().map(|it| file.source.text(*it))),
                _ => {}
            }
        }
        walk.node(statement, &known);
    }
    let unused = |what: &str, name: &str| format!("the {what} `{name}` is not used");
    for (what, list) in
        [("parameter", &file.declared.parameters), ("variable", &file.declared.variables)]
    {
        for declared in list {
            if !walk.used.contains(declared.name) {
                walk.fault(declared.node, unused(what, declared.name));
            }
        }
    }
    for resource in &file.declared.resources {
        if resource.existing && !walk.used.contains(resource.symbol) {
            walk.fault(resource.node, unused("existing resource", resource.symbol));
        }
    }
}

/// What can be named from anywhere in the file.
fn declarations<'a>(file: &File<'a>) -> Vec<(&'a str, Node<'a>)> {
    let declared = &file.declared;
    let plain = declared.parameters.iter().chain(&declared.variables);
    let mut found: Vec<_> = plain.map(|it| (it.name, it.node)).collect();
    let top = declared.resources.iter().filter(|it| it.parent.is_none());
    found.extend(top.map(|it| (it.symbol, it.node)));
    found.extend(declared.modules.iter().map(|it| (it.symbol, it.node)));
    for statement in named(file.source.root()) {
        if matches!(statement.kind(), "type_declaration" | "user_defined_function")
            && let Some(name) = named(statement).first()
        {
            found.push((file.source.text(*name), *name));
        }
    }
    found
}

struct Walk<'a, 'r> {
    source: &'a Source,
    used: BTreeSet<&'a str>,
    report: &'r mut Report,
}

impl<'a> Walk<'a, '_> {
    fn fault(&mut self, node: Node<'_>, message: String) {
        self.report.findings.push(self.source.at(node, message));
    }

    fn each(&mut self, nodes: &[Node<'a>], known: &[&'a str]) {
        for node in nodes {
            self.node(*node, known);
        }
    }

    fn node(&mut self, node: Node<'a>, known: &[&'a str]) {
        let parts = named(node);
        match node.kind() {
            "decorators" | "type" | "type_declaration" | "target_scope_assignment" => {}
            "identifier" => self.used(node, known),
            "parameter_declaration"
            | "variable_declaration"
            | "output_declaration"
            | "resource_declaration"
            | "module_declaration"
            | "user_defined_function"
            | "parameter" => self.each(&parts[1..], known),
            // A resource behind `::` is looked up in the one before it.
            "resource_expression" => self.each(&parts[..1], known),
            "object_property" if parts.len() > 1 => {
                let written = usize::from(parts[0].kind() != "string");
                self.each(&parts[written..], known);
            }
            "object" => {
                let inner = nested(node).into_iter().filter_map(|it| named(it).first().copied());
                let inner = inner.map(|name| self.source.text(name));
                let known: Vec<_> = known.iter().copied().chain(inner).collect();
                self.each(&parts, &known);
            }
            "for_statement" => {
                let variables = parts.first().into_iter().flat_map(|it| all(*it));
                let variables = variables.filter(|it| named(*it).is_empty());
                let variables = variables.map(|it| self.source.text(it));
                let known: Vec<_> = known.iter().copied().chain(variables).collect();
                self.each(&parts[1..], &known);
            }
            "call_expression" => self.call(&parts, known),
            _ => self.each(&parts, known),
        }
    }

    fn call(&mut self, parts: &[Node<'a>], known: &[&'a str]) {
        let [function, rest @ ..] = parts else { return };
        if function.kind() == "identifier" {
            let name = self.source.text(*function);
            if !functions::exists(name) && !known.contains(&name) {
                self.fault(*function, format!("unknown function `{name}`"));
            }
        } else {
            self.node(*function, known);
        }
        self.each(rest, known);
    }

    fn used(&mut self, node: Node<'a>, known: &[&'a str]) {
        let name = self.source.text(node);
        self.used.insert(name);
        if !known.contains(&name) && !NAMESPACES.contains(&name) {
            self.fault(node, format!("undefined symbol `{name}`"));
        }
    }
}
