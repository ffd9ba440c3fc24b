//! The sample as its users meet it: through HTTP, over a store in memory and over an embedded Cosmos DB.

mod api;
mod bad_input;
mod client;
mod cockpit;
mod pages;
mod scenario;
#[cfg(all(unix, feature = "embedded"))]
mod stop;
mod together;
