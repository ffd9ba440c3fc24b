//! What the containers are started with: environment variables and options that the code reads.

use std::cell::RefCell;
use std::collections::BTreeSet;

use azure_parity::{bicep, code, root};
use bicep_check::literal::Read;
use cosmos::Place;
use serde_json::Value;

/// Read by the code, and not set in Azure on purpose.
const NOT_IN_AZURE: [(&str, &str); 5] = [
    ("COSMOS_KEY", "keys are disabled"),
    ("SERVICEBUS_KEY", "keys are disabled"),
    ("SERVICEBUS_KEY_NAME", "keys are disabled"),
    ("SERVICEBUS_LOCAL_URL", "there is a namespace"),
    ("AZURE_COSMOS_EMULATOR_HOST", "there is no emulator"),
];

/// The containers of all apps and jobs.
fn containers() -> Vec<Value> {
    let source = bicep("container-apps.bicep");
    let read = Read::of(&source);
    let apps = read.resources("Microsoft.App/containerApps");
    let apps = apps.chain(read.resources("Microsoft.App/jobs"));
    let container = |it| read.body(it)["properties"]["template"]["containers"][0].clone();
    apps.map(container).collect()
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("a list").iter();
    items.map(|it| it.as_str().expect("text").to_owned()).collect()
}

/// The names of the variables that every container has.
fn set_in_azure() -> BTreeSet<String> {
    let of = |container: &Value| -> BTreeSet<String> {
        let list = container["env"].as_array().expect("variables");
        list.iter().map(|it| it["name"].as_str().expect("a name").to_owned()).collect()
    };
    let all: Vec<_> = containers().iter().map(of).collect();
    assert!(all.windows(2).all(|two| two[0] == two[1]), "the programs differ: {all:?}");
    all.into_iter().next().expect("a container")
}

/// The variables that `Settings` asks for.
fn read_by_settings() -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    let values = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        (name == "COSMOS_ENDPOINT").then(|| "https://somewhere.documents.azure.com:443/".to_owned())
    };
    cosmos::Settings::from_lookup(values).expect("an endpoint without a key");
    service_bus::Settings::from_lookup(values).expect("nothing set");
    asked.into_inner()
}

#[test]
fn each_variable_that_settings_read_is_set_in_azure_or_left_out_on_purpose() {
    let set = set_in_azure();
    for name in read_by_settings() {
        let left_out = NOT_IN_AZURE.iter().any(|(it, _)| *it == name);
        assert_ne!(set.contains(&name), left_out, "{name}");
    }
}

#[test]
fn each_variable_that_is_set_in_azure_is_read_by_the_code() {
    let (code, settings) = (code(), read_by_settings());
    for name in set_in_azure() {
        // `RUST_LOG` is read by the function of that name.
        let named = code.contains(&format!("\"{name}\""))
            || (name == "RUST_LOG" && code.contains("EnvFilter::try_from_default_env"));
        assert!(settings.contains(&name) || named, "nothing reads {name}");
    }
}

#[test]
fn the_variables_lead_to_azure_without_a_key() {
    let value = |name: &str| match name {
        "COSMOS_ENDPOINT" => Some("https://cosmos-abc.documents.azure.com:443/".to_owned()),
        "AZURE_COSMOS_REGION" => Some("westeurope".to_owned()),
        "DAYBOOK_DATABASE" => Some("daybook".to_owned()),
        "SERVICEBUS_NAMESPACE" => Some("sb-abcdefghijklm".to_owned()),
        _ => None,
    };
    let cosmos = cosmos::Settings::from_lookup(value).expect("settings");
    assert!(matches!(cosmos.place, Place::Endpoint { key: None, .. }), "{:?}", cosmos.place);
    let bus = service_bus::Settings::from_lookup(value).expect("settings");
    assert!(matches!(bus.place, service_bus::Place::Azure { key: None, .. }), "{:?}", bus.place);
}

#[test]
fn the_outputs_are_the_variables_of_settings_and_names_of_azure() {
    let source = bicep("main.bicep");
    let read = Read::of(&source);
    let outputs: BTreeSet<&str> = read.declared.outputs.iter().map(|it| it.name).collect();
    for name in ["COSMOS_ENDPOINT", "DAYBOOK_DATABASE", "SERVICEBUS_NAMESPACE"] {
        assert!(outputs.contains(name) && read_by_settings().contains(name), "{name}");
    }
}

#[test]
fn each_option_is_one_that_the_sample_takes() {
    let main = std::fs::read_to_string(root().join("samples/energy/src/main.rs")).expect("main.rs");
    // An option is a field of the arguments with `long`, or a command's name.
    let takes = |option: &str| {
        let field = option.trim_start_matches("--").replace('-', "_");
        let code = code();
        let declared = main.split("#[arg(").skip(1).any(|it| {
            let (attribute, rest) = it.split_once(")]").unwrap_or_default();
            attribute.contains("long") && rest.trim_start().starts_with(&format!("{field}:"))
        });
        let variant = field[..1].to_uppercase() + &field[1..];
        let is_command = || code.contains(&format!("Self::{variant}({field})"));
        declared || (!option.starts_with("--") && is_command())
    };
    for container in containers() {
        let arguments = texts(&container["args"]);
        let options = arguments.iter().filter(|it| it.starts_with("--") || *it == "forget");
        for option in options.filter(|it| *it != "--help") {
            assert!(takes(option), "energy takes no {option}");
        }
    }
}

#[test]
fn what_the_alerts_look_for_is_what_the_code_prints() {
    let source = bicep("alerts.bicep");
    let alerts = source.text(source.root());
    for message in ["halted", "parked a view"] {
        assert!(alerts.contains(&format!("has '{message}'")), "{message}");
        assert!(code().contains(&format!("\"{message}\"")), "nothing prints {message}");
    }
    assert!(alerts.contains("lag_seconds="));
    assert!(code().contains("lag_seconds, \""), "nothing prints lag_seconds");
}

#[test]
fn the_image_sends_traces_and_has_no_cosmos_db_inside() {
    let dockerfile = root().join("samples/energy/Dockerfile");
    let dockerfile = std::fs::read_to_string(dockerfile).expect("the Dockerfile");
    let build = dockerfile.lines().find(|line| line.starts_with("RUN cargo build"));
    let build = build.expect("it builds the sample");
    for option in ["--locked", "--no-default-features", "--features insights"] {
        assert!(build.contains(option), "{build}");
    }
}
