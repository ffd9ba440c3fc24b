//! What is read of a resource or a module is there.

use tree_sitter::Node;

use crate::declared::Resource;
use crate::source::{all, named};
use crate::types::{Model, Object, ResourceType, Shape};
use crate::{File, Report, modules};

/// What Bicep itself offers of every resource.
const OF_EVERY: [&str; 4] = ["id", "name", "type", "apiVersion"];

pub(crate) fn check(file: &File<'_>, report: &mut Report) {
    for node in all(file.source.root()) {
        if node.kind() == "member_expression" {
            member(file, node, report);
        } else if node.kind() == "resource_expression" && inner(file, node).is_none() {
            let parts = named(node);
            let (outer, name) =
                (file.source.text(parts[0]), file.source.text(parts[parts.len() - 1]));
            if file.declared.top(outer).is_some() {
                let message = format!("`{outer}` has no resource `{name}` inside");
                report.findings.push(file.source.at(parts[parts.len() - 1], message));
            }
        }
    }
}

fn inner<'f>(file: &'f File<'_>, node: Node<'_>) -> Option<&'f Resource<'f>> {
    let parts = named(node);
    let [outer, name] = parts.as_slice() else { return None };
    let outer = match outer.kind() {
        "resource_expression" => inner(file, *outer)?,
        _ => file.declared.top(file.source.text(*outer))?,
    };
    file.declared.inside(outer, file.source.text(*name))
}

/// The names of a chain of members, and what stands before them.
fn chain(node: Node<'_>) -> (Node<'_>, Vec<Node<'_>>) {
    let (mut root, mut names) = (node, Vec::new());
    while root.kind() == "member_expression" {
        let parts = named(root);
        let [object, name] = parts.as_slice() else { break };
        names.insert(0, *name);
        root = *object;
    }
    (root, names)
}

fn member(file: &File<'_>, node: Node<'_>, report: &mut Report) {
    // A longer chain around this one checks it.
    if node.parent().is_some_and(|it| it.kind() == "member_expression") {
        return;
    }
    let (mut root, names) = chain(node);
    // The grammar reads `a ? b : c.d` as the member `d` of the whole: it belongs to `c`.
    if root.kind() == "ternary_expression" {
        root = named(root).pop().unwrap_or(root);
    }
    let symbol = file.source.text(root);
    if let Some(module) = file.declared.modules.iter().find(|it| it.symbol == symbol) {
        return modules::output(file, module, &names, report);
    }
    let resource = match root.kind() {
        "resource_expression" => inner(file, root),
        "identifier" => file.declared.top(symbol),
        _ => None,
    };
    let Some(resource) = resource.filter(|it| !it.repeated) else { return };
    let Some(described) = file.library.get(&resource.kind) else { return };
    let called = node.parent().is_some_and(|it| it.kind() == "call_expression");
    if !called {
        read(file, described, &names, report);
    }
}

fn read(file: &File<'_>, described: &ResourceType, names: &[Node<'_>], report: &mut Report) {
    let mut object: &Object = &described.body;
    for (depth, node) in names.iter().enumerate() {
        let name = file.source.text(*node);
        if depth == 0 && OF_EVERY.contains(&name) {
            return;
        }
        let Some(property) = object.property(name) else {
            if object.additional.is_none() {
                let message = format!("{} has no property `{name}`", described.name);
                report.findings.push(file.source.at(*node, message));
            }
            return;
        };
        match described.shape(&property.kind) {
            Shape::Model(Model::Object(inner)) => object = inner,
            _ => return,
        }
    }
}
