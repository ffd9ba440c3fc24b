//! The devcontainer, as far as that can be told without a container engine: both files say only what is known, agree
//! with each other, and name what exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::Deserialize;
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");
const IMAGE: &str = "azure-cosmos-emulator:";

/// The part of the devcontainer specification that we use.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(dead_code, reason = "that a field can be read is the check")]
struct Devcontainer {
    name: String,
    docker_compose_file: String,
    service: String,
    workspace_folder: String,
    remote_user: String,
    features: BTreeMap<String, BTreeMap<String, Value>>,
    host_requirements: HostRequirements,
    forward_ports: Vec<u16>,
    ports_attributes: BTreeMap<String, PortAttributes>,
    other_ports_attributes: PortAttributes,
    post_start_command: String,
    post_attach_command: String,
    customizations: Customizations,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that a field can be read is the check")]
struct HostRequirements {
    cpus: u32,
    memory: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PortAttributes {
    label: Option<String>,
    on_auto_forward: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Customizations {
    vscode: Vscode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vscode {
    extensions: Vec<String>,
}

/// The part of the compose specification that we use.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that a field can be read is the check")]
struct Compose {
    name: String,
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that a field can be read is the check")]
struct Service {
    build: Option<Build>,
    image: Option<String>,
    #[serde(default)]
    volumes: Vec<String>,
    command: Option<String>,
    network_mode: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    context: String,
    dockerfile: String,
}

fn folder() -> PathBuf {
    Path::new(ROOT).join(".devcontainer")
}

fn text(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// JSON with comments, and nothing else that JSON does not have.
fn jsonc(text: &str) -> Result<Value, String> {
    let options = ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    parse_to_serde_value(text, &options).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Devcontainer, String> {
    serde_json::from_value(jsonc(text)?).map_err(|error| error.to_string())
}

fn devcontainer() -> Devcontainer {
    read(&text(".devcontainer/devcontainer.json")).unwrap_or_else(|error| panic!("{error}"))
}

fn compose() -> Compose {
    let text = text(".devcontainer/docker-compose.yml");
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// The names of the recipes in the `justfile`.
fn recipes() -> BTreeSet<String> {
    let text = text("justfile");
    let starts = text.lines().filter(|line| !line.starts_with(char::is_whitespace));
    let heads = starts.filter_map(|line| Some((line, line.split_once(':')?.0)));
    let heads = heads.filter(|(line, _)| !line.contains(":=") && !line.starts_with(['#', '[']));
    heads
        .filter_map(|(_, head)| head.split_whitespace().next())
        .map(|name| name.trim_start_matches('@').to_owned())
        .collect()
}

/// Every text of the repository that may name the image.
fn texts(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if ![".git", ".guide", "target", "node_modules"].contains(&name.as_str()) {
                texts(&path, found);
            }
        } else if ["md", "yml", "yaml", "json", "bicep", "toml"].contains(&extension(&path))
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.push((path, text));
        }
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|it| it.to_str()).unwrap_or_default()
}

#[test]
fn both_files_hold_what_is_known_and_nothing_else() {
    let compose = compose();
    let there: Vec<_> = compose.services.keys().map(String::as_str).collect();
    assert_eq!(there, ["cosmos", "dev"]);
    assert_eq!(devcontainer().host_requirements.memory, "8gb");
}

#[test]
fn an_unknown_key_a_wrong_type_or_a_missing_comma_is_refused() {
    let good = text(".devcontainer/devcontainer.json");
    let planted = [
        ("\"service\": \"dev\"", "\"service\": 42", "invalid type"),
        ("\"remoteUser\"", "\"remoteUsr\"", "unknown field `remoteUsr`"),
        ("\"name\": \"Daybook\",", "\"name\": \"Daybook\"", "comma"),
        ("\"cpus\": 4,", "'cpus': 4,", "ingle"),
    ];
    for (from, to, message) in planted {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        let refused = read(&good.replace(from, to)).err().unwrap_or_default();
        assert!(refused.contains(message), "{to}: {refused}");
    }
}

#[test]
fn the_service_is_in_the_compose_file_and_has_the_workspace() {
    let (devcontainer, compose) = (devcontainer(), compose());
    assert!(folder().join(&devcontainer.docker_compose_file).is_file());
    let service = &compose.services[&devcontainer.service];
    let mounts: Vec<&str> = service.volumes.iter().filter_map(|it| it.split(':').nth(1)).collect();
    assert!(mounts.contains(&devcontainer.workspace_folder.as_str()), "{mounts:?}");
}

#[test]
fn what_is_built_is_there() {
    for service in compose().services.into_values() {
        let Some(build) = service.build else { continue };
        assert!(folder().join(build.context).join(build.dockerfile).is_file());
    }
}

#[test]
fn the_emulator_shares_the_network_and_keeps_no_lesson_waiting() {
    let compose = compose();
    let service = &compose.services["cosmos"];
    assert_eq!(service.network_mode.as_deref(), Some("service:dev"));
    assert_eq!(service.environment["PROTOCOL"], "http");
    // `depends_on` and health checks are keys that these files may not have: both could stop the opening.
    assert!(!text(".devcontainer/docker-compose.yml").contains("depends_on"));
}

#[test]
fn each_port_that_is_forwarded_has_a_label_and_nothing_of_ours_is_in_the_emulators_way() {
    let devcontainer = devcontainer();
    let labelled: BTreeSet<u16> = devcontainer
        .ports_attributes
        .iter()
        .filter(|(_, attributes)| attributes.label.is_some())
        .map(|(port, _)| port.parse().expect("a port"))
        .collect();
    assert_eq!(labelled, devcontainer.forward_ports.iter().copied().collect());
    let others = devcontainer.other_ports_attributes.on_auto_forward;
    assert_eq!(others.as_deref(), Some("ignore"));
    let readme = text(".devcontainer/README.md");
    for port in devcontainer.forward_ports.iter().chain(&[8080, 8081]) {
        assert!(readme.contains(&port.to_string()), "the page says nothing of {port}");
    }
}

#[test]
fn each_command_is_a_recipe() {
    let (devcontainer, recipes) = (devcontainer(), recipes());
    let commands = [&devcontainer.post_start_command, &devcontainer.post_attach_command];
    for command in commands {
        let mut words = command.split_whitespace();
        assert_eq!(words.next(), Some("just"), "{command}");
        // Without a name, just runs the first recipe.
        if let Some(name) = words.next() {
            assert!(recipes.contains(name), "{command}");
        }
    }
    let page = text(".devcontainer/README.md");
    for name in page.split("just ").skip(1).filter_map(|it| it.split(['`', ' ', '\n']).next()) {
        assert!(recipes.contains(name) || name.is_empty(), "the page names `just {name}`");
    }
}

#[test]
fn the_recommended_extensions_are_installed() {
    let recommended = jsonc(&text(".vscode/extensions.json")).expect("JSON with comments");
    let installed = devcontainer().customizations.vscode.extensions;
    for extension in recommended["recommendations"].as_array().expect("a list") {
        assert!(installed.iter().any(|it| extension == it), "{extension}");
    }
}

#[test]
fn one_dated_tag_of_the_emulator_is_used_everywhere() {
    let mut found = Vec::new();
    texts(Path::new(ROOT), &mut found);
    let mut tags = BTreeSet::new();
    for (_, text) in &found {
        let after = text.split(IMAGE).skip(1);
        tags.extend(after.filter_map(|it| it.split(['`', '\n', ' ', '"']).next()));
    }
    let [tag] = tags.into_iter().collect::<Vec<_>>()[..] else { panic!("not one tag") };
    let date = tag.strip_prefix("vnext-EN").expect("a dated tag of vNext");
    assert!(date.len() == 8 && date.chars().all(|c| c.is_ascii_digit()), "{tag}");
    assert!(date >= "20260430", "{tag}: the Rust SDK needs a later one");
}
