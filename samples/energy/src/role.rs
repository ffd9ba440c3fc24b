//! What a process of this program does: `web`, `worker`, or all of it.

use clap::ValueEnum;

/// What a process does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Serves pages and the API, and folds no views.
    Web,
    /// Folds views, and serves nothing but `/health`.
    Worker,
    /// Both.
    #[default]
    All,
}

impl Role {
    /// The role as the option names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Worker => "worker",
            Self::All => "all",
        }
    }

    /// Whether it serves pages and the API.
    #[must_use]
    pub fn serves(self) -> bool {
        self != Self::Worker
    }

    /// Whether it folds views.
    #[must_use]
    pub fn works(self) -> bool {
        self != Self::Web
    }
}
