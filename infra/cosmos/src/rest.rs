//! Cosmos DB over REST, for the few things the SDK does not do. Nothing is ever sent twice.

use std::sync::Arc;
use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName, VERSION};
use azure_core::http::{
    ClientOptions, Context, Method, Pipeline, PipelineSendOptions, RawResponse, Request,
    RetryOptions, Transport,
};
use url::Url;

use crate::credential::Credential;
use crate::sign::Sign;

pub(crate) const ACTIVITY_ID: HeaderName = HeaderName::from_static("x-ms-activity-id");
pub(crate) const CHARGE: HeaderName = HeaderName::from_static("x-ms-request-charge");
pub(crate) const PARTITION_KEY: HeaderName =
    HeaderName::from_static("x-ms-documentdb-partitionkey");
pub(crate) const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-ms-session-token");
pub(crate) const SUBSTATUS: HeaderName = HeaderName::from_static("x-ms-substatus");

/// The version of the REST interface; the SDKs of all languages send this one.
const API_VERSION: &str = "2020-07-15";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Far above the five seconds a script may take, so that only a lost answer gets here.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Sends signed requests to one endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Rest {
    pipeline: Pipeline,
    endpoint: Url,
}

impl Rest {
    pub(crate) fn new(
        endpoint: Url,
        credential: Credential,
        emulator: bool,
    ) -> azure_core::Result<Self> {
        let options = ClientOptions {
            retry: RetryOptions::none(),
            transport: Some(Transport::new(Arc::new(http_client(emulator)?))),
            ..ClientOptions::default()
        };
        let pipeline = Pipeline::new(
            option_env!("CARGO_PKG_NAME"),
            option_env!("CARGO_PKG_VERSION"),
            options,
            Vec::new(),
            vec![Arc::new(Sign { credential })],
            None,
        );
        Ok(Self { pipeline, endpoint })
    }

    /// Sends one request and returns its answer, whatever the status.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &[&str],
        partition_key: Option<&str>,
        body: Vec<u8>,
    ) -> azure_core::Result<RawResponse> {
        let mut url = self.endpoint.clone();
        url.path_segments_mut()
            .expect("an http URL has path segments")
            .clear()
            .extend(path);
        let mut request = Request::new(url, method);
        request.insert_header(VERSION, API_VERSION);
        request.insert_header(CONTENT_TYPE, "application/json");
        if let Some(key) = partition_key {
            request.insert_header(PARTITION_KEY, header_json(key));
        }
        request.set_body(body);
        let every_status = PipelineSendOptions {
            skip_checks: true,
            ..PipelineSendOptions::default()
        };
        self.pipeline
            .send(&Context::new(), &mut request, Some(every_status))
            .await
    }
}

/// Our own client instead of the pipeline's default: one that re-sends nothing at all, that gives up on a dead
/// address soon, and that treats proxies and emulators' certificates as the SDK does.
fn http_client(emulator: bool) -> azure_core::Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    if !is_on("AZURE_COSMOS_CONNECTION_POOL_IS_PROXY_ALLOWED") {
        builder = builder.no_proxy();
    }
    if emulator && is_on("AZURE_COSMOS_EMULATOR_SERVER_CERT_VALIDATION_DISABLED") {
        builder = builder.danger_accept_invalid_certs(true);
    }
    builder.build().map_err(|source| {
        azure_core::Error::with_error(
            azure_core::error::ErrorKind::Other,
            source,
            "cannot build the HTTP client",
        )
    })
}

fn is_on(variable: &str) -> bool {
    std::env::var(variable)
        .is_ok_and(|value| matches!(value.to_lowercase().as_str(), "1" | "true" | "yes" | "on"))
}

/// The partition key as a header carries it: a JSON array in ASCII, other characters escaped.
fn header_json(partition_key: &str) -> String {
    let escaped = |unit: u16| match char::from_u32(unit.into()) {
        Some(ascii) if ascii.is_ascii() => ascii.to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    let json = serde_json::json!([partition_key]).to_string();
    json.encode_utf16().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_key_becomes_ascii_json() {
        assert_eq!(header_json("meter:1"), r#"["meter:1"]"#);
        assert_eq!(header_json("zähler \"1\""), r#"["z\u00e4hler \"1\""]"#);
        assert_eq!(header_json("𝄞"), r#"["\ud834\udd1e"]"#);
    }
}
