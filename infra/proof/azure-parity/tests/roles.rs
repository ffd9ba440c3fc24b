//! Who may do what with a container: the log is append-only by authorisation.

use std::collections::{BTreeMap, BTreeSet};

use azure_parity::bicep;
use bicep_check::literal::Read;
use serde_json::Value;

const DEFINITIONS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions";
const ASSIGNMENTS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments";
const CONTAINERS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

/// The last two words of each action, such as `items/create`, by the role's symbol.
fn roles() -> BTreeMap<String, BTreeSet<String>> {
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
fn grants() -> BTreeMap<(String, String), String> {
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

fn set(actions: &[&str]) -> BTreeSet<String> {
    actions.iter().map(ToString::to_string).collect()
}

#[test]
fn a_writer_creates_reads_and_executes_but_neither_replaces_nor_deletes() {
    let wanted = set(&[
        "Microsoft.DocumentDB/databaseAccounts/readMetadata",
        "items/create",
        "items/read",
        "executeQuery",
        "readChangeFeed",
        "executeStoredProcedure",
    ]);
    assert_eq!(roles()["appender"], wanted);
    assert_eq!(grants()[&("webPrincipalId".to_owned(), "events".to_owned())], "appender");
}

#[test]
fn nobody_but_the_eraser_and_a_developer_deletes_events_keys_or_people() {
    let roles = roles();
    let may_delete = |role: &str| {
        role == "contributor" || roles.get(role).is_none_or(|it| it.contains("items/delete"))
    };
    let deleting: BTreeSet<String> = grants()
        .into_iter()
        .filter(|((_, container), role)| {
            ["events", "keys", "people"].contains(&container.as_str()) && may_delete(role)
        })
        .map(|((principal, _), _)| principal)
        .collect();
    assert_eq!(deleting, set(&["eraserPrincipalId", "developerPrincipalId"]));
}

#[test]
fn the_workers_only_read_events_and_never_see_keys_or_people() {
    let grants = grants();
    let worker = |container: &str| {
        grants.get(&("workerPrincipalId".to_owned(), container.to_owned())).map(String::as_str)
    };
    assert_eq!([worker("events"), worker("keys"), worker("people")], [Some("reader"), None, None]);
    assert!(!roles()["reader"].iter().any(|action| action.contains("create")));
}

#[test]
fn each_container_can_be_reached_by_the_web_app_and_by_the_eraser_and_no_other_is_named() {
    let source = bicep("cosmos.bicep");
    let read = Read::of(&source);
    let there: BTreeSet<String> =
        read.resources(CONTAINERS).map(|it| it.symbol.to_owned()).collect();
    let grants = grants();
    for principal in ["webPrincipalId", "eraserPrincipalId", "developerPrincipalId"] {
        let reached = grants.keys().filter(|(who, _)| who == principal);
        let reached: BTreeSet<String> = reached.map(|(_, container)| container.clone()).collect();
        assert_eq!(reached, there, "{principal}");
    }
    assert!(grants.keys().all(|(_, container)| there.contains(container)));
}

/// The roles that Azure itself defines, of other services than Cosmos DB.
const OF_AZURE: [(&str, &str); 5] = [
    ("acrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d"),
    ("cryptoUser", "12338af0-0e69-4776-bea7-57ae8d297424"),
    ("metricsPublisher", "3913510d-42f4-4e42-8a64-420c390055eb"),
    ("receiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"),
    ("sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"),
];

#[test]
fn the_ids_of_azures_own_roles_are_not_mistyped() {
    let files = ["key-vault.bicep", "monitor.bicep", "registry.bicep", "service-bus.bicep"];
    let mut found = Vec::new();
    for file in files {
        let source = bicep(file);
        let read = Read::of(&source);
        let values = read.declared.variables.iter().filter_map(|it| Some((it.name, it.value?)));
        let ids = values
            .filter_map(|(name, value)| Some((name.to_owned(), source.plain(value)?.to_owned())));
        found.extend(ids);
    }
    found.sort();
    assert_eq!(found, OF_AZURE.map(|(name, id)| (name.to_owned(), id.to_owned())));
}
