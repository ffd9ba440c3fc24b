//! The commands that erase and tell: `energy forget`, `energy held`, `energy rewrap`.

use std::error::Error;

use clap::{Args, Subcommand, ValueEnum};
use daybook::aggregates::Context;
use daybook::aggregates::registration::MeterId;
use daybook::gdpr::erasure::Way;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::privacy::Privacy;
use crate::store::{Keyed, Store};

/// What to do instead of serving pages.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Forget the owner of a meter, or see what is left of them.
    Forget(Forget),
    /// Print everything that is held on the owner of a meter, as JSON.
    Held {
        /// The number on the meter.
        meter: String,
    },
    /// Bring all keys under the newest wrapping key.
    Rewrap,
}

/// Whom to forget, and how.
#[derive(Debug, Args)]
pub struct Forget {
    /// The number on the meter.
    meter: String,
    /// The way: erase the key, delete the stream, or remove the person outside of the events.
    #[arg(long, value_enum, default_value_t = Ways::Key)]
    way: Ways,
    /// Why, without a word about the person: it stays. Without a reason nothing is erased.
    #[arg(long, required_unless_present = "verify")]
    reason: Option<String>,
    /// Who does it.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Search every container for what is left.
    #[arg(long)]
    verify: bool,
    /// A text that should be nowhere, such as an address. May be repeated.
    #[arg(long, value_name = "TEXT", requires = "verify")]
    text: Vec<String>,
}

/// A way, as it is named on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Ways {
    Key,
    Stream,
    Person,
}

impl Command {
    /// Does it, and prints what came of it.
    ///
    /// # Errors
    ///
    /// It was not done, not altogether, or something is left.
    pub async fn run(&self, store: &Store, privacy: &Privacy) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Forget(forget) => forget.run(privacy).await,
            Self::Held { meter } => {
                let held = privacy.held(&MeterId::parse(meter)?, &now(None)).await?;
                println!("{}", serde_json::to_string_pretty(&held)?);
                Ok(())
            }
            Self::Rewrap => {
                println!("Keys that were wrapped anew: {}", store.keys().rewrap().await?);
                Ok(())
            }
        }
    }
}

impl Forget {
    async fn run(&self, privacy: &Privacy) -> Result<(), Box<dyn Error>> {
        let id = MeterId::parse(&self.meter)?;
        let way = match self.way {
            Ways::Key => Way::Key,
            Ways::Stream => Way::Stream,
            Ways::Person => Way::Person,
        };
        if let Some(reason) = &self.reason {
            privacy.forget(&id, way, reason, &now(self.by.clone())).await?;
            println!(
                "The owner of meter {id} is forgotten. Other processes notice within a minute."
            );
        }
        if !self.verify {
            return Ok(());
        }
        let left = privacy.left(&id, &[way], &self.text).await?;
        for left in &left {
            println!("{}: {} holds {}", left.container, left.id, left.what);
        }
        if !left.is_empty() {
            let remedy = "do it again; views that are built anew take a while";
            return Err(format!("documents with something left: {}: {remedy}", left.len()).into());
        }
        println!("Nothing is left in any container.");
        Ok(())
    }
}

fn now(actor: Option<String>) -> Context {
    Context { actor, ..Context::new(Uuid::new_v4().to_string(), OffsetDateTime::now_utc()) }
}
