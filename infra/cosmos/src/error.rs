//! Everything that can go wrong between the kit and a Cosmos DB.

use azure_data_cosmos::CosmosError;

use crate::{ProcedureError, SettingsError};

/// Why Cosmos DB could not be reached or made ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// This program was built without the embedded Cosmos DB.
    #[error(
        "this program was built without an embedded Cosmos DB; build it with the feature \
         `embedded`, or set COSMOS_ENDPOINT"
    )]
    NotEmbedded,
    /// The embedded Cosmos DB could not be started; its message says what to do.
    #[error(transparent)]
    Embedded(Box<dyn std::error::Error + Send + Sync>),
    /// Nothing answers at the endpoint.
    #[error(
        "no answer from {endpoint}; check that Cosmos DB runs there, that COSMOS_ENDPOINT is right, \
         and that the network and firewall let it through"
    )]
    Unreachable {
        /// The endpoint tried.
        endpoint: String,
        /// What the network said, if it said anything in time.
        source: Option<azure_core::Error>,
    },
    /// Something answers that is not Cosmos DB.
    #[error(
        "{endpoint} answers with status {status}, but not as Cosmos DB; check COSMOS_ENDPOINT, or try \
         again if an emulator is just starting"
    )]
    NotCosmos {
        /// The endpoint.
        endpoint: String,
        /// The HTTP status.
        status: u16,
    },
    /// The endpoint does not accept the credential.
    #[error("{endpoint} refuses the credential; {remedy}")]
    Refused {
        /// The endpoint.
        endpoint: String,
        /// What to do.
        remedy: &'static str,
    },
    /// No Entra ID token could be had.
    #[error(
        "no Entra ID token; sign in with `az login` (on Azure: give the service a managed identity), \
         or set COSMOS_KEY"
    )]
    Credential(#[source] azure_core::Error),
    /// A container does not exist.
    #[error("container {container} of database {database} does not exist; {remedy}")]
    Missing {
        /// The database.
        database: String,
        /// The container.
        container: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A container exists but was created otherwise, which cannot be changed afterwards.
    #[error(
        "container {container} has {property} {found}, expected {expected}; delete the container \
         (its data goes with it) or choose another DAYBOOK_DATABASE"
    )]
    Mismatch {
        /// The container.
        container: String,
        /// What differs.
        property: &'static str,
        /// What it has.
        found: String,
        /// What its spec says.
        expected: String,
    },
    /// A stored procedure could not be read or stored.
    #[error("procedure {id} of container {container} cannot be stored")]
    Procedure {
        /// The container.
        container: String,
        /// The procedure.
        id: String,
        /// Why.
        source: Box<ProcedureError>,
    },
    /// The service or its SDK refused something else.
    #[error("cannot {action}")]
    Service {
        /// What was tried.
        action: String,
        /// Status, sub-status and words of the service.
        source: Box<CosmosError>,
    },
}

/// Whether an error comes, however deep, from a Cosmos DB that does not permit this program what it tried: status 403.
/// With Entra ID, that is what its role decides.
#[must_use]
pub fn forbidden(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut answers = causes.filter_map(|cause| cause.downcast_ref::<CosmosError>());
    answers.any(|answer| u16::from(answer.status().status_code()) == 403)
}

impl Error {
    pub(crate) fn service(action: String, source: CosmosError) -> Self {
        Self::Service { action, source: Box::new(source) }
    }
}
