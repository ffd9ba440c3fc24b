//! Rules of this repository. The types would let all of these mistakes pass.

use tree_sitter::Node;

use crate::declared::Resource;
use crate::source::{all, named};
use crate::{File, Report};

const CONTAINERS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";
const SECRETS: [&str; 5] = ["key", "keys", "secret", "password", "sas"];

/// Where keys are switched off: the type, the property, and what it must be.
const KEYLESS: [(&str, &str, &str); 4] = [
    ("Microsoft.DocumentDB/databaseAccounts", "properties.disableLocalAuth", "true"),
    ("Microsoft.ServiceBus/namespaces", "properties.disableLocalAuth", "true"),
    ("Microsoft.ContainerRegistry/registries", "properties.adminUserEnabled", "false"),
    ("Microsoft.Insights/components", "properties.DisableLocalAuth", "true"),
];

pub(crate) fn check(file: &File<'_>, report: &mut Report) {
    for resource in file.declared.resources.iter().filter(|it| !it.existing) {
        if let Some(body) = resource.body {
            container(file, resource, body, report);
            serverless(file, resource, body, report);
            keyless(file, resource, body, report);
            roles(file, resource, body, report);
        }
    }
    for node in all(file.source.root()) {
        if node.kind() == "call_expression" {
            listed_keys(file, node, report);
        }
    }
    for parameter in file.declared.parameters.iter().filter(|it| !it.described) {
        let message = format!("the parameter `{}` has no @description", parameter.name);
        report.findings.push(file.source.at(parameter.node, message));
    }
    outputs(file, report);
}

fn container(file: &File<'_>, resource: &Resource<'_>, body: Node<'_>, report: &mut Report) {
    if !resource.kind.eq_ignore_ascii_case(CONTAINERS) {
        return;
    }
    let Some(key) = file.source.descend(body, "properties.resource.partitionKey") else {
        let message = "a container has a `partitionKey`";
        report.findings.push(file.source.at(resource.node, message));
        return;
    };
    let set = |name: &str| file.source.property(key, name);
    let second = set("version").is_some_and(|it| file.source.text(it) == "2");
    if set("paths").is_none() || set("kind").is_none() || !second {
        let message = "a partition key has `paths`, `kind` and `version: 2`";
        report.findings.push(file.source.at(key, message));
    }
}

fn serverless(file: &File<'_>, resource: &Resource<'_>, body: Node<'_>, report: &mut Report) {
    if !resource.kind.starts_with("Microsoft.DocumentDB/") {
        return;
    }
    let Some(options) = file.source.descend(body, "properties.options") else { return };
    for property in file.source.properties(options) {
        if let Some(name @ ("throughput" | "autoscaleSettings")) = property.name {
            let message = format!("the account is serverless: it takes no `{name}`");
            report.findings.push(file.source.at(property.key, message));
        }
    }
}

fn keyless(file: &File<'_>, resource: &Resource<'_>, body: Node<'_>, report: &mut Report) {
    for (kind, path, wanted) in KEYLESS {
        if !resource.kind.eq_ignore_ascii_case(kind) {
            continue;
        }
        let set = file.source.descend(body, path);
        if set.is_none_or(|it| file.source.text(it) != wanted) {
            let message = format!("keys are disabled everywhere: set `{path}` to {wanted}");
            report.findings.push(file.source.at(set.unwrap_or(resource.node), message));
        }
    }
}

fn roles(file: &File<'_>, resource: &Resource<'_>, body: Node<'_>, report: &mut Report) {
    let narrow = |node: Node<'_>| {
        let text = file.source.text(node);
        text.contains("/dbs/") && text.contains("/colls/")
    };
    let message = "the scope of a Cosmos role is a container: `…/dbs/…/colls/…`";
    if resource.kind.ends_with("/sqlRoleAssignments") {
        match file.source.descend(body, "properties.scope") {
            Some(scope) if narrow(scope) => {}
            other => report.findings.push(file.source.at(other.unwrap_or(resource.node), message)),
        }
    }
    if resource.kind.ends_with("/sqlRoleDefinitions")
        && let Some(scopes) = file.source.descend(body, "properties.assignableScopes")
    {
        let wide = named(scopes).into_iter().filter(|it| !narrow(*it));
        report.findings.extend(wide.map(|it| file.source.at(it, message)));
    }
    if resource.kind.eq_ignore_ascii_case("Microsoft.Authorization/roleAssignments")
        && file.source.descend(body, "properties.principalType").is_none()
    {
        let message = "set `principalType`: without it a new identity may not be found in time";
        report.findings.push(file.source.at(resource.node, message));
    }
}

/// A key may be asked for once: that of the workspace, which the Container Apps environment wants.
fn listed_keys(file: &File<'_>, call: Node<'_>, report: &mut Report) {
    let Some(function) = named(call).first().copied() else { return };
    let text = file.source.text(function);
    let (owner, name) = text.rsplit_once('.').unwrap_or(("", text));
    let asks = name.starts_with("list") && name.len() > 4;
    let workspace = file
        .declared
        .top(owner)
        .is_some_and(|it| it.kind.eq_ignore_ascii_case("Microsoft.OperationalInsights/workspaces"));
    let wants = |it: &Resource<'_>| it.kind.ends_with("/managedEnvironments");
    if asks && !(workspace && file.declared.resources.iter().any(wants)) {
        let message = format!("no keys: `{name}` is for the Container Apps environment alone");
        report.findings.push(file.source.at(function, message));
    }
}

fn outputs(file: &File<'_>, report: &mut Report) {
    for output in &file.declared.outputs {
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if file.declared.scope == "subscription" && !output.name.chars().all(upper) {
            let message = format!(
                "the output `{}` becomes an environment variable: write it in UPPER_SNAKE",
                output.name
            );
            report.findings.push(file.source.at(output.node, message));
        }
        let value = output.value.map(|it| file.source.text(it)).unwrap_or_default();
        let secret = words(output.name).iter().any(|word| SECRETS.contains(&word.as_str()));
        if secret || value.contains(".list") {
            let message = format!("the output `{}` would show a secret", output.name);
            report.findings.push(file.source.at(output.node, message));
        }
    }
}

/// The words of `camelCase` and `UPPER_SNAKE`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if c == '_' || (c.is_ascii_uppercase() && small) {
            words.push(String::new());
        }
        small = c.is_ascii_lowercase();
        if let (true, Some(word)) = (c != '_', words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words
}
