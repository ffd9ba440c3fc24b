//! Which databases, containers and procedures there are: in memory, and in the file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{
    Database as File, ReadTransaction, ReadableDatabase as _, ReadableTable as _, WriteTransaction,
};
use serde::de::DeserializeOwned;

use super::containers::ContainerRecord;
use super::expiry::Moment;
use super::storage::{CONTAINERS, DATABASES, GARBAGE, PROCEDURES, RANGES, Snapshot, Writer};
use super::{Container, Database, Failure, Kind, Procedure, record, resource_id};

/// The catalogue in memory, always equal to the one in the file.
pub struct Catalogue {
    state: RwLock<State>,
}

/// What the catalogue says at one moment.
#[derive(Clone, Default)]
pub struct State {
    pub databases: BTreeMap<String, DatabaseEntry>,
    /// By number.
    pub containers: HashMap<u64, ContainerEntry>,
    /// Deleted containers whose data is still there.
    pub garbage: BTreeSet<u64>,
}

#[derive(Clone)]
pub struct DatabaseEntry {
    pub number: u32,
    pub database: Database,
    /// Numbers of its containers, by name.
    pub containers: BTreeMap<String, u64>,
}

#[derive(Clone)]
pub struct ContainerEntry {
    pub container: Arc<Container>,
    pub procedures: BTreeMap<String, Arc<Procedure>>,
}

impl Catalogue {
    pub fn load(file: &File) -> Result<Self, Failure> {
        Ok(Self { state: RwLock::new(State::load(file)?) })
    }

    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The container as it stands now; `NotFound` if the one of this handle was deleted.
    pub fn current(&self, handle: &Container) -> Result<Arc<Container>, Failure> {
        self.read().entry(handle).map(|entry| Arc::clone(&entry.container))
    }

    /// A container with a snapshot that agrees with its definition.
    pub fn snapshot(
        &self,
        file: &File,
        handle: &Container,
        now: i64,
    ) -> Result<(Arc<Container>, Snapshot), Failure> {
        // Held while the snapshot is taken: a change is committed under the other side of this lock.
        let state = self.read();
        let container = Arc::clone(&state.entry(handle)?.container);
        let moment = Moment { now, ttl: container.definition.ttl };
        Ok((container, Snapshot::take(file, moment)?))
    }

    /// Makes a change in the file and in memory, or in neither.
    pub fn change<T>(
        &self,
        writer: &Writer,
        change: impl FnOnce(&WriteTransaction, &mut State) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let transaction = writer.begin()?;
        let mut next = self.read().clone();
        let value = change(&transaction, &mut next)?;
        let mut state = self.write();
        transaction.commit()?;
        *state = next;
        Ok(value)
    }
}

impl State {
    pub fn database(&self, id: &str) -> Option<&DatabaseEntry> {
        self.databases.get(id)
    }

    /// The database that something is to be found in.
    pub fn parent(&self, database: &str) -> Result<&DatabaseEntry, Failure> {
        self.databases.get(database).ok_or_else(|| Failure::ParentNotFound {
            kind: Kind::Database,
            id: database.to_owned(),
        })
    }

    /// A container by name.
    pub fn container(&self, database: &str, id: &str) -> Result<&ContainerEntry, Failure> {
        let number = self.parent(database)?.containers.get(id);
        number
            .and_then(|number| self.containers.get(number))
            .ok_or_else(|| Failure::NotFound { kind: Kind::Container, id: id.to_owned() })
    }

    /// The container of a handle, if it was not deleted.
    pub fn entry(&self, handle: &Container) -> Result<&ContainerEntry, Failure> {
        self.containers.get(&handle.number).ok_or_else(|| handle.not_found())
    }

    fn load(file: &File) -> Result<Self, Failure> {
        let mut state = Self::default();
        let transaction = file.begin_read()?;
        let databases = state.load_databases(&transaction)?;
        state.load_containers(&transaction, &databases)?;
        for entry in transaction.open_table(PROCEDURES)?.iter()? {
            let (key, stored) = entry?;
            let procedure = parse::<Procedure>(stored.value())?;
            if let Some(entry) = state.containers.get_mut(&key.value().0) {
                entry.procedures.insert(procedure.id.clone(), Arc::new(procedure));
            }
        }
        for entry in transaction.open_table(GARBAGE)?.iter()? {
            state.garbage.insert(entry?.0.value());
        }
        Ok(state)
    }

    /// Returns the names of the databases by number.
    fn load_databases(
        &mut self,
        transaction: &ReadTransaction,
    ) -> Result<HashMap<u32, String>, Failure> {
        let mut names = HashMap::new();
        for entry in transaction.open_table(DATABASES)?.iter()? {
            let (number, stored) = entry?;
            let (number, database) = (number.value(), parse::<Database>(stored.value())?);
            let id = database.id.clone();
            names.insert(number, id.clone());
            let containers = BTreeMap::new();
            self.databases.insert(id, DatabaseEntry { number, database, containers });
        }
        Ok(names)
    }

    fn load_containers(
        &mut self,
        transaction: &ReadTransaction,
        databases: &HashMap<u32, String>,
    ) -> Result<(), Failure> {
        for entry in transaction.open_table(CONTAINERS)?.iter()? {
            let (number, stored) = entry?;
            let number = number.value();
            let database = databases.get(&resource_id::database_of(number)).cloned();
            let database = database.ok_or_else(|| record::damaged("a container's database"))?;
            let stored = parse::<ContainerRecord>(stored.value())?;
            self.add(stored.open(number, database, Arc::default())?);
        }
        for entry in transaction.open_table(RANGES)?.iter()? {
            let (range, counters) = entry?;
            if let Some(entry) = self.containers.get(&range.value().0) {
                let highest = counters.value().1;
                entry.container.last_number.fetch_max(highest, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Adds a container, or puts it in the place of the one with its number.
    pub fn add(&mut self, container: Container) -> Arc<Container> {
        let container = Arc::new(container);
        if let Some(entry) = self.databases.get_mut(&container.database) {
            entry.containers.insert(container.id.clone(), container.number);
        }
        let entry = self.containers.entry(container.number);
        entry.and_modify(|entry| entry.container = Arc::clone(&container)).or_insert_with(|| {
            ContainerEntry { container: Arc::clone(&container), procedures: BTreeMap::new() }
        });
        container
    }
}

fn parse<T: DeserializeOwned>(stored: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(stored).map_err(|_| record::damaged("the catalogue"))
}
