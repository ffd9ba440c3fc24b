//! A correct template passes. Each mistake planted in it is refused, where it stands.

use std::fs;
use std::path::Path;

use bicep_check::types::Library;
use bicep_check::{Finding, Report, check_folder};

const TEMPLATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/template");

/// Checks a copy of the template after changing `from` into `to` in one of its files.
fn planted(file: &str, from: &str, to: &str) -> (String, Report) {
    let copy = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(TEMPLATE).expect("the template") {
        let entry = entry.expect("a file");
        fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("a copy");
    }
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).expect("a text");
    assert_eq!(text.matches(from).count(), 1, "{file} has to say this once: {from}");
    let text = text.replace(from, to);
    fs::write(&path, &text).expect("written");
    let library = Library::load().expect("the types");
    (text, check_folder(copy.path(), &library).expect("readable files"))
}

/// The line and column of a piece of text.
fn place(text: &str, piece: &str) -> (usize, usize) {
    let before = &text[..text.find(piece).unwrap_or_else(|| panic!("nowhere: {piece}"))];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    (line, column)
}

/// Exactly these faults, each at the place of the text that is named: `(text, message)`.
fn refused(file: &str, from: &str, to: &str, expected: &[(&str, &str)]) {
    let (text, report) = planted(file, from, to);
    let mut expected: Vec<(usize, usize, &str)> = expected
        .iter()
        .map(|(piece, message)| {
            let (line, column) = place(&text, piece);
            (line, column, *message)
        })
        .collect();
    expected.sort_unstable();
    let said: Vec<_> = report
        .findings
        .iter()
        .map(|it: &Finding| (it.line, it.column, it.message.as_str()))
        .collect();
    assert_eq!(said, expected, "{to}");
}

fn in_services(from: &str, to: &str, at: &str, message: &str) {
    refused("services.bicep", from, to, &[(at, message)]);
}

fn in_main(from: &str, to: &str, at: &str, message: &str) {
    refused("main.bicep", from, to, &[(at, message)]);
}

#[test]
fn a_correct_template_passes() {
    let library = Library::load().expect("the types");
    let report = check_folder(Path::new(TEMPLATE), &library).expect("readable files");
    assert_eq!((report.files, report.findings), (2, vec![]));
}

#[test]
fn a_lost_brace_is_a_syntax_error() {
    let expected = [
        ("sku: { name: 'PerGB2018'", "syntax error near `sku:`"),
        ("}\n\nresource cosmos", "syntax error near `}`"),
    ];
    let whole = "  properties: {\n    sku: { name: 'PerGB2018' }";
    refused("services.bicep", whole, "  properties:\n    sku: { name: 'PerGB2018' }", &expected);
}

#[test]
fn a_misspelt_name_is_an_undefined_symbol() {
    in_services(
        "'log-${resourceToken}'",
        "'log-${resourceTokn}-${resourceToken}'",
        "resourceTokn}",
        "undefined symbol `resourceTokn`",
    );
}

#[test]
fn a_function_that_bicep_does_not_have_is_refused() {
    in_services("toLower(", "lower(", "lower(", "unknown function `lower`");
}

#[test]
fn a_name_is_declared_once_and_used() {
    let twice = "var pull = 'a'\nvar pull = '7f951dda";
    in_services("var pull = '7f951dda", twice, "pull = '7f951dda", "`pull` is declared twice");
    let unused = "var unused = 1\nvar pull = '7f951dda";
    in_services("var pull = '7f951dda", unused, "unused = 1", "the variable `unused` is not used");
}

#[test]
fn a_text_is_no_number() {
    in_services(
        "retentionInDays: 30",
        "retentionInDays: 'thirty'",
        "'thirty'",
        "expected int, got string",
    );
    in_services(
        "retentionInDays: 30",
        "retentionInDays: location",
        "location\n    workspaceCapping",
        "expected int, got string",
    );
}

#[test]
fn a_value_outside_a_closed_list_is_refused() {
    let message = "`standardd` is not one of `standard`, `premium`";
    in_services("name: 'standard' }", "name: 'standardd' }", "'standardd'", message);
}

#[test]
fn a_value_outside_an_open_list_is_noted() {
    let (_, report) = planted("services.bicep", "kty: 'RSA'", "kty: 'RSB'");
    assert_eq!(report.findings, []);
    let note = report.notes.first().expect("a note");
    assert!(note.message.starts_with("`RSB` is not one of"), "{note}");
}

#[test]
fn a_misspelt_property_is_unknown_and_the_right_one_is_missing() {
    let expected = [
        ("databaseAcountOfferTyp", "unknown property `databaseAcountOfferTyp`"),
        ("{\n    databaseAcountOfferTyp", "missing required property `databaseAccountOfferType`"),
    ];
    refused("services.bicep", "databaseAccountOfferType", "databaseAcountOfferTyp", &expected);
}

