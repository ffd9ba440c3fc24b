//! Containers, keys, indexes and procedures: as the modules' specs say, and nothing else.

use std::collections::BTreeMap;

use azure_parity::{SPECS, bicep, code};
use bicep_check::literal::Read;
use cosmos::ContainerSpec;
use serde_json::{Value, json};

const CONTAINERS: &str = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers";
const PROCEDURES: &str =
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/storedProcedures";

/// The Bicep's containers: the `resource` of each, by name.
fn containers() -> BTreeMap<String, Value> {
    let source = bicep("cosmos.bicep");
    let read = Read::of(&source);
    let named = |it: &bicep_check::declared::Resource<'_>| it.symbol.to_owned();
    let resource = |it| read.body(it)["properties"]["resource"].clone();
    read.resources(CONTAINERS).map(|it| (named(it), resource(it))).collect()
}

/// What provisioning would send for the spec.
fn wanted(spec: &ContainerSpec) -> Value {
    let mut wanted = json!({
        "id": spec.name,
        "partitionKey": { "paths": [spec.partition_key], "kind": "Hash", "version": 2 },
    });
    if !spec.unique_keys.is_empty() {
        let keys: Vec<_> = spec.unique_keys.iter().map(|path| json!({ "paths": [path] })).collect();
        wanted["uniqueKeyPolicy"] = json!({ "uniqueKeys": keys });
    }
    if !spec.indexed.is_empty() {
        let included: Vec<_> = spec.indexed.iter().map(|path| json!({ "path": path })).collect();
        wanted["indexingPolicy"] = json!({
            "indexingMode": "consistent",
            "automatic": true,
            "includedPaths": included,
            "excludedPaths": [{ "path": "/*" }],
        });
    }
    wanted
}

#[test]
fn each_container_of_the_code_is_in_the_bicep_as_its_spec_says() {
    let containers = containers();
    for spec in &SPECS {
        assert_eq!(containers.get(spec.name), Some(&wanted(spec)), "{}", spec.name);
    }
}

#[test]
fn each_container_of_the_bicep_is_one_of_the_code() {
    let mut known: Vec<&str> = SPECS.iter().map(|spec| spec.name).collect();
    known.sort_unstable();
    assert_eq!(containers().keys().map(String::as_str).collect::<Vec<_>>(), known);
}

#[test]
fn each_spec_in_the_code_is_compared() {
    // A module's spec is a constant of this type; `start` has one of `events` too.
    let specs = code().matches(": ContainerSpec = ").count();
    assert_eq!(specs, SPECS.len() + 1, "a spec is new or gone: bring SPECS up to date");
}

#[test]
fn each_procedure_is_embedded_under_its_id() {
    let source = bicep("cosmos.bicep");
    let read = Read::of(&source);
    let embedded: Vec<_> = read.resources(PROCEDURES).map(|it| read.body(it)).collect();
    let of_the_code: Vec<_> = SPECS.iter().flat_map(|spec| spec.procedures).collect();
    assert_eq!(embedded.len(), of_the_code.len());
    for (body, procedure) in embedded.iter().zip(of_the_code) {
        let resource = &body["properties"]["resource"];
        assert_eq!((&body["name"], &resource["id"]), (&json!(procedure.id), &json!(procedure.id)));
        let loads = resource["body"].as_str().expect("a call");
        let path = loads.split('\'').nth(1).expect("a path");
        let path = azure_parity::root().join("infra/azure").join(path);
        let text = std::fs::read_to_string(&path).expect("the procedure's file");
        assert_eq!(text, procedure.body, "{loads} is not what the module uploads");
    }
}
