//! Creates what the specs name, or compares it.

use std::collections::BTreeSet;

use azure_data_cosmos::CosmosError;
use azure_data_cosmos::clients::{ContainerClient, DatabaseClient};
use azure_data_cosmos::models::{
    ContainerProperties, IndexingMode, IndexingPolicy, PartitionKeyDefinition, UniqueKey,
    UniqueKeyPolicy,
};

use crate::connect::Connection;
use crate::{ContainerSpec, Error, stored_procedure};

pub(crate) async fn provision(
    connection: &Connection,
    specs: &[ContainerSpec],
) -> Result<(), Error> {
    let database = connection
        .client
        .database_client(connection.database.clone());
    if connection.capabilities.management {
        ensure_database(connection, &database).await?;
    }
    for spec in specs {
        let container = match connection.container(spec.name).await? {
            Some(container) => container,
            None => create_container(connection, &database, spec).await?,
        };
        compare(&container, spec).await?;
        if connection.capabilities.management && connection.capabilities.procedures {
            for procedure in spec.procedures {
                stored_procedure::ensure(connection, spec.name, procedure).await?;
            }
        }
    }
    Ok(())
}

async fn ensure_database(connection: &Connection, database: &DatabaseClient) -> Result<(), Error> {
    let name = &connection.database;
    match database.read(None).await {
        Ok(_) => return Ok(()),
        Err(error) if error.status().is_not_found() => {}
        Err(error) => return Err(Error::service(format!("read database {name}"), error)),
    }
    let created = connection.client.create_database(name, None).await;
    unless_it_exists(created)
        .map_err(|error| Error::service(format!("create database {name}"), error))
}

async fn create_container(
    connection: &Connection,
    database: &DatabaseClient,
    spec: &ContainerSpec,
) -> Result<ContainerClient, Error> {
    if !connection.capabilities.management {
        let remedy =
            "Entra ID cannot create it: provision with Bicep (infra/azure), or set COSMOS_KEY";
        return Err(connection.missing(spec.name, remedy));
    }
    let created = database.create_container(properties(spec), None).await;
    unless_it_exists(created)
        .map_err(|error| Error::service(format!("create container {}", spec.name), error))?;
    let container = connection.container(spec.name).await?;
    container.ok_or_else(|| connection.missing(spec.name, "it was deleted meanwhile; start again"))
}

/// Somebody else created it between our look and our attempt: what we wanted.
fn unless_it_exists<T>(created: Result<T, CosmosError>) -> Result<(), CosmosError> {
    match created {
        Err(error) if !error.status().is_conflict() => Err(error),
        _ => Ok(()),
    }
}

fn properties(spec: &ContainerSpec) -> ContainerProperties {
    // Version 2 of the partition key's hash is the SDK's default.
    let key = PartitionKeyDefinition::from(spec.partition_key);
    let mut properties = ContainerProperties::new(spec.name, key);
    if !spec.unique_keys.is_empty() {
        let mut policy = UniqueKeyPolicy::default();
        for path in spec.unique_keys {
            policy = policy.with_unique_key(UniqueKey::default().with_path(*path));
        }
        properties = properties.with_unique_key_policy(policy);
    }
    if !spec.indexed.is_empty() {
        let mut policy = IndexingPolicy::default().with_indexing_mode(IndexingMode::Consistent);
        policy.automatic = true;
        for path in spec.indexed {
            policy = policy.with_included_path(*path);
        }
        properties = properties.with_indexing_policy(policy.with_excluded_path("/*"));
    }
    properties
}

/// Compares what can never be changed afterwards.
async fn compare(container: &ContainerClient, spec: &ContainerSpec) -> Result<(), Error> {
    let read = async { container.read(None).await?.into_model() };
    let found: ContainerProperties = read
        .await
        .map_err(|error| Error::service(format!("read container {}", spec.name), error))?;
    let paths: Vec<&str> = found
        .partition_key
        .paths()
        .iter()
        .map(AsRef::as_ref)
        .collect();
    if paths != [spec.partition_key] {
        return Err(mismatch(
            spec,
            "the partition key",
            &paths.join(", "),
            spec.partition_key,
        ));
    }
    let found = found.unique_key_policy.unwrap_or_default();
    let found: BTreeSet<String> = found
        .unique_keys
        .iter()
        .map(|key| key.paths.join(" + "))
        .collect();
    let expected: BTreeSet<String> = spec.unique_keys.iter().map(ToString::to_string).collect();
    if found != expected {
        return Err(mismatch(
            spec,
            "the unique keys",
            &list(&found),
            &list(&expected),
        ));
    }
    Ok(())
}

fn list(paths: &BTreeSet<String>) -> String {
    if paths.is_empty() {
        return "none".to_owned();
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    paths.join(", ")
}

fn mismatch(spec: &ContainerSpec, property: &'static str, found: &str, expected: &str) -> Error {
    Error::Mismatch {
        container: spec.name.to_owned(),
        property,
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}
