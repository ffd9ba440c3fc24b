//! Processors on a real Cosmos DB in this process: leases that are shared, taken over and halted.

mod support;

mod faults;
mod idle;
mod leases;
mod pages;
mod trouble;
