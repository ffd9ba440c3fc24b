//! What each environment variable may hold, and what to do if it holds something else.

use url::Url;

use crate::SettingsError;

const EXAMPLE: &str = "give a URL such as http://127.0.0.1:5300/";

/// Stands in an error for what must not be shown.
pub(crate) const HIDDEN: &str = "(not shown)";

pub(crate) fn environment(name: &str) -> Option<String> {
    // A value that is not Unicode is a mistake to be reported like any other, not an unset variable.
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// `SERVICEBUS_NAMESPACE`: the service's rules for names.
pub(crate) fn namespace(value: String) -> Result<String, SettingsError> {
    let refuse = |shown: &str, remedy: &str| Err(invalid("SERVICEBUS_NAMESPACE", shown, remedy));
    if value.is_empty() {
        return refuse(&value, "empty; give the namespace's name, or unset it to run embedded");
    }
    if value.to_ascii_lowercase().contains("sharedaccesskey") {
        let remedy = "it is a connection string; put the namespace's name here and its SharedAccessKey in \
             SERVICEBUS_KEY";
        return refuse(HIDDEN, remedy);
    }
    if value.contains('.') || value.contains(':') {
        return refuse(&value, "give the short name only, without .servicebus.windows.net");
    }
    let allowed = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let begins = value.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if !allowed || !begins || value.ends_with('-') || !(6..=50).contains(&value.len()) {
        let remedy =
            "a namespace has 6 to 50 letters, digits and hyphens, and begins with a letter";
        return refuse(&value, remedy);
    }
    Ok(value)
}

/// `SERVICEBUS_LOCAL_URL`.
pub(crate) fn local_url(value: &str) -> Result<Url, SettingsError> {
    let refuse = |shown, remedy: &str| Err(invalid("SERVICEBUS_LOCAL_URL", shown, remedy));
    if value.trim().is_empty() {
        return refuse(value, "empty; give the address of a service-bus-local, or unset it");
    }
    let Ok(url) = Url::parse(value) else {
        return refuse(value, &format!("not a URL; {EXAMPLE}"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(HIDDEN, &format!("it carries a user name or password; {EXAMPLE}"));
    }
    if url.scheme() != "http" || url.host_str().is_none() {
        return refuse(value, &format!("not an http address; {EXAMPLE}"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refuse(value, "only scheme, host and port are used; leave out what follows them");
    }
    Ok(url)
}

/// `SERVICEBUS_KEY`.
pub(crate) fn key(value: String) -> Result<String, SettingsError> {
    let refuse = |remedy: &str| Err(invalid("SERVICEBUS_KEY", HIDDEN, remedy));
    if value.trim().is_empty() {
        return refuse("empty; give a shared access key, or unset it to use Entra ID");
    }
    if value.contains("://") || value.contains(';') {
        return refuse("it is a connection string; give what follows SharedAccessKey= only");
    }
    Ok(value)
}

pub(crate) fn invalid(variable: &'static str, value: &str, remedy: &str) -> SettingsError {
    SettingsError::Invalid { variable, value: value.to_owned(), remedy: remedy.to_owned() }
}
