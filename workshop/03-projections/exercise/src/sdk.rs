//! What the SDK's errors mean here.

use std::time::Duration;

use azure_data_cosmos::CosmosError;

use crate::Error;

/// How long to wait when the service does not say.
const PAUSE: Duration = Duration::from_secs(1);

/// What to do about a failure that has to do with a document.
pub(crate) fn error(id: &str, error: CosmosError) -> Error {
    let status = error.status();
    if status.is_throttled() || status.is_retry_with() {
        return Error::Busy { retry_after: PAUSE, source: error.into() };
    }
    match u16::from(status.status_code()) {
        413 => Error::TooLarge { id: id.to_owned() },
        _ => Error::failed(error),
    }
}
