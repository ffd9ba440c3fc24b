//! What the tests share: a client that signs plain requests, for what no client library can do.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use sha2::Sha256;
use url::form_urlencoded;

pub const HOST: &str = "sbemulatorns.servicebus.windows.net";

/// A client over plain HTTP.
#[derive(Clone)]
pub struct Plain {
    pub endpoint: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }

    pub fn broker(&self) -> Value {
        serde_json::from_str(self.header("brokerproperties")).unwrap()
    }

    /// The path of the lock.
    pub fn lock(&self) -> String {
        let location = self.header("location");
        location.strip_prefix(&format!("https://{HOST}")).unwrap().to_owned()
    }
}

impl Plain {
    pub fn new(endpoint: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), http }
    }

    /// A request as it is.
    pub fn unsigned(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.endpoint))
    }

    /// A request with the signature that clients of Azure would give it.
    pub fn signed(&self, method: Method, path: &str) -> RequestBuilder {
        let token = token(&format!("https://{HOST}{path}"), "SAS_KEY_VALUE");
        self.unsigned(method, path).header("host", HOST).header("authorization", token)
    }

    pub async fn send(&self, to: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let mut request = self.signed(Method::POST, &format!("/{to}/messages"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answered(request.body(body.to_owned())).await
    }

    /// Receives under a lock, without waiting.
    pub async fn lock(&self, from: &str) -> Answered {
        let path = format!("/{from}/messages/head?timeout=0");
        answered(self.signed(Method::POST, &path)).await
    }

    pub async fn settle(&self, method: Method, locked: &Answered) -> u16 {
        answered(self.signed(method, &locked.lock())).await.status
    }

    pub async fn admin(&self, method: Method, path: &str, body: &str) -> Answered {
        let request = self.unsigned(method, &format!("/_admin/{path}"));
        answered(request.body(body.to_owned())).await
    }
}

/// A shared access signature for a URL.
pub fn token(url: &str, key: &str) -> String {
    let sr: String = form_urlencoded::byte_serialize(url.as_bytes()).collect();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let expires = (now + Duration::from_secs(3600)).as_secs();
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{sr}\n{expires}")).finalize().into_bytes();
    let signature = STANDARD.encode(mac);
    let sig: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    format!("SharedAccessSignature sr={sr}&sig={sig}&se={expires}&skn=RootManageSharedAccessKey")
}

pub async fn answered(request: RequestBuilder) -> Answered {
    try_answered(request).await.unwrap()
}

/// The answer of a server that may be dying.
pub async fn try_answered(request: RequestBuilder) -> reqwest::Result<Answered> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    Ok(Answered { status, headers, text })
}
