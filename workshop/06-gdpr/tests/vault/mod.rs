//! A Key Vault that is not there: it answers the SDK's requests as the service does, and wraps by nothing but a secret number.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure_core::Bytes;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::headers::Headers;
use azure_core::http::{
    AsyncRawResponse, Body, ClientOptions, HttpClient, Request, RetryOptions, StatusCode, Transport,
};
use azure_core::time::{Duration, OffsetDateTime};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gdpr_checks::VaultKey;
use serde_json::{Value, json};

const ID: &str = "https://kv-1.vault.azure.net/keys/kek";

/// A vault with the key `kek`. Clones are the same.
#[derive(Debug, Clone)]
pub struct Vault(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    newest: u8,
    refuses: bool,
    algorithms: Vec<String>,
}

impl Default for Vault {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { newest: 1, refuses: false, algorithms: vec![] })))
    }
}

impl Vault {
    pub fn key(&self) -> VaultKey {
        let transport = Some(Transport::new(Arc::new(self.clone())));
        let retry = RetryOptions::none();
        let options = ClientOptions { transport, retry, ..ClientOptions::default() };
        VaultKey::new(ID, Arc::new(Somebody), options).expect("the id names a key")
    }

    pub fn rotate(&self) {
        self.0.lock().expect("a test").newest += 1;
    }

    pub fn refuse(&self) {
        self.0.lock().expect("a test").refuses = true;
    }

    pub fn algorithms(&self) -> Vec<String> {
        self.0.lock().expect("a test").algorithms.clone()
    }

    fn answer(&self, path: &[&str], body: &Value) -> Option<Value> {
        let mut state = self.0.lock().expect("a test");
        if state.refuses {
            return None;
        }
        let kid = |version: u8| format!("{ID}/v{version}");
        let (version, operation) = match path {
            ["keys", "kek"] | ["keys", "kek", ""] => {
                return Some(json!({ "key": { "kid": kid(state.newest), "kty": "RSA" } }));
            }
            ["keys", "kek", "", operation] | ["keys", "kek", operation] => {
                (state.newest, operation)
            }
            ["keys", "kek", version, operation] => {
                (version.trim_start_matches('v').parse().ok()?, operation)
            }
            _ => return None,
        };
        state.algorithms.push(body["alg"].as_str()?.to_owned());
        assert!(["wrapkey", "unwrapkey"].contains(operation), "{operation}");
        let value = BASE64_URL_SAFE_NO_PAD.decode(body["value"].as_str()?).ok()?;
        let value: Vec<u8> = value.into_iter().map(|byte| byte ^ (0x50 + version)).collect();
        Some(json!({ "kid": kid(version), "value": BASE64_URL_SAFE_NO_PAD.encode(value) }))
    }
}

#[async_trait]
impl HttpClient for Vault {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut headers = Headers::new();
        let signed = request.headers().iter().any(|(name, _)| name.as_str() == "authorization");
        if !signed {
            let challenge = "Bearer authorization=\"https://login.microsoftonline.com/t\", \
                             resource=\"https://vault.azure.net\"";
            headers.insert("www-authenticate", challenge);
            return Ok(AsyncRawResponse::from_bytes(
                StatusCode::Unauthorized,
                headers,
                Bytes::new(),
            ));
        }
        let body = match request.body() {
            Body::Bytes(bytes) if !bytes.is_empty() => {
                serde_json::from_slice(bytes).expect("requests are JSON")
            }
            _ => Value::Null,
        };
        let path: Vec<_> = request.url().path_segments().expect("a path").collect();
        let (status, answer) = match self.answer(&path, &body) {
            Some(answer) => (StatusCode::Ok, answer),
            None => (StatusCode::Forbidden, json!({ "error": { "code": "Forbidden" } })),
        };
        headers.insert("content-type", "application/json");
        Ok(AsyncRawResponse::from_bytes(status, headers, answer.to_string().into_bytes()))
    }
}

#[derive(Debug)]
struct Somebody;

#[async_trait]
impl TokenCredential for Somebody {
    async fn get_token(
        &self,
        _scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        Ok(AccessToken::new("token", OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}
