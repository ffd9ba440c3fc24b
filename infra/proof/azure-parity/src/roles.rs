//! Who may do what with which container, as the Bicep says.

use std::collections::{BTreeMap, BTreeSet};

use bicep_check::literal::Read;
use serde_json::Value;

use crate::bicep;

const DEFINITIONS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions";
const ASSIGNMENTS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments";

/// The last two words of each action, such as `items/create`, by the role's symbol.
///
/// # Panics
///
/// The Bicep is not as expected.
#[must_use]
pub fn roles() -> BTreeMap<String, BTreeSet<String>> {
    let source = bicep("cosmos-access.bicep");
    let read = Read::of(&source);
    let actions = |body: &Value| {
        let list = body["properties"]["permissions"][0]["dataActions"].as_array().cloned();
        let list = list.expect("data actions");
        let short = |action: &Value| {
            let action = action.as_str().expect("text");
            action.rsplit("sqlDatabases/containers/").next().unwrap_or(action).to_owned()
        };
        list.iter().map(short).collect()
    };
    let definitions = read.resources(DEFINITIONS);
    definitions.map(|it| (it.symbol.to_owned(), actions(&read.body(it)))).collect()
}

/// Who has which role on which container: `(principal, container) -> role`.
///
/// # Panics
///
/// The Bicep is not as expected.
#[must_use]
pub fn grants() -> BTreeMap<(String, String), String> {
    let source = bicep("cosmos-access.bicep");
    let read = Read::of(&source);
    let mut grants = BTreeMap::new();
    for assignment in read.resources(ASSIGNMENTS) {
        let body = &read.body(assignment)["properties"];
        let text = |name: &str| body[name].as_str().expect("text").to_owned();
        let scope = text("scope");
        let (_, container) = scope.rsplit_once("/colls/").expect("a container");
        let containers = match read.loop_over(assignment) {
            Some(list) => list.as_array().cloned().expect("a list"),
            None => vec![Value::from(container)],
        };
        for container in containers {
            let principal = text("principalId").replace(['$', '{', '}'], "");
            let role = text("roleDefinitionId").replace(['$', '{', '}'], "").replace(".id", "");
            let role = match role.rsplit_once('/') {
                Some((_, "00000000-0000-0000-0000-000000000002")) => "contributor".to_owned(),
                _ => role,
            };
            let container = container.as_str().expect("a name").to_owned();
            let before = grants.insert((principal.clone(), container.clone()), role);
            assert_eq!(before, None, "{principal} has two roles on {container}");
        }
    }
    grants
}
