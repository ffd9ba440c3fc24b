//! One lock for each logical partition that is being written; none for those at rest.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// The locks in use, by the key of their partition.
#[derive(Default)]
pub struct Locks {
    used: Mutex<HashMap<Vec<u8>, Arc<Lock<()>>>>,
}

/// Holds one partition. Others wait for it in the order they came.
pub struct Held {
    // Dropped before the claim, which looks whether anybody else is left.
    _guard: OwnedMutexGuard<()>,
    claim: Claim,
}

/// Somebody holds the lock or waits for it.
struct Claim {
    locks: Arc<Locks>,
    key: Vec<u8>,
}

impl Locks {
    /// Waits for the lock of a partition. Dropping the future gives up the place in the queue.
    pub async fn lock(self: &Arc<Self>, key: Vec<u8>) -> Held {
        let lock = Arc::clone(self.used().entry(key.clone()).or_default());
        let claim = Claim { locks: Arc::clone(self), key };
        let guard = lock.lock_owned().await;
        Held { _guard: guard, claim }
    }

    fn used(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<Lock<()>>>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Whether there are others, and all of them wait for this partition.
    pub fn all_others_wait(&self) -> bool {
        let used = self.claim.locks.used();
        // One share is the map's, one is ours.
        used.len() == 1 && used.values().any(|lock| Arc::strong_count(lock) > 2)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut used = self.locks.used();
        // The map's own share is the last one: nobody holds or awaits it, and nobody can come meanwhile.
        if let Entry::Occupied(entry) = used.entry(std::mem::take(&mut self.key))
            && Arc::strong_count(entry.get()) == 1
        {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinHandle;

    use super::*;

    /// Somebody who waits for a partition that is held.
    async fn waits(locks: &Arc<Locks>, key: Vec<u8>) -> JoinHandle<Held> {
        let locks = Arc::clone(locks);
        let waiting = tokio::spawn(async move { locks.lock(key).await });
        tokio::task::yield_now().await;
        waiting
    }

    #[tokio::test]
    async fn a_lock_is_forgotten_when_nobody_holds_or_awaits_it() {
        let locks = Arc::new(Locks::default());
        let held = locks.lock(vec![1]).await;
        let waiting = waits(&locks, vec![1]).await;
        waiting.abort();
        assert!(waiting.await.is_err(), "the lock was held");
        assert_eq!(locks.used().len(), 1);
        drop(held);
        assert!(locks.used().is_empty());
    }

    #[tokio::test]
    async fn whoever_holds_a_partition_knows_whether_all_others_wait_for_it() {
        let locks = Arc::new(Locks::default());
        let held = locks.lock(vec![1]).await;
        assert!(!held.all_others_wait(), "nobody else is there");
        let waiting = waits(&locks, vec![1]).await;
        assert!(held.all_others_wait());
        let other = locks.lock(vec![2]).await;
        assert!(!held.all_others_wait(), "somebody is at work");
        drop(other);
        waiting.abort();
        assert!(waiting.await.is_err(), "the lock was held");
        assert!(!held.all_others_wait(), "it was given up");
    }

    #[tokio::test]
    async fn other_partitions_are_free_meanwhile() {
        let locks = Arc::new(Locks::default());
        let _one = locks.lock(vec![1]).await;
        let _other = locks.lock(vec![2]).await;
        assert_eq!(locks.used().len(), 2);
    }
}
