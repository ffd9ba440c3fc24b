//! What may stand in the environment, and what the error says otherwise.

use service_bus::{Key, Place, Settings, SettingsError};

const KEY: &str = "c2VjcmV0IGtleQ==";
const URL: &str = "http://127.0.0.1:5300/";

fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_lookup(|name| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    })
}

fn key(policy: &str) -> Key {
    Key { policy: policy.to_owned(), key: KEY.to_owned() }
}

#[test]
fn nothing_set_means_embedded_in_the_folder_daybook() {
    assert_eq!(read(&[]).unwrap(), Settings::embedded(".daybook"));
}

#[test]
fn a_namespace_without_a_key_means_entra_id() {
    let place = read(&[("SERVICEBUS_NAMESPACE", "daybook-7")]).unwrap().place;
    assert_eq!(place, Place::Azure { namespace: "daybook-7".to_owned(), key: None });
}

#[test]
fn a_key_belongs_to_the_root_policy_unless_another_is_named() {
    let namespace = ("SERVICEBUS_NAMESPACE", "daybook-7");
    let place = |variables: &[(&str, &str)]| read(variables).unwrap().place;
    let azure = |key| Place::Azure { namespace: "daybook-7".to_owned(), key: Some(key) };
    let root = place(&[namespace, ("SERVICEBUS_KEY", KEY)]);
    assert_eq!(root, azure(key("RootManageSharedAccessKey")));
    let named = [namespace, ("SERVICEBUS_KEY", KEY), ("SERVICEBUS_KEY_NAME", "sender")];
    assert_eq!(place(&named), azure(key("sender")));
}

#[test]
fn a_local_broker_is_named_by_its_address() {
    let place = read(&[("SERVICEBUS_LOCAL_URL", "http://127.0.0.1:5300")]).unwrap().place;
    assert_eq!(place, Place::Local { url: URL.to_owned(), key: None });
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_its_remedy() {
    let long = "x".repeat(51);
    let connection_string =
        format!("Endpoint=sb://x.servicebus.windows.net/;SharedAccessKey={KEY}");
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("SERVICEBUS_NAMESPACE", "")], "unset it to run embedded"),
        (&[("SERVICEBUS_NAMESPACE", "daybook.servicebus.windows.net")], "the short name only"),
        (&[("SERVICEBUS_NAMESPACE", &connection_string)], "connection string"),
        (&[("SERVICEBUS_NAMESPACE", "a b")], "letters, digits and hyphens"),
        (&[("SERVICEBUS_NAMESPACE", "day")], "6 to 50"),
        (&[("SERVICEBUS_NAMESPACE", &long)], "6 to 50"),
        (&[("SERVICEBUS_LOCAL_URL", "")], "unset it"),
        (&[("SERVICEBUS_LOCAL_URL", "127.0.0.1")], "not a URL"),
        (&[("SERVICEBUS_LOCAL_URL", "localhost:5300")], "not an http address"),
        (&[("SERVICEBUS_LOCAL_URL", "https://localhost:5300/")], "not an http address"),
        (&[("SERVICEBUS_LOCAL_URL", "http://localhost:5300/queue")], "leave out what follows"),
        (&[("SERVICEBUS_KEY", KEY)], "neither SERVICEBUS_NAMESPACE nor"),
        (&[("SERVICEBUS_LOCAL_URL", URL), ("SERVICEBUS_KEY", "")], "unset it to use Entra ID"),
        (&[("SERVICEBUS_LOCAL_URL", URL), ("SERVICEBUS_KEY", &connection_string)], "connection"),
        (
            &[("SERVICEBUS_LOCAL_URL", URL), ("SERVICEBUS_NAMESPACE", "daybook-7")],
            "set one of them",
        ),
    ];
    for (variables, remedy) in table {
        let refusal = read(variables).expect_err(remedy).to_string();
        let (variable, _) = variables.last().unwrap();
        assert!(refusal.starts_with(variable), "{refusal}");
        assert!(refusal.contains(remedy), "{refusal}");
        assert!(!refusal.contains(KEY), "{refusal}");
    }
}

#[test]
fn a_key_is_never_shown() {
    let settings = read(&[("SERVICEBUS_LOCAL_URL", URL), ("SERVICEBUS_KEY", KEY)]);
    assert!(!format!("{settings:?}").contains(KEY));
    let url = format!("http://x:{KEY}@127.0.0.1/");
    assert!(!format!("{:?}", read(&[("SERVICEBUS_LOCAL_URL", &url)])).contains(KEY));
}
