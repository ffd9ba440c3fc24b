//! Checks who asks: a signature made with the account key, or an Entra token, which is accepted unread.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use sha2::Sha256;
use time::{Duration, OffsetDateTime};

use super::address::SignedResource;
use super::date;
use super::failure::Refusal;

/// How far the clocks of client and server may be apart, as on the service.
const CLOCK_SKEW: Duration = Duration::minutes(15);

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// Somebody who has the account key.
    Key,
    /// Somebody with an Entra token.
    Token,
}

/// The account key, ready to verify signatures.
#[derive(Clone)]
pub struct AccountKey(Hmac<Sha256>);

impl AccountKey {
    /// Reads a base64 key; `None` when it is not base64.
    pub fn parse(key: &str) -> Option<Self> {
        let bytes = STANDARD.decode(key).ok()?;
        Hmac::new_from_slice(&bytes).ok().map(Self)
    }

    /// Lets a request pass whose signature covers this method, resource and date.
    ///
    /// # Errors
    ///
    /// 401 without a valid signature, naming what was to be signed; 403 for a date too far from `now`.
    pub fn verify(
        &self,
        method: &Method,
        resource: &SignedResource,
        headers: &HeaderMap,
        now: OffsetDateTime,
    ) -> Result<Signer, Refusal> {
        let header = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .ok_or_else(|| Refusal::unauthorized("Required Header authorization is missing."))?;
        // A literal plus stays a plus: signatures are base64.
        let token = percent_decode_str(header).decode_utf8_lossy();
        let field = |name: &str| {
            let fields = token.split('&').filter_map(|field| field.split_once('='));
            fields.filter(|(found, _)| *found == name).map(|(_, value)| value).next()
        };
        match (field("type"), field("ver"), field("sig")) {
            (Some("aad"), Some("1.0"), Some(token)) if !token.is_empty() => Ok(Signer::Token),
            (Some("master"), Some("1.0"), Some(signature)) => {
                let date = date_text(headers)?;
                self.verify_signature(method, resource, date, signature)?;
                check_date(date, now)?;
                Ok(Signer::Key)
            }
            _ => Err(Refusal::unauthorized(
                "The authorization header is not of the form type=master&ver=1.0&sig=<signature> or \
                 type=aad&ver=1.0&sig=<token>, percent-encoded.",
            )),
        }
    }

    fn verify_signature(
        &self,
        method: &Method,
        resource: &SignedResource,
        date: &str,
        signature: &str,
    ) -> Result<(), Refusal> {
        let (method, date) = (method.as_str().to_lowercase(), date.to_lowercase());
        let payload = |kind: &String| format!("{method}\n{kind}\n{}\n{date}\n\n", resource.link);
        let given = STANDARD.decode(signature).unwrap_or_default();
        let covers = |payload: String| self.0.clone().chain_update(payload).verify_slice(&given);
        if resource.kinds.iter().map(payload).any(|payload| covers(payload).is_ok()) {
            return Ok(());
        }
        Err(Refusal::unauthorized(format!(
            "The input authorization token can't serve the request. The wrong key is being used or the \
             expected payload is not built as per the protocol. For more info: \
             https://aka.ms/cosmosdb-tsg-unauthorized. Server used the following payload to sign: '{}'",
            resource.kinds.first().map(payload).unwrap_or_default().escape_debug()
        )))
    }
}

fn date_text(headers: &HeaderMap) -> Result<&str, Refusal> {
    let date = headers.get("x-ms-date").or_else(|| headers.get("date"));
    date.and_then(|value| value.to_str().ok())
        .ok_or_else(|| Refusal::unauthorized("Required Header x-ms-date or date is missing."))
}

fn check_date(text: &str, now: OffsetDateTime) -> Result<(), Refusal> {
    let signed = date::parse(text).ok_or_else(|| {
        Refusal::unauthorized(format!(
            "The date '{text}' is not of the form 'Tue, 01 Nov 1994 08:12:31 GMT'."
        ))
    })?;
    if (now - signed).abs() <= CLOCK_SKEW {
        return Ok(());
    }
    Err(Refusal::forbidden(format!(
        "The authorization token is not valid at the current time. It was signed for '{text}' and the \
         server's clock says '{now}': they may be 15 minutes apart. Set the clock and sign again."
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::EMULATOR_KEY;
    use http::{HeaderValue, StatusCode};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(1994-11-01 08:12:31 UTC);
    const SIGNED_AT: &str = "Tue, 01 Nov 1994 08:12:31 GMT";

    fn resource() -> SignedResource {
        SignedResource { kinds: vec!["docs".to_owned()], link: "dbs/shop/colls/orders".to_owned() }
    }

    fn signed_with(key: &str, date: &str) -> HeaderMap {
        let payload = format!("post\ndocs\ndbs/shop/colls/orders\n{}\n\n", date.to_lowercase());
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
        mac.update(payload.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        headers(&format!("type=master&ver=1.0&sig={signature}"), date)
    }

    fn headers(token: &str, date: &str) -> HeaderMap {
        let encoded = utf8_percent_encode(token, NON_ALPHANUMERIC).to_string();
        HeaderMap::from_iter([
            (http::header::AUTHORIZATION, HeaderValue::from_str(&encoded).unwrap()),
            ("x-ms-date".parse().unwrap(), HeaderValue::from_str(date).unwrap()),
        ])
    }

    fn verify(headers: &HeaderMap) -> Result<Signer, Refusal> {
        let key = AccountKey::parse(EMULATOR_KEY).unwrap();
        key.verify(&Method::POST, &resource(), headers, NOW)
    }

    #[test]
    fn the_account_key_opens_the_door() {
        assert!(verify(&signed_with(EMULATOR_KEY, SIGNED_AT)).is_ok());
    }

    #[test]
    fn a_wrong_key_is_401_and_names_what_was_to_be_signed() {
        let refusal = verify(&signed_with("d3Jvbmc=", SIGNED_AT)).unwrap_err();
        assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
        assert!(refusal.message.contains(r"'post\ndocs\ndbs/shop/colls/orders\ntue, 01 nov 1994"));
    }

    #[test]
    fn a_request_without_a_signature_is_401() {
        let refusal = verify(&HeaderMap::new()).unwrap_err();
        assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn clocks_may_be_fifteen_minutes_apart_and_no_more() {
        let early = "tue, 01 nov 1994 07:57:31 gmt";
        assert!(verify(&signed_with(EMULATOR_KEY, early)).is_ok());
        let earlier = "tue, 01 nov 1994 07:57:30 gmt";
        let refusal = verify(&signed_with(EMULATOR_KEY, earlier)).unwrap_err();
        assert_eq!(refusal.status, StatusCode::FORBIDDEN);
    }

    #[test]
    fn an_entra_token_is_accepted_unless_it_is_empty() {
        assert!(verify(&headers("type=aad&ver=1.0&sig=e30.e30.", SIGNED_AT)).is_ok());
        assert!(verify(&headers("type=aad&ver=1.0&sig=", SIGNED_AT)).is_err());
    }
}
