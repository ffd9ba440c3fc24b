//! Which bus a process uses.

use daybook::cosmos;
use daybook::service_bus::{Place, Settings, SettingsError};

/// Where Service Bus is: the environment says it. Without that it is beside the data, where the data is inside this
/// process. Where Cosmos DB is elsewhere there is none then: a bus of one process would tell the others nothing.
///
/// # Errors
///
/// A variable has a value that cannot be used.
pub fn settings(cosmos: &cosmos::Settings) -> Result<Option<Settings>, SettingsError> {
    let settings = Settings::from_env()?;
    Ok(match (&settings.place, &cosmos.place) {
        (Place::Embedded { .. }, cosmos::Place::Embedded { data }) => {
            Some(Settings { place: Place::Embedded { data: data.clone() } })
        }
        (Place::Embedded { .. }, cosmos::Place::Endpoint { .. }) => None,
        _ => Some(settings),
    })
}

/// Where it is, in words.
#[must_use]
pub fn place(settings: &Settings) -> String {
    match &settings.place {
        Place::Embedded { data: Some(folder) } => {
            format!("Service Bus inside this program, messages in {}", folder.display())
        }
        Place::Embedded { data: None } => {
            "Service Bus inside this program, in memory: gone when it ends".to_owned()
        }
        Place::Local { url, .. } => format!("Service Bus at {url}"),
        Place::Azure { namespace, .. } => format!("Service Bus on Azure, namespace {namespace}"),
    }
}
