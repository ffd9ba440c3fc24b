//! What can be ordered of a running server that no client of the service can ask for.

use std::sync::Weak;

use crate::engine::{Container, Epk, Failure, KeyRange};
use crate::faults::{Fault, OrderedFault};
use crate::gateway::Gateway;

/// Orders to a running [`CosmosLocal`](crate::CosmosLocal): partition splits and faults. The same orders can be
/// given over HTTP; the README says how.
#[derive(Clone)]
pub struct Admin {
    pub(crate) gateway: Weak<Gateway>,
}

/// A partition-key range of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Range {
    /// What clients call it by.
    pub id: u32,
    /// The effective partition key it begins with, hexadecimal.
    pub min: String,
    /// The effective partition key it ends before.
    pub max: String,
    /// The ranges it was split from, oldest first.
    pub parents: Vec<u32>,
}

/// Why an order was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// There is no such database, container or range (any more).
    #[error("{reason}")]
    NotFound {
        /// What does not exist.
        reason: String,
    },
    /// The order makes no sense as it stands.
    #[error("{reason}")]
    Invalid {
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The server was stopped.
    #[error("the server has stopped")]
    Stopped,
    /// The storage failed.
    #[error("{reason}")]
    Storage {
        /// The storage's own words.
        reason: String,
    },
}

impl Admin {
    /// The partition-key ranges of a container, in the order of their keys.
    ///
    /// # Errors
    ///
    /// [`AdminError::NotFound`] when there is no such container.
    pub fn ranges(&self, database: &str, container: &str) -> Result<Vec<Range>, AdminError> {
        let container = self.gateway()?.engine.container(database, container)?;
        Ok(container.ranges.iter().cloned().map(Range::from).collect())
    }

    /// The range that a text as partition key belongs to.
    ///
    /// # Errors
    ///
    /// [`AdminError::NotFound`] when there is no such container, [`AdminError::Invalid`] when its key has more
    /// than one path.
    pub fn range_of(
        &self,
        database: &str,
        container: &str,
        key: &str,
    ) -> Result<Range, AdminError> {
        let container = self.gateway()?.engine.container(database, container)?;
        let epk = container.epk(&key.into())?;
        Ok(container.range_of(&epk).clone().into())
    }

    /// Splits a range in two halves, at the middle of its keys or at an effective partition key. From then on the
    /// range is gone (410 with sub-status 1002); tokens that clients hold go on in both halves.
    ///
    /// # Errors
    ///
    /// [`AdminError::NotFound`] when there is no such container or range, [`AdminError::Invalid`] when the range
    /// cannot be split there.
    pub async fn split_range(
        &self,
        database: &str,
        container: &str,
        range: u32,
        at: Option<&str>,
    ) -> Result<[Range; 2], AdminError> {
        let gateway = self.gateway()?;
        let container: std::sync::Arc<Container> = gateway.engine.container(database, container)?;
        let at = at.map(Epk::parse).transpose()?;
        let halves = gateway.engine.split_range(&container, range, at).await?;
        Ok(halves.map(Range::from))
    }

    /// Orders a fault, behind those ordered before.
    ///
    /// # Errors
    ///
    /// [`AdminError::Invalid`] when the fault makes no sense.
    pub fn inject(&self, fault: Fault) -> Result<(), AdminError> {
        self.gateway()?.faults.order(fault).map_err(|reason| AdminError::Invalid { reason })
    }

    /// The faults ordered so far, spent ones too, with how often each has struck.
    #[must_use]
    pub fn faults(&self) -> Vec<OrderedFault> {
        self.gateway().map(|gateway| gateway.faults.all()).unwrap_or_default()
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        if let Ok(gateway) = self.gateway() {
            gateway.faults.clear();
        }
    }

    fn gateway(&self) -> Result<std::sync::Arc<Gateway>, AdminError> {
        self.gateway.upgrade().ok_or(AdminError::Stopped)
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").finish_non_exhaustive()
    }
}

impl From<KeyRange> for Range {
    fn from(range: KeyRange) -> Self {
        let KeyRange { id, min, max, parents } = range;
        Self { id, min: min.0, max: max.0, parents }
    }
}

impl From<Failure> for AdminError {
    fn from(failure: Failure) -> Self {
        let reason = failure.to_string();
        match failure {
            Failure::NotFound { .. }
            | Failure::ParentNotFound { .. }
            | Failure::RangeGone { .. } => Self::NotFound { reason },
            Failure::Storage { .. } => Self::Storage { reason },
            _ => Self::Invalid { reason },
        }
    }
}
