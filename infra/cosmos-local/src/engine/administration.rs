//! The engine's databases, containers and stored procedures.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Container, Database, Definition, Engine, Epk, Failure, KeyRange, Procedure, Throughput,
    containers, databases, procedures, split,
};

impl Engine {
    /// Without throughput of its own.
    #[cfg(test)]
    pub async fn create_database(&self, id: &str) -> Result<Database, Failure> {
        self.create_database_with(id, None).await
    }

    pub async fn create_database_with(
        &self,
        id: &str,
        throughput: Option<Throughput>,
    ) -> Result<Database, Failure> {
        let id = id.to_owned();
        let create = move |transaction: &_, state: &mut _| {
            databases::create(transaction, state, &id, throughput)
        };
        self.shared.committer.change(create).await
    }

    pub async fn set_database_throughput(
        &self,
        id: &str,
        throughput: Throughput,
    ) -> Result<Database, Failure> {
        let id = id.to_owned();
        let set = move |transaction: &_, state: &mut _| {
            databases::set_throughput(transaction, state, &id, throughput)
        };
        self.shared.committer.change(set).await
    }

    /// The number of a database with throughput of its own, and what it is.
    pub fn shared_throughput(&self, database: &str) -> Option<(u32, Throughput)> {
        let state = self.shared.catalogue.read();
        let entry = state.database(database)?;
        Some((entry.number, entry.database.throughput?))
    }

    pub fn database(&self, id: &str) -> Result<Database, Failure> {
        let state = self.shared.catalogue.read();
        let entry = state.database(id).ok_or_else(|| databases::not_found(id))?;
        Ok(entry.database.clone())
    }

    /// By name.
    pub fn databases(&self) -> Vec<Database> {
        let state = self.shared.catalogue.read();
        state.databases.values().map(|entry| entry.database.clone()).collect()
    }

    /// Its data is gone for everybody at once, and from the file a little later.
    pub async fn delete_database(&self, id: &str) -> Result<(), Failure> {
        let id = id.to_owned();
        let delete =
            move |transaction: &_, state: &mut _| databases::delete(transaction, state, &id);
        self.shared.committer.change(delete).await
    }

    /// Without asking for throughput.
    #[cfg(test)]
    pub async fn create_container(
        &self,
        database: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        self.create_container_with(database, definition, None).await
    }

    pub async fn create_container_with(
        &self,
        database: &str,
        definition: Value,
        asked: Option<Throughput>,
    ) -> Result<Arc<Container>, Failure> {
        let definition = Definition::parse(definition)?;
        let (database, partitions) = (database.to_owned(), self.shared.partitions);
        let create = move |transaction: &_, state: &mut _| {
            containers::create(transaction, state, &database, definition, partitions, asked)
        };
        self.shared.committer.change(create).await
    }

    /// A changed indexing policy holds up all writers while the index is made anew.
    pub async fn replace_container(
        &self,
        database: &str,
        id: &str,
        definition: Value,
    ) -> Result<Arc<Container>, Failure> {
        let (database, id) = (database.to_owned(), id.to_owned());
        let replace = move |transaction: &_, state: &mut _| {
            containers::replace(transaction, state, &database, &id, definition)
        };
        self.shared.committer.change(replace).await
    }

    pub fn container(&self, database: &str, id: &str) -> Result<Arc<Container>, Failure> {
        let state = self.shared.catalogue.read();
        Ok(Arc::clone(&state.container(database, id)?.container))
    }

    /// Of all databases.
    pub fn all_containers(&self) -> Vec<Arc<Container>> {
        let state = self.shared.catalogue.read();
        let mut all: Vec<_> =
            state.containers.values().map(|entry| Arc::clone(&entry.container)).collect();
        all.sort_by_key(|container| container.number);
        all
    }

    pub async fn set_throughput(
        &self,
        container: &Container,
        throughput: Throughput,
    ) -> Result<Arc<Container>, Failure> {
        let container = container.clone();
        let set = move |transaction: &_, state: &mut _| {
            containers::set_throughput(transaction, state, &container, throughput)
        };
        self.shared.committer.change(set).await
    }

    /// By name.
    pub fn containers(&self, database: &str) -> Result<Vec<Arc<Container>>, Failure> {
        let state = self.shared.catalogue.read();
        let numbers = state.parent(database)?.containers.values();
        let entries = numbers.filter_map(|number| state.containers.get(number));
        Ok(entries.map(|entry| Arc::clone(&entry.container)).collect())
    }

    /// Splits a range in two, in the middle or at an effective partition key. Its log stays where it is, so this
    /// takes no longer for more data; writers wait for one commit.
    pub async fn split_range(
        &self,
        container: &Container,
        range: u32,
        at: Option<Epk>,
    ) -> Result<[KeyRange; 2], Failure> {
        let container = container.clone();
        let split = move |transaction: &_, state: &mut _| {
            split::range(transaction, state, &container, range, at)
        };
        self.shared.committer.change(split).await
    }

    /// Its data is gone for everybody at once, and from the file a little later.
    pub async fn delete_container(&self, database: &str, id: &str) -> Result<(), Failure> {
        let (database, id) = (database.to_owned(), id.to_owned());
        let delete = move |transaction: &_, state: &mut _| {
            containers::delete(transaction, state, &database, &id)
        };
        self.shared.committer.change(delete).await
    }

    /// Creates (`replace == false`, taken id = conflict) or replaces a stored procedure.
    pub async fn store_procedure(
        &self,
        container: &Container,
        id: &str,
        body: &str,
        replace: bool,
    ) -> Result<Procedure, Failure> {
        let (container, id, body) = (container.clone(), id.to_owned(), body.to_owned());
        let store = move |transaction: &_, state: &mut _| {
            procedures::store(transaction, state, &container, &id, &body, replace)
        };
        self.shared.committer.change(store).await
    }

    pub fn procedure(&self, container: &Container, id: &str) -> Result<Procedure, Failure> {
        let state = self.shared.catalogue.read();
        let found = state.entry(container)?.procedures.get(id);
        found.map(|found| Procedure::clone(found)).ok_or_else(|| procedures::not_found(id))
    }

    /// By name.
    pub fn procedures(&self, container: &Container) -> Result<Vec<Procedure>, Failure> {
        let state = self.shared.catalogue.read();
        let procedures = state.entry(container)?.procedures.values();
        Ok(procedures.map(|procedure| Procedure::clone(procedure)).collect())
    }

    pub async fn delete_procedure(&self, container: &Container, id: &str) -> Result<(), Failure> {
        let (container, id) = (container.clone(), id.to_owned());
        let delete = move |transaction: &_, state: &mut _| {
            procedures::delete(transaction, state, &container, &id)
        };
        self.shared.committer.change(delete).await
    }
}
