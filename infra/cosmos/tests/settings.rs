//! What may stand in the environment, and what the error says otherwise.

use cosmos::{Place, Settings, SettingsError};

const KEY: &str = "c2VjcmV0IGFjY291bnQga2V5";

fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_lookup(|name| {
        let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
        Some((*value).to_owned())
    })
}

fn endpoint(url: &str, key: Option<&str>) -> Place {
    Place::Endpoint {
        url: url.to_owned(),
        key: key.map(str::to_owned),
    }
}

#[test]
fn nothing_set_means_embedded_in_the_folder_daybook() {
    assert_eq!(read(&[]).unwrap(), Settings::embedded(".daybook"));
}

#[test]
fn an_endpoint_without_a_key_means_entra_id() {
    let settings = read(&[("COSMOS_ENDPOINT", "https://name.documents.azure.com:443/")]).unwrap();
    let expected = endpoint("https://name.documents.azure.com/", None);
    assert_eq!(settings.place, expected);
    assert_eq!(settings.database, "daybook");
}

#[test]
fn an_endpoint_with_a_key_and_a_database_is_taken_as_given() {
    let settings = read(&[
        ("COSMOS_ENDPOINT", "http://localhost:8081"),
        ("COSMOS_KEY", KEY),
        ("DAYBOOK_DATABASE", "class 7"),
        ("AZURE_COSMOS_REGION", "West Europe"),
    ])
    .unwrap();
    assert_eq!(
        settings.place,
        endpoint("http://localhost:8081/", Some(KEY))
    );
    assert_eq!(settings.database, "class 7");
}

#[test]
fn plain_http_is_taken_for_this_machine_and_the_named_emulator_only() {
    for url in [
        "http://127.0.0.1:8081/",
        "http://[::1]:8081/",
        "http://LOCALHOST:8081/",
    ] {
        assert!(read(&[("COSMOS_ENDPOINT", url)]).is_ok(), "{url}");
    }
    let elsewhere = ("COSMOS_ENDPOINT", "http://cosmos:8081/");
    assert!(read(&[elsewhere]).is_err());
    assert!(read(&[elsewhere, ("AZURE_COSMOS_EMULATOR_HOST", "other")]).is_err());
    assert!(read(&[elsewhere, ("AZURE_COSMOS_EMULATOR_HOST", "")]).is_err());
    assert!(read(&[elsewhere, ("AZURE_COSMOS_EMULATOR_HOST", "Cosmos")]).is_ok());
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_its_remedy() {
    const ENDPOINT: (&str, &str) = ("COSMOS_ENDPOINT", "https://name.documents.azure.com/");
    let long = "x".repeat(256);
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("COSMOS_ENDPOINT", "")], "unset it to run embedded"),
        (&[("COSMOS_ENDPOINT", " ")], "unset it to run embedded"),
        (
            &[("COSMOS_ENDPOINT", "name.documents.azure.com")],
            "not a URL",
        ),
        (
            &[("COSMOS_ENDPOINT", "localhost:8081")],
            "not an http address",
        ),
        (
            &[("COSMOS_ENDPOINT", "ftp://localhost/")],
            "not an http address",
        ),
        (
            &[("COSMOS_ENDPOINT", "http://name.documents.azure.com/")],
            "use https",
        ),
        (
            &[("COSMOS_ENDPOINT", "http://127.0.0.2:8081/")],
            "use https",
        ),
        (
            &[("COSMOS_ENDPOINT", "https://a.example/dbs/daybook")],
            "leave out what follows",
        ),
        (
            &[("COSMOS_ENDPOINT", "https://a.example/?x=1")],
            "leave out what follows",
        ),
        (&[("COSMOS_KEY", KEY)], "COSMOS_ENDPOINT is not set"),
        (&[ENDPOINT, ("COSMOS_KEY", "")], "unset it to use Entra ID"),
        (&[ENDPOINT, ("COSMOS_KEY", "no base64!")], "not base64"),
        (&[("DAYBOOK_DATABASE", "")], "unset it for `daybook`"),
        (&[("DAYBOOK_DATABASE", " daybook")], "spaces around"),
        (&[("DAYBOOK_DATABASE", "a/b")], "none of"),
        (&[("DAYBOOK_DATABASE", "a\u{7}b")], "control characters"),
        (&[("DAYBOOK_DATABASE", &long)], "255 characters"),
        (
            &[("AZURE_COSMOS_REGION", "Atlantis")],
            "not an Azure region",
        ),
        (&[("AZURE_COSMOS_REGION", "")], "not an Azure region"),
    ];
    for (variables, remedy) in table {
        let refusal = read(variables).expect_err(remedy).to_string();
        let (variable, _) = variables.last().unwrap();
        assert!(refusal.starts_with(variable), "{refusal}");
        assert!(refusal.contains(remedy), "{refusal}");
    }
}

#[test]
fn a_key_is_never_shown() {
    let settings = read(&[
        ("COSMOS_ENDPOINT", "https://name.documents.azure.com/"),
        ("COSMOS_KEY", KEY),
    ]);
    let connection_string = format!("AccountKey={KEY};AccountEndpoint=https://a.example/;");
    let shown = [
        format!("{settings:?}"),
        format!("{:?}", read(&[("COSMOS_KEY", KEY)])),
        format!("{:?}", read(&[("COSMOS_ENDPOINT", &connection_string)])),
        format!(
            "{:?}",
            read(&[("COSMOS_ENDPOINT", &format!("https://a:{KEY}@a.example/"))])
        ),
    ];
    for text in shown {
        assert!(!text.contains(KEY), "{text}");
    }
}
