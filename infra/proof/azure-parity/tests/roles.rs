//! Who may do what with a container: the log is append-only by authorisation.

use std::collections::BTreeSet;

use azure_parity::bicep;
use azure_parity::roles::{grants, roles};
use bicep_check::literal::Read;

const CONTAINERS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";

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

/// Who may do it in one of the containers.
fn who_may(action: &str, containers: &[&str]) -> BTreeSet<String> {
    let roles = roles();
    let may = |role: &str| roles.get(role).is_none_or(|it| it.contains(action));
    let grants = grants().into_iter();
    let found = grants.filter(|((_, it), role)| containers.contains(&it.as_str()) && may(role));
    found.map(|((principal, _), _)| principal).collect()
}

#[test]
fn nobody_but_the_eraser_and_a_developer_changes_events_or_keys_or_deletes_anything_kept() {
    let trusted = set(&["eraserPrincipalId", "developerPrincipalId"]);
    assert_eq!(who_may("items/replace", &["events"]), trusted);
    assert_eq!(who_may("items/replace", &["keys"]), trusted);
    assert_eq!(who_may("items/delete", &["events", "keys", "people"]), trusted);
    assert_eq!(who_may("items/upsert", &["events", "keys", "people"]), BTreeSet::new());
}

#[test]
fn the_workers_only_read_events_and_do_not_see_what_is_in_keys_or_people() {
    let grants = grants();
    let worker = |container: &str| {
        grants.get(&("workerPrincipalId".to_owned(), container.to_owned())).map(String::as_str)
    };
    let its = [worker("events"), worker("keys"), worker("people")];
    assert_eq!(its, [Some("reader"), Some("opener"), Some("opener")]);
    assert!(!roles()["reader"].iter().any(|action| action.contains("create")));
    assert_eq!(roles()["opener"], set(&["Microsoft.DocumentDB/databaseAccounts/readMetadata"]));
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
