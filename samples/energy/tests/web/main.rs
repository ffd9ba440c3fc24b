//! The sample as its users meet it: through HTTP, over an embedded Cosmos DB.

mod api;
mod bad_input;
mod bus;
mod client;
mod cockpit;
mod pages;
mod privacy;
mod scenario;
#[cfg(unix)]
mod stop;
mod together;
mod views;
