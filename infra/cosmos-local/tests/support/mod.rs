//! What the tests share: a client that signs plain requests, for what the SDK cannot do.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::{Method, Response};
use serde_json::Value;
use sha2::Sha256;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// A client over plain HTTP.
#[derive(Clone)]
pub struct Plain {
    endpoint: String,
    key: String,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub sub_status: Option<String>,
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

    pub fn charge(&self) -> f64 {
        self.header("x-ms-request-charge").parse().unwrap()
    }
}

impl Plain {
    pub fn new(endpoint: &str, key: &str) -> Self {
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            key: key.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Sends a signed request and reads the answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answered {
        self.try_send(method, path, headers, body).await.unwrap()
    }

    /// Sends a signed request to a server that may be dying.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Answered> {
        let date = OffsetDateTime::now_utc().format(&Rfc2822).unwrap();
        let date = date.replace("+0000", "GMT");
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.endpoint))
            .header("x-ms-date", &date)
            .header("x-ms-version", "2020-07-15")
            .header("authorization", self.signature(&method, path, &date))
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answered(request.send().await?).await
    }

    /// Sends a request as it is, without a signature.
    pub async fn unsigned(&self, path: &str) -> Answered {
        let sent = self.http.get(format!("{}{path}", self.endpoint)).send();
        answered(sent.await.unwrap()).await.unwrap()
    }

    /// Sends a request with an Entra token instead of a signature.
    pub async fn with_token(&self, path: &str) -> Answered {
        let request = self.http.get(format!("{}{path}", self.endpoint));
        let request = request.header("authorization", "type%3Daad%26ver%3D1.0%26sig%3Dtoken");
        answered(request.send().await.unwrap()).await.unwrap()
    }

    fn signature(&self, method: &Method, path: &str, date: &str) -> String {
        let decoded = percent_decode_str(path).decode_utf8().unwrap();
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (kind, link) = match parts.len() {
            1 if parts[0].is_empty() => ("", ""),
            // Offers are signed by their id alone.
            2 if parts[0] == "offers" => ("offers", parts[1]),
            depth if depth % 2 == 0 => (parts[depth - 2], decoded.trim_matches('/')),
            depth => (
                parts[depth - 1],
                decoded.trim_matches('/').rsplit_once('/').map_or("", |(owner, _)| owner),
            ),
        };
        let payload = format!("{method}\n{kind}\n").to_lowercase() + link;
        let payload = format!("{payload}\n{}\n\n", date.to_lowercase());
        let key = STANDARD.decode(&self.key).unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let signature = mac.chain_update(payload).finalize().into_bytes();
        let token = format!("type=master&ver=1.0&sig={}", STANDARD.encode(signature));
        utf8_percent_encode(&token, NON_ALPHANUMERIC).to_string()
    }
}

async fn answered(response: Response) -> reqwest::Result<Answered> {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let sub_status = headers.get("x-ms-substatus");
    let sub_status = sub_status.map(|value| value.to_str().unwrap().to_owned());
    let text = response.text().await?;
    Ok(Answered { status, sub_status, headers, text })
}

/// A partition key as the header carries it.
pub fn key(value: &str) -> String {
    let mut text = String::new();
    write!(text, "[{}]", Value::from(value)).unwrap();
    text
}