#[test]
fn another_version_is_refused_for_the_resources_inside_too() {
    let message =
        |kind: &str| format!("version 2024-11-99 of {kind} is not the pinned one, 2024-11-01");
    let (vault, keys) =
        (message("Microsoft.KeyVault/vaults"), message("Microsoft.KeyVault/vaults/keys"));
    let expected = [("'Microsoft.KeyVault/vaults@", vault.as_str()), ("'keys'", keys.as_str())];
    refused("services.bicep", "vaults@2024-11-01", "vaults@2024-11-99", &expected);
}

#[test]
fn a_property_that_the_service_sets_is_read_only() {
    in_services(
        "    disableLocalAuth: true\n    backup",
        "    documentEndpoint: 'x'\n    disableLocalAuth: true\n    backup",
        "documentEndpoint: 'x'",
        "`documentEndpoint` is read-only",
    );
}

#[test]
fn a_discriminator_has_to_be_one_of_its_values() {
    in_services(
        "type: 'Continuous',",
        "type: 'Continuos',",
        "'Continuos'",
        "`Continuos` is not one of `Continuous`, `Periodic`",
    );
}

#[test]
fn a_value_is_no_list() {
    in_services(
        "[{ name: 'EnableServerless' }]",
        "'EnableServerless'",
        "'EnableServerless'",
        "expected array, got string",
    );
    in_services("['wrapKey', 'unwrapKey']", "['wrapKey', 2]", "2] }", "expected string, got int");
    in_services(
        "concat(actions, ['another'])",
        "concat(actions, [true])",
        "true]) }",
        "expected string, got bool",
    );
}

#[test]
fn a_text_is_no_truth() {
    in_services(
        "requiresDuplicateDetection: true",
        "requiresDuplicateDetection: 'true'",
        "'true'",
        "expected bool, got string",
    );
}

#[test]
fn a_procedure_has_an_id() {
    in_services("{ id: 'append', body", "{ body", "{ body", "missing required property `id`");
}

#[test]
fn an_unknown_type_is_refused() {
    in_services(
        "'Microsoft.ServiceBus/namespaces/topics/subscriptions@",
        "'Microsoft.ServiceBus/namespaces/topic/subscriptions@",
        "'Microsoft.ServiceBus/namespaces/topic/",
        "unknown resource type `Microsoft.ServiceBus/namespaces/topic/subscriptions`",
    );
}

#[test]
fn limits_of_length_and_value_hold() {
    in_services("'cosmos-template'", "'co'", "'co'", "`name` has the minLength 3");
    in_services(
        "failoverPriority: 0 }",
        "failoverPriority: -1 }",
        "-1 }",
        "`failoverPriority` has the minValue 0",
    );
}

#[test]
fn a_name_is_there_and_has_its_segments() {
    let message = "missing required property `name`";
    in_services(
        "  name: 'app'\n  location",
        "  location",
        "{\n  location: location\n  identity",
        message,
    );
    let kind = "Microsoft.ServiceBus/namespaces/topics/subscriptions";
    let message = format!("the name has 2 segments, {kind} wants 1");
    in_services("'billing'", "'bus/billing'", "'bus/billing'", &message);
}

#[test]
fn a_name_is_known_before_the_deployment() {
    let late = "cosmos.properties.documentEndpoint)\n  properties: {\n    roleDefinitionId";
    in_services(
        "registry.id, pull)\n  properties: {\n    roleDefinitionId",
        &format!("pull, {late}"),
        "cosmos.properties.documentEndpoint)",
        "a name must be known before the deployment: it cannot read `properties`",
    );
}

#[test]
fn a_parent_has_the_type_around() {
    let message = "the parent of Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions is a \
                   Microsoft.DocumentDB/databaseAccounts, not a Microsoft.ServiceBus/namespaces";
    in_services(
        "  parent: cosmos\n  name: guid(cosmos.id, 'app",
        "  parent: bus\n  name: guid(cosmos.id, 'app",
        "bus\n",
        message,
    );
}

#[test]
fn a_resource_belongs_to_the_scope_of_its_file() {
    let message = "Microsoft.Resources/resourceGroups belongs to a Subscription, this file to a resourceGroup";
    in_main(
        "targetScope = 'subscription'",
        "targetScope = 'resourceGroup'",
        "'Microsoft.Resources",
        message,
    );
}

#[test]
fn what_is_read_of_a_resource_is_there() {
    let message = "Microsoft.DocumentDB/databaseAccounts has no property `documentEndpont`";
    in_services(
        "properties.documentEndpoint",
        "properties.documentEndpont",
        "documentEndpont",
        message,
    );
    in_services(
        "= vault::kek",
        "= vault::key",
        "key.properties",
        "`vault` has no resource `key` inside",
    );
}

