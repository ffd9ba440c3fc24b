//! Reads what the service answers: a result, or the reason there is none.

use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::RawResponse;
use azure_core::http::headers::X_MS_RETRY_AFTER_MS;
use serde::Deserialize;

use crate::ProcedureError;
use crate::rest::{ACTIVITY_ID, CHARGE, SESSION_TOKEN, SUBSTATUS};

/// The body of a successful answer.
pub(crate) fn body(response: &RawResponse) -> Result<&[u8], ProcedureError> {
    let status = u16::from(response.status());
    if (200..300).contains(&status) {
        return Ok(response.body().as_ref());
    }
    let message = message(response);
    Err(match status {
        400 => match Thrown::find(&message) {
            Some(thrown) => ProcedureError::Script {
                number: substatus(response),
                message: thrown.to_string(),
            },
            None => refused(response, message),
        },
        404 => ProcedureError::NotFound,
        408 => ProcedureError::Timeout,
        413 => ProcedureError::TooLarge,
        429 => ProcedureError::Throttled {
            retry_after: retry_after(response),
        },
        // Not implemented is a plain no; the other 5xx may come from in front of a service that went on.
        500 | 502.. => ProcedureError::Unknown(azure_core::Error::with_message(
            ErrorKind::Other,
            format!("status {status}: {message}"),
        )),
        _ => refused(response, message),
    })
}

/// Request units; 0 where the place does not report them.
pub(crate) fn charge(response: &RawResponse) -> f64 {
    header(response, &CHARGE).unwrap_or_default()
}

pub(crate) fn session(response: &RawResponse) -> Option<String> {
    response.headers().get_optional_string(&SESSION_TOKEN)
}

fn refused(response: &RawResponse, message: String) -> ProcedureError {
    ProcedureError::Refused {
        status: response.status().into(),
        substatus: substatus(response),
        message,
        activity_id: response.headers().get_optional_string(&ACTIVITY_ID),
    }
}

/// 0 is the service's word for none.
fn substatus(response: &RawResponse) -> Option<u32> {
    header(response, &SUBSTATUS).filter(|number| *number != 0)
}

/// One second where the service names no time.
fn retry_after(response: &RawResponse) -> Duration {
    header(response, &X_MS_RETRY_AFTER_MS)
        .and_then(|milliseconds: f64| Duration::try_from_secs_f64(milliseconds / 1000.0).ok())
        .unwrap_or(Duration::from_secs(1))
}

fn header<T: std::str::FromStr>(
    response: &RawResponse,
    name: &azure_core::http::headers::HeaderName,
) -> Option<T> {
    response
        .headers()
        .get_optional_str(name)?
        .trim()
        .parse()
        .ok()
}

/// The service's words: `{"code", "message"}`, or the body as it stands.
fn message(response: &RawResponse) -> String {
    #[derive(Deserialize)]
    struct Body {
        message: String,
    }
    let body = response.body().as_ref();
    match serde_json::from_slice::<Body>(body) {
        Ok(body) => body.message,
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

/// What a script threw, as the service wraps it:
/// `Message: {"Errors":["Encountered exception while executing function. Exception = Error: …\r\nStack trace: …"]}`.
struct Thrown {
    message: String,
    place: Option<String>,
}

impl Thrown {
    fn find(message: &str) -> Option<Self> {
        let text = first_error(message);
        let (_, thrown) = text.split_once("Encountered exception while executing")?;
        let (_, thrown) = thrown.split_once("Exception = ")?;
        let (message, trace) = thrown.split_once("Stack trace:").unwrap_or((thrown, ""));
        let message = message.trim();
        let message = message.strip_prefix("Error: ").unwrap_or(message);
        let place = trace
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with("at "));
        Some(Self {
            message: message.to_owned(),
            place: place.map(str::to_owned),
        })
    }
}

impl std::fmt::Display for Thrown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

/// The first of the errors in the JSON that the message carries, or the message itself.
fn first_error(message: &str) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Wrapped {
        errors: Vec<String>,
    }
    let wrapped = message.find("{\"Errors\"").and_then(|start| {
        // The service adds its activity id after the JSON, so this reads a value, not the whole text.
        let json = serde_json::Deserializer::from_str(&message[start..]);
        json.into_iter::<Wrapped>().next()?.ok()
    });
    wrapped
        .and_then(|wrapped| wrapped.errors.into_iter().next())
        .unwrap_or_else(|| message.to_owned())
}
