//! What a process says of itself: a log for whoever reads along, and traces for Application Insights.
//!
//! One correlation id is in both: at a request, its command, the views that its events changed, and the messages that
//! were taken because of it.

use std::error::Error;
use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

type Layered = Box<dyn Layer<Registry> + Send + Sync>;

/// What is said, until it is closed.
pub struct Telling {
    traces: Traces,
}

impl Telling {
    /// Writes a log to standard error, as `RUST_LOG` says, and sends traces where
    /// `APPLICATIONINSIGHTS_CONNECTION_STRING` says, in programs that have the feature `insights`. `process` tells
    /// the processes of this program apart.
    ///
    /// # Errors
    ///
    /// The connection string is none.
    ///
    /// # Panics
    ///
    /// Something else writes a log already, or there is no Tokio runtime.
    pub fn start(
        process: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Box<dyn Error>> {
        let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
        let colours = std::io::stderr().is_terminal() && lookup("NO_COLOR").is_none();
        let log = fmt::layer().with_ansi(colours).with_writer(std::io::stderr).with_filter(wanted);
        let (traces, layer) = Traces::open(process, &lookup)?;
        tracing_subscriber::registry().with(layer).with(log).init();
        #[cfg(not(feature = "insights"))]
        if lookup("APPLICATIONINSIGHTS_CONNECTION_STRING").is_some() {
            tracing::warn!("no traces are sent: build energy with the feature insights");
        }
        Ok(Self { traces })
    }

    /// Sends what was not sent yet.
    pub async fn close(self) {
        self.traces.close().await;
    }
}

#[cfg(feature = "insights")]
struct Traces(Option<insights::Insights>);

#[cfg(feature = "insights")]
impl Traces {
    /// Whose spans are traces. Nobody asks for those of libraries, and sending the sender's own would never end.
    const OF: [&str; 8] = [
        "aggregates",
        "cockpit",
        "energy",
        "gdpr",
        "integration_events",
        "projections",
        "service_bus",
        "snapshots",
    ];

    fn open(
        process: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, Option<Layered>), Box<dyn Error>> {
        let insights = insights::Insights::from_lookup(&format!("energy-{process}"), lookup)?;
        let ours = Self::OF.map(|name| (name, tracing::Level::DEBUG));
        let ours = tracing_subscriber::filter::Targets::new().with_targets(ours);
        let layer = insights.as_ref().map(|it| it.layer().with_filter(ours).boxed());
        Ok((Self(insights), layer))
    }

    async fn close(self) {
        if let Some(insights) = self.0 {
            insights.close().await;
        }
    }
}

#[cfg(not(feature = "insights"))]
struct Traces;

#[cfg(not(feature = "insights"))]
impl Traces {
    #[expect(clippy::unnecessary_wraps, reason = "with the feature, it may fail")]
    fn open(
        _: &str,
        _: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, Option<Layered>), Box<dyn Error>> {
        Ok((Self, None))
    }

    #[expect(clippy::unused_async, reason = "with the feature, it takes a while")]
    async fn close(self) {}
}
