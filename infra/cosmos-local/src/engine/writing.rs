//! How a transaction is run and committed.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::locks::Held;
use super::write_set::Landed;
use super::{
    Committed, Container, Engine, Failure, Operation, Outcome, PartitionKey, Transaction, commit,
    keys,
};

impl Engine {
    /// Runs `work` on a snapshot of one logical partition and commits what it leaves in the transaction it
    /// returns; an error commits nothing. Returns once the commit is durable. `work` runs on a thread
    /// that may block, holding this partition's lock and no other. Once `work` has begun, the transaction is
    /// finished even if this future is dropped.
    pub async fn transact<T, E>(
        &self,
        container: &Arc<Container>,
        key: PartitionKey,
        work: impl FnOnce(Transaction) -> Result<(Transaction, T), E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<Failure> + Send + 'static,
    {
        let held = self.lock(container, &key).await?;
        let (engine, container) = (self.clone(), Arc::clone(container));
        let worked = tokio::task::spawn_blocking(move || engine.work(&container, key, held, work));
        worked.await.map_err(|_| panicked())??.done().await.map_err(E::from)
    }

    /// The same on this thread, for `work` that is too short to be worth another: what one request can ask for
    /// without a script.
    pub async fn transact_here<T, E: From<Failure>>(
        &self,
        container: &Arc<Container>,
        key: PartitionKey,
        work: impl FnOnce(Transaction) -> Result<(Transaction, T), E>,
    ) -> Result<Committed<T>, E> {
        let held = self.lock(container, &key).await?;
        let worked = self.work(container, key, held, work)?;
        worked.done().await.map_err(E::from)
    }

    /// Carries out one operation as a transaction of its own.
    pub async fn apply(
        &self,
        container: &Arc<Container>,
        key: PartitionKey,
        operation: Operation,
    ) -> Result<Committed<Outcome>, Failure> {
        self.transact_here(container, key, |mut transaction| {
            let outcome = transaction.apply(operation)?;
            Ok((transaction, outcome))
        })
        .await
    }

    /// Waits for a logical partition.
    async fn lock(&self, container: &Container, key: &PartitionKey) -> Result<Held, Failure> {
        let partition = keys::partition(container.number, &container.epk(key)?, key);
        Ok(self.shared.locks.lock(partition).await)
    }

    /// Does the work and hands what it wrote to the committer, and the lock with it; without any, that ends here.
    fn work<T, E: From<Failure>>(
        &self,
        container: &Container,
        key: PartitionKey,
        held: Held,
        work: impl FnOnce(Transaction) -> Result<(Transaction, T), E>,
    ) -> Result<Worked<T>, E> {
        let (transaction, value) = work(self.begin(container, key)?)?;
        let seen = Landed { range: transaction.range(), lsn: transaction.lsn()? };
        let written = transaction.into_write_set();
        let commit = written.map(|set| self.shared.committer.commit(set, held));
        Ok(Worked { value, seen, commit })
    }
}

/// A transaction on its way to the disk.
struct Worked<T> {
    value: T,
    /// Where its range stood in its snapshot.
    seen: Landed,
    commit: Option<oneshot::Receiver<Result<Landed, Failure>>>,
}

impl<T> Worked<T> {
    async fn done(self) -> Result<Committed<T>, Failure> {
        let Landed { range, lsn } = match self.commit {
            Some(committed) => committed.await.unwrap_or_else(|_| Err(commit::stopped()))?,
            None => self.seen,
        };
        Ok(Committed { value: self.value, lsn, range })
    }
}

fn panicked() -> Failure {
    Failure::Storage { reason: "the transaction panicked; nothing was written".to_owned() }
}