#[test]
fn the_arms_of_a_choice_and_the_body_of_a_loop_are_checked() {
    in_services("? 0 : 1", "? 0 : 'one'", "'one' }\n    }", "expected int, got string");
    in_services("principalId: principal\n", "principalId: 5\n", "5\n", "expected string, got int");
}

#[test]
fn a_module_gets_its_parameters_and_nothing_else() {
    let names = ", names: ['one', 'two']";
    let message = "`services` is not given its parameter `names`";
    in_main(names, "", "services 'services.bicep'", message);
    in_main(
        "location: location, days",
        "region: location, location: location, days",
        "region: location",
        "`services` has no parameter `region`",
    );
    in_main("['one', 'two']", "'many'", "'many'", "expected array, got string");
    in_main("int = 30", "int = 'x'", "'x'", "expected int, got string");
}

#[test]
fn a_module_for_another_scope_says_which() {
    let message = "`services` is for a resourceGroup: it needs a `scope` here";
    in_main("  scope: group\n", "  dependsOn: [group]\n", "services 'services", message);
}

#[test]
fn what_is_read_of_a_module_is_there_and_of_its_kind() {
    in_main("outputs.endpoint", "outputs.endpont", "endpont", "`services` has no output `endpont`");
    in_main("ENDPOINT string", "ENDPOINT int", "services.outputs", "expected int, got string");
}

#[test]
fn a_file_that_is_named_exists() {
    in_services(
        "'procedure.js'",
        "'procedures.js'",
        "'procedures.js'",
        "the file procedures.js does not exist",
    );
    let (_, report) = planted("main.bicep", "'services.bicep'", "'service.bicep'");
    let said = report.findings.first().map(ToString::to_string).unwrap_or_default();
    assert!(
        said.ends_with("main.bicep:14:17: the module's file 'service.bicep' cannot be read"),
        "{said}"
    );
}

#[test]
fn the_parameter_file_names_parameters_there_are() {
    let json = "main.parameters.json";
    let (_, report) = planted(json, "\"location\"", "\"loction\"");
    let said: Vec<_> = report.findings.iter().map(|it| (it.line, it.message.as_str())).collect();
    let missing = "main.bicep is not given its parameter `location`";
    assert_eq!(said, [(3, "main.bicep has no parameter `loction`"), (1, missing)]);
}

#[test]
fn house_a_container_has_a_whole_partition_key() {
    let message = "a partition key has `paths`, `kind` and `version: 2`";
    in_services(", version: 2 }", " }", "{ paths: ['/stream']", message);
    let line = "          partitionKey: { paths: ['/stream'], kind: 'Hash', version: 2 }\n";
    in_services(line, "", "events 'containers'", "a container has a `partitionKey`");
}

#[test]
fn house_the_account_is_serverless() {
    let message = "the account is serverless: it takes no `throughput`";
    in_services("options: {}", "options: { throughput: 400 }", "throughput: 400", message);
}

#[test]
fn house_keys_are_disabled_and_not_asked_for() {
    let message = "keys are disabled everywhere: set `properties.disableLocalAuth` to true";
    in_services(", disableLocalAuth: true }", " }", "bus 'Microsoft", message);
    let message = "keys are disabled everywhere: set `properties.adminUserEnabled` to false";
    in_services(
        "adminUserEnabled: false",
        "adminUserEnabled: true",
        "true }\n}\n\nresource pulls",
        message,
    );
    let message = "no keys: `listKeys` is for the Container Apps environment alone";
    in_services("workspace.listKeys()", "cosmos.listKeys()", "cosmos.listKeys", message);
}

#[test]
fn house_roles_are_narrow_and_say_whom_they_are_for() {
    let message = "the scope of a Cosmos role is a container: `…/dbs/…/colls/…`";
    let scope = "scope: '${cosmos.id}/dbs/daybook/colls/events'";
    in_services(scope, "scope: cosmos.id", "cosmos.id\n    }\n  }", message);
    let scopes = "assignableScopes: ['${cosmos.id}/dbs/daybook/colls/events']";
    in_services(scopes, "assignableScopes: [cosmos.id]", "cosmos.id]", message);
    let message = "set `principalType`: without it a new identity may not be found in time";
    in_services("    principalType: 'ServicePrincipal'\n", "", "pulls 'Microsoft", message);
}

#[test]
fn house_outputs_are_variables_and_no_secrets() {
    let message = "the output `endpoint` becomes an environment variable: write it in UPPER_SNAKE";
    in_main("COSMOS_ENDPOINT", "endpoint", "endpoint string", message);
    let message = "the output `COSMOS_KEY` would show a secret";
    in_main("COSMOS_ENDPOINT", "COSMOS_KEY", "COSMOS_KEY", message);
}

#[test]
fn house_parameters_are_described() {
    let message = "the parameter `names` has no @description";
    in_services("@description('Who may append.')\n", "", "names array", message);
}
