//! The data plane: send, receive, settle.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, LOCATION};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use url::form_urlencoded;

use super::address::Address;
use super::auth::Right;
use super::failure::Refusal;
use super::{batch, properties};
use crate::engine::{Delivery, Engine, Mode, Settlement, Source};
use crate::message::Message;

/// How long a receiver waits that says nothing, and at most.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A request with its body, and what it means.
pub struct Call {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub address: Address,
    pub body: Bytes,
}

/// The right a request needs.
pub fn right(address: &Address) -> Right {
    match address {
        Address::Messages(_) => Right::Send,
        Address::Head(_) | Address::Lock { .. } => Right::Listen,
    }
}

impl Call {
    pub async fn answer(self, engine: &Engine, strict: bool) -> Result<Response, Refusal> {
        match (&self.address, self.method.as_str()) {
            (Address::Messages(to), "POST") => self.send(engine, to, strict).await,
            (Address::Head(source), "POST") => self.receive(engine, source, Mode::PeekLock).await,
            (Address::Head(source), "DELETE") => {
                self.receive(engine, source, Mode::ReceiveAndDelete).await
            }
            (Address::Lock { source, message, token }, method) => {
                let settlement = match method {
                    "DELETE" => Settlement::Complete,
                    "PUT" => Settlement::Abandon,
                    "POST" => Settlement::Renew,
                    _ => return Err(Refusal::method()),
                };
                let claim = Address::claim(source.clone(), message.clone(), *token);
                engine.settle(claim, settlement).await?;
                Ok(empty(StatusCode::OK))
            }
            _ => Err(Refusal::method()),
        }
    }

    async fn send(&self, engine: &Engine, to: &Source, strict: bool) -> Result<Response, Refusal> {
        if to.dead_letters {
            return Err(Refusal::bad_request("nothing is sent to dead letters directly"));
        }
        let is_batch = self.headers.get(CONTENT_TYPE).is_some_and(|it| it == batch::CONTENT_TYPE);
        let messages = if is_batch {
            batch::read(&self.body)?
        } else {
            let properties = properties::read(&self.headers, strict)?;
            vec![Message { properties, body: self.body.clone() }]
        };
        engine.send(&to.path, messages).await?;
        Ok(empty(StatusCode::CREATED))
    }

    async fn receive(
        &self,
        engine: &Engine,
        source: &Source,
        mode: Mode,
    ) -> Result<Response, Refusal> {
        let wait = self.wait()?;
        Ok(match engine.receive(source, mode, wait).await? {
            Some(delivery) => self.delivered(source, delivery),
            None => empty(StatusCode::NO_CONTENT),
        })
    }

    fn wait(&self) -> Result<Duration, Refusal> {
        let query = self.uri.query().unwrap_or_default();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let Some((_, seconds)) = pairs.find(|(name, _)| name.eq_ignore_ascii_case("timeout"))
        else {
            return Ok(MAX_WAIT);
        };
        let seconds: u64 = seconds
            .parse()
            .map_err(|_| Refusal::bad_request("timeout is not a whole number of seconds"))?;
        Ok(Duration::from_secs(seconds).min(MAX_WAIT))
    }

    fn delivered(&self, source: &Source, delivery: Delivery) -> Response {
        let locked = delivery.lock.is_some();
        let mut response = empty(if locked { StatusCode::CREATED } else { StatusCode::OK });
        if let Some(location) = self.location(source, &delivery) {
            response.headers_mut().insert(LOCATION, location);
        }
        properties::write(&delivery, response.headers_mut());
        *response.body_mut() = Body::from(delivery.message.body);
        response
    }

    /// Where the lock is settled: always at the host the client knows, and over https, as on the service.
    fn location(&self, source: &Source, delivery: &Delivery) -> Option<HeaderValue> {
        let lock = delivery.lock?;
        let host = self.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let dead = if source.dead_letters { "/$deadletterqueue" } else { "" };
        let location = format!(
            "https://{host}/{}{dead}/messages/{}/{}",
            source.path, delivery.sequence, lock.token
        );
        HeaderValue::try_from(location).ok()
    }
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
