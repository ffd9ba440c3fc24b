//! The account behind an endpoint: is it there, does it know us, where is it?

use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::Method;
use azure_data_cosmos::options::Region;
use serde::Deserialize;
use url::Url;

use crate::Error;
use crate::rest::Rest;

/// How long the first answer may take: an emulator that is still starting, or a token from `az`, needs seconds.
const FIRST_ANSWER: Duration = Duration::from_secs(20);

/// The part of an account's description that we use.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    readable_locations: Vec<Location>,
}

#[derive(Deserialize)]
struct Location {
    name: String,
}

impl Account {
    /// Asks the endpoint who it is. The SDK would try for minutes; this answers soon and names what is wrong.
    pub(crate) async fn find(rest: &Rest, endpoint: &Url) -> Result<Self, Error> {
        let asked = rest.send(Method::Get, &[], None, Vec::new());
        let answer = match tokio::time::timeout(FIRST_ANSWER, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(reason)) if *reason.kind() == ErrorKind::Credential => {
                return Err(Error::Credential(reason));
            }
            Ok(Err(reason)) => return Err(unreachable(endpoint, Some(reason))),
            Err(_elapsed) => return Err(unreachable(endpoint, None)),
        };
        let endpoint = endpoint.to_string();
        match u16::from(answer.status()) {
            401 => Err(Error::Refused {
                endpoint,
                remedy: "check that COSMOS_KEY is this account's key, and that it takes keys at all",
            }),
            403 => Err(Error::Refused {
                endpoint,
                remedy: "check the account's firewall, this machine's clock, and the role given to this identity",
            }),
            status => serde_json::from_slice(answer.body().as_ref())
                .map_err(|_| Error::NotCosmos { endpoint, status }),
        }
    }

    /// The account's first region, of which every emulator has one too.
    pub(crate) fn region(&self) -> Option<Region> {
        let first = self.readable_locations.first()?;
        Some(Region::new(first.name.clone()))
    }
}

pub(crate) fn unreachable(endpoint: &Url, source: Option<azure_core::Error>) -> Error {
    Error::Unreachable {
        endpoint: endpoint.to_string(),
        source,
    }
}
