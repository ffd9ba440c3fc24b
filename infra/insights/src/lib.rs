//! Sends the spans of `tracing` to Application Insights.
//!
//! Use [`Insights::from_lookup`] once, when a program starts, add its [`layer`](Insights::layer) to the subscriber,
//! and [`close`](Insights::close) it at the end.
//!
//! # Layout
//!
//! - `connection`: what a connection string says.
//! - `client`: carries what the exporter wrote to where the string points, and says who we are.
//!
//! # Why this design
//!
//! Microsoft has no exporter for Rust. The agent that Container Apps offers takes traces over OTLP, but hands them to
//! Application Insights with a key only ([azure-container-apps#1340]), and there are no keys here. So the program
//! sends them itself: the exporter writes the requests, and the client under it adds an Entra ID token.
//!
//! # What it does not do
//!
//! Logs and metrics: Container Apps keeps what a program prints. An event outside of every span is not sent.
//!
//! [azure-container-apps#1340]: https://github.com/microsoft/azure-container-apps/issues/1340

mod client;
mod connection;

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_application_insights::Exporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

use client::Client;
use connection::Connection;

/// The variable that says where traces go.
pub const CONNECTION_STRING: &str = "APPLICATIONINSIGHTS_CONNECTION_STRING";

/// What was not sent yet when the program ends may take this long.
const LAST: Duration = Duration::from_secs(5);

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection string is none: copy it again.
    #[error(
        "{CONNECTION_STRING} {problem}: copy the connection string from the overview of the Application Insights \
         resource, InstrumentationKey=…;IngestionEndpoint=https://…, or unset the variable"
    )]
    ConnectionString {
        /// What is wrong with it, without its key.
        problem: String,
    },
    /// The environment names an identity that is none: see [`identity::Identity::find`].
    #[error("no identity for {CONNECTION_STRING}")]
    Identity(#[source] azure_core::Error),
    /// This machine cannot send over HTTPS.
    #[error("no HTTP client for {CONNECTION_STRING}")]
    Client(#[source] reqwest::Error),
}

/// Where traces go. Cheap to keep: they are sent by a thread of its own, in batches.
#[derive(Debug)]
pub struct Insights {
    provider: SdkTracerProvider,
}

impl Insights {
    /// Where [`CONNECTION_STRING`] points; `None` if it is not set. `program` is what the traces are filed under.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    ///
    /// # Panics
    ///
    /// There is no Tokio runtime.
    pub fn from_lookup(
        program: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Error> {
        let Some(text) = lookup(CONNECTION_STRING).filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let connection = Connection::parse(&text)?;
        let client = Client::new(&connection, &lookup)?;
        let exporter = Exporter::new_from_connection_string(&connection.text, client);
        let exporter = exporter.map_err(|error| Error::ConnectionString {
            problem: format!("is not valid, {error}"),
        })?;
        let provider = SdkTracerProvider::builder()
            .with_resource(Resource::builder().with_service_name(program.to_owned()).build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Some(Self { provider }))
    }

    /// What a subscriber needs to send its spans there.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        // Whoever reads a trace asks what happened; where in the code, the log says.
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("daybook"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
    }

    /// Sends what was not sent yet; after five seconds the rest is lost.
    pub async fn close(self) {
        // Waiting for that thread blocks, and what it waits for runs on this runtime.
        let closing = move || self.provider.shutdown_with_timeout(LAST);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(closing).await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
