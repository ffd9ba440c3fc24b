//! Connects to Cosmos DB wherever it is: inside this process, a `cosmos-local`, an emulator, or Azure.
//!
//! Use it to open containers with the official SDK, to provision them, and to call stored procedures,
//! which the SDK cannot do yet (azure-sdk-for-rust#5141).
//!
//! # Layout
//!
//! - `settings`, `variables`: where Cosmos DB is, from the environment, and what each variable may hold.
//! - `connect`, `site`, `account`, `capabilities`: one client for every place, and what the place can do.
//! - `spec`, `provision`, `stored_procedure`: databases, containers and procedures, created or compared.
//! - `procedure`, `answer`: a stored procedure called over REST, and what each answer means.
//! - `rest`, `sign`, `credential`: signed requests, each sent exactly once.
//!
//! # Why this design
//!
//! A module says what it needs as a [`ContainerSpec`]; where that runs is decided once, at start. Nothing
//! else in the kit knows an endpoint or a key.
//!
//! The SDK re-sends writes whose answer was lost. A procedure call is not the SDK's to repeat: only its caller
//! knows whether doing it twice is doing it once, so an unknown outcome is told as such
//! ([`ProcedureError::Unknown`]).
//!
//! # What it does not do
//!
//! It wraps no reads, writes or queries: those are the SDK's. It changes no container that exists, and with
//! Entra ID it creates nothing: there, Bicep does.

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
pub use error::{Error, forbidden};
pub use procedure::{Executed, Procedure, ProcedureError};
pub use settings::{Place, Settings, SettingsError};
pub use spec::{ContainerSpec, ProcedureSpec};
