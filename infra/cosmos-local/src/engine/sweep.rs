//! Removes what has had its time: expired documents, and versions that are kept no longer.

use std::collections::BTreeMap;
use std::sync::Arc;

use redb::{ReadableDatabase as _, ReadableTable, WriteTransaction};

use super::expiry::TimeToLive;
use super::record::{self, LogPlace, Record};
use super::storage::{DOCUMENTS, EXPIRY, FORGOTTEN, VERSIONS};
use super::{Container, Engine, Failure, keys, versions};

/// What is done at a time, so that writers get their turn.
const PIECE: usize = 1000;

impl Engine {
    /// Removes what is over; costs nothing while nothing is. Each document goes in a transaction of its own
    /// partition, as if its client had deleted it.
    pub async fn sweep(&self) -> Result<(), Failure> {
        for container in self.all_containers() {
            match self.sweep_container(&container).await {
                // It was deleted meanwhile.
                Ok(()) | Err(Failure::NotFound { .. }) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    async fn sweep_container(&self, container: &Arc<Container>) -> Result<(), Failure> {
        if container.definition.ttl != TimeToLive::Off {
            for key in self.due(container)? {
                self.expire(container, &key).await?;
            }
        }
        let Some(kept) = container.definition.retention else {
            return Ok(());
        };
        let until = self.shared.clock.now().saturating_sub(kept);
        let old =
            old_versions(&self.shared.file.begin_read()?.open_table(VERSIONS)?, container, until);
        if old?.is_empty() {
            return Ok(());
        }
        let container = Arc::clone(container);
        let forget = move |transaction: &_, _: &mut _| forget(transaction, &container, until);
        self.shared.committer.change(forget).await
    }

    /// Keys of documents that have expired, a piece of them.
    fn due(&self, container: &Container) -> Result<Vec<Vec<u8>>, Failure> {
        let table = self.shared.file.begin_read()?.open_table(EXPIRY)?;
        let from = keys::expiry(container.number, 0, &[]);
        let to = keys::expiry(container.number, self.shared.clock.now().saturating_add(1), &[]);
        let mut due = Vec::new();
        for entry in table.range::<&[u8]>(from.as_slice()..to.as_slice())?.take(PIECE) {
            due.push(keys::expiring(entry?.0.value()));
        }
        Ok(due)
    }

    async fn expire(&self, container: &Arc<Container>, key: &[u8]) -> Result<(), Failure> {
        let stored = {
            let documents = self.shared.file.begin_read()?.open_table(DOCUMENTS)?;
            documents.get(key)?.map(|stored| Record::decode(stored.value())).transpose()?
        };
        let Some(stored) = stored else {
            return Ok(());
        };
        let body = record::object(&stored.body)?;
        let id = body.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
        let evict = |mut transaction: super::Transaction| {
            transaction.evict(id)?;
            Ok::<_, Failure>((transaction, ()))
        };
        self.transact_here(container, container.key_of(&body)?, evict).await?;
        Ok(())
    }
}

/// Removes versions from before a time, a piece of them, and remembers up to where.
fn forget(
    transaction: &WriteTransaction,
    container: &Container,
    until: i64,
) -> Result<(), Failure> {
    let mut table = transaction.open_table(VERSIONS)?;
    let mut forgotten = transaction.open_table(FORGOTTEN)?;
    for (range, keys) in old_versions(&table, container, until)? {
        for key in &keys {
            table.remove(key.as_slice())?;
        }
        if let Some(lsn) = keys.last().and_then(|key| record::lsn_of(key)) {
            forgotten.insert((container.number, range), lsn)?;
        }
    }
    Ok(())
}

/// A piece of the versions of each range from before a time.
fn old_versions(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    container: &Container,
    until: i64,
) -> Result<BTreeMap<u32, Vec<Vec<u8>>>, Failure> {
    let mut all = BTreeMap::new();
    let known = container.ranges.iter().flat_map(|range| range.parents.iter().chain([&range.id]));
    for range in known.copied() {
        let key = |lsn| record::log_key(container.number, LogPlace { range, lsn, ordinal: 0 });
        let (from, to) = (key(0), key(u64::MAX));
        let mut old = Vec::new();
        for entry in table.range::<&[u8]>(from.as_slice()..to.as_slice())?.take(PIECE) {
            let (key, version) = entry?;
            if versions::time_of(version.value()).is_some_and(|at| at >= until) {
                break;
            }
            old.push(key.value().to_vec());
        }
        if !old.is_empty() {
            all.insert(range, old);
        }
    }
    Ok(all)
}
