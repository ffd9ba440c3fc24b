//! What a connection string says: `InstrumentationKey=…;IngestionEndpoint=https://…;…`.

use url::{Host, Url};

use crate::Error;

/// A connection string that the exporter can read.
#[derive(Debug)]
pub(crate) struct Connection {
    /// As the exporter takes it.
    pub(crate) text: String,
    /// Where traces are sent.
    pub(crate) track: Url,
}

impl Connection {
    /// Stricter than the exporter: it panics on some endpoints and sends to a global one if there is none.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim().trim_end_matches(';');
        let field = |wanted: &str| {
            let fields = text.split(';').filter_map(|field| field.split_once('='));
            let mut named = fields.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
            named.next().map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        let without = |name: &str| Error::ConnectionString { problem: format!("has no {name}") };
        field("InstrumentationKey").ok_or_else(|| without("InstrumentationKey"))?;
        let endpoint = field("IngestionEndpoint").ok_or_else(|| without("IngestionEndpoint"))?;
        let url = Url::parse(endpoint).ok().filter(is_reachable);
        let track = url.and_then(|url| url.join("v2/track").ok());
        let track = track.ok_or_else(|| Error::ConnectionString {
            problem: format!("names the endpoint {endpoint:?}, which is no https URL"),
        })?;
        Ok(Self { text: text.to_owned(), track })
    }

    /// Whether traces go to another machine, which wants to know who sends them.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.track.scheme() == "https"
    }
}

/// Over https; on this machine, where a collector may listen, plain http will do.
fn is_reachable(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CONNECTION_STRING;

    fn refused(text: &str) -> String {
        Connection::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn the_string_of_the_portal_says_where_traces_are_sent() {
        let text = "InstrumentationKey=00000000-0000-0000-0000-000000000001;\
                    IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;\
                    LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/";
        let connection = Connection::parse(text).expect("a connection string");
        let track = "https://westeurope-5.in.applicationinsights.azure.com/v2/track";
        assert_eq!(connection.track.as_str(), track);
        assert!(connection.is_elsewhere());
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let here = "InstrumentationKey=1;IngestionEndpoint=http://127.0.0.1:4000";
        assert!(!Connection::parse(here).expect("a connection string").is_elsewhere());
        let there = "InstrumentationKey=1;IngestionEndpoint=http://example.com";
        assert!(refused(there).contains("\"http://example.com\", which is no https URL"));
    }

    #[test]
    fn a_string_that_is_none_is_refused_with_the_variable_and_the_remedy() {
        for (text, problem) in [
            ("00000000-0000-0000-0000-000000000001", "has no InstrumentationKey"),
            ("InstrumentationKey=;IngestionEndpoint=https://here", "has no InstrumentationKey"),
            ("InstrumentationKey=1", "has no IngestionEndpoint"),
            ("InstrumentationKey=1;IngestionEndpoint=here", "names the endpoint \"here\""),
        ] {
            let said = refused(text);
            assert!(said.starts_with(&format!("{CONNECTION_STRING} {problem}")), "{said}");
            assert!(said.contains(": copy the connection string"), "{said}");
        }
    }
}
