//! Connects to Cosmos DB wherever it is: inside this process, a `cosmos-local`, an emulator, or Azure.
//!
//! Use it to open containers with the official SDK, to provision them, and to call stored procedures,
//! which the SDK cannot do yet (azure-sdk-for-rust#5141).
//!
//! # Layout
//!
//! - [`settings`](Settings): where Cosmos DB is, from the environment.
//! - [`connect`](Cosmos): one client for every place, and what the place can do.
//! - [`provision`](ContainerSpec): databases, containers and procedures, created or compared.
//! - [`procedure`](Procedure): a stored procedure called over REST, never retried blindly.
//!
//! # Why this design
//!
//! A module says what it needs as a [`ContainerSpec`]; where that runs is decided once, at start. Nothing
//! else in the kit knows an endpoint or a key.

mod account;
mod answer;
mod capabilities;
mod connect;
mod credential;
mod error;
mod procedure;
mod provision;
mod rest;
mod settings;
mod sign;
mod site;
mod spec;
mod stored_procedure;
mod variables;

pub use capabilities::Capabilities;
pub use connect::Cosmos;
pub use error::Error;
pub use procedure::{Executed, Procedure, ProcedureError};
pub use settings::{Place, Settings, SettingsError};
pub use spec::{ContainerSpec, ProcedureSpec};
