//! Resource types, their versions, and where they may be deployed.

use crate::declared::Resource;
use crate::source::{all, named};
use crate::types::UNDESCRIBED;
use crate::values::Values;
use crate::{File, Report};

/// Properties that belong to Bicep and not to the type.
const BICEP: [&str; 3] = ["parent", "scope", "dependsOn"];

pub(crate) fn check(file: &File<'_>, report: &mut Report) {
    for resource in &file.declared.resources {
        resource_of(file, resource, report);
    }
}

fn resource_of(file: &File<'_>, resource: &Resource<'_>, report: &mut Report) {
    let at = |message: String| file.source.at(resource.type_node, message);
    let Resource { kind, version, .. } = resource;
    let undescribed = UNDESCRIBED.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind));
    if let Some((name, pinned)) = undescribed {
        if version != pinned {
            report.findings.push(at(another_version(name, version, pinned)));
        }
        report
            .notes
            .push(at(format!("not checked: Microsoft's data has no description of {name}")));
        return;
    }
    let Some(described) = file.library.get(kind) else {
        report.findings.push(at(format!("unknown resource type `{kind}`")));
        return;
    };
    if *version != described.version {
        report.findings.push(at(another_version(kind, version, &described.version)));
    }
    let Some(body) = resource.body else { return };
    named_once(file, resource, report);
    if resource.existing {
        return;
    }
    let elsewhere = file.source.property(body, "scope").is_some();
    let here = match file.declared.scope {
        "subscription" => "Subscription",
        _ => "ResourceGroup",
    };
    if !elsewhere && described.scopes != "AllExceptExtension" && !described.scopes.contains(here) {
        let scope = file.declared.scope;
        let belongs = &described.scopes;
        report.findings.push(at(format!("{kind} belongs to a {belongs}, this file to a {scope}")));
    }
    Values { file, described, report }.object(body, &described.body, &BICEP);
}

fn another_version(kind: &str, version: &str, pinned: &str) -> String {
    format!("version {version} of {kind} is not the pinned one, {pinned}")
}

/// The name is there, has a segment for each one of the type, and can be told before anything is deployed.
fn named_once(file: &File<'_>, resource: &Resource<'_>, report: &mut Report) {
    let Some(body) = resource.body else { return };
    let Some(name) = file.source.property(body, "name") else { return };
    let of_parent = resource.parent.is_some() || file.source.property(body, "parent").is_some();
    if let Some(parent) = file.source.property(body, "parent") {
        parent_fits(file, resource, parent, report);
    }
    let segments = file.source.text(name).matches('/').count() + 1;
    let wanted = if of_parent { 1 } else { resource.kind.matches('/').count() };
    let plain = file.source.plain(name).is_some();
    if segments != wanted && (plain || segments > wanted) {
        let message = format!("the name has {segments} segments, {} wants {wanted}", resource.kind);
        report.findings.push(file.source.at(name, message));
    }
    for node in all(name) {
        let late = node.kind() == "member_expression"
            && named(node).last().is_some_and(|it| file.source.text(*it) == "properties")
            && named(node)
                .first()
                .is_some_and(|it| file.declared.top(file.source.text(*it)).is_some());
        if late {
            let message = "a name must be known before the deployment: it cannot read `properties`";
            report.findings.push(file.source.at(node, message));
        }
    }
}

fn parent_fits(
    file: &File<'_>,
    resource: &Resource<'_>,
    parent: tree_sitter::Node<'_>,
    report: &mut Report,
) {
    let Some(outer) = file.declared.top(file.source.text(parent)) else { return };
    let wanted = resource.kind.rsplit_once('/').map(|(outer, _)| outer).unwrap_or_default();
    if !outer.kind.eq_ignore_ascii_case(wanted) {
        let message =
            format!("the parent of {} is a {wanted}, not a {}", resource.kind, outer.kind);
        report.findings.push(file.source.at(parent, message));
    }
}
