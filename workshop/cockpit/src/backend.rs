//! Where the events are, and what cannot be done there.

use daybook::cosmos::{Cosmos, Place, Settings};

/// What charges are counted in without an account: units of a model.
const MODEL: &str = "RU (model)";

/// Where the events are, in words.
#[derive(Debug, Clone)]
pub struct Backend {
    /// The place, such as `Cosmos DB inside this program`.
    pub place: String,
    /// How events are appended there.
    pub appends: &'static str,
    /// What its charges mean.
    pub charges: &'static str,
    /// What charges are counted in.
    pub unit: &'static str,
    /// What cannot be done there, a sentence each.
    pub cannot: Vec<&'static str>,
}

impl Backend {
    /// The Cosmos DB that a program is connected to.
    #[must_use]
    pub fn new(settings: &Settings, cosmos: &Cosmos) -> Self {
        let can = cosmos.capabilities();
        // On this machine nobody pays: what is reported there is a model's.
        let local = cosmos.endpoint().starts_with("http:");
        Self {
            place: place(settings, cosmos),
            appends: if can.procedures {
                "appends by stored procedure"
            } else {
                "appends by transactional batch, since procedures do not run there"
            },
            charges: match (can.charges, local) {
                (false, _) => "charges are not reported there",
                (true, true) => "charges are a model’s",
                (true, false) => "charges as reported",
            },
            unit: if local { MODEL } else { "RU" },
            cannot: cannot(settings, cosmos, local),
        }
    }

    /// All of it in a line, for the foot of a page.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} · {} · {}", self.place, self.appends, self.charges)
    }
}

fn place(settings: &Settings, cosmos: &Cosmos) -> String {
    match &settings.place {
        Place::Embedded { data: Some(folder) } => {
            format!("Cosmos DB inside this program, data in {}", folder.display())
        }
        Place::Embedded { data: None } => {
            "Cosmos DB inside this program, in memory: gone when it ends".to_owned()
        }
        Place::Endpoint { .. } => format!("Cosmos DB at {}", cosmos.endpoint()),
    }
}

fn cannot(settings: &Settings, cosmos: &Cosmos, local: bool) -> Vec<&'static str> {
    let can = cosmos.capabilities();
    let embedded = matches!(settings.place, Place::Embedded { .. });
    let limits = [
        (embedded, "Be shared: it is inside this program. Several processes share a cosmos-local."),
        (embedded, "Run triggers or functions of one's own: it answers 501."),
        (local, "Replicate: there is one machine, and nothing is kept elsewhere."),
        (local && can.charges, "Charge: its request units are a model’s, not an invoice’s."),
        (!can.procedures, "Run stored procedures: a batch takes at most 99 events at once."),
        (!can.charges, "Report request charges: they are shown as zero."),
        (!can.management, "Create containers with this program’s credential: deploy them first."),
    ];
    limits.into_iter().filter(|(holds, _)| *holds).map(|(_, limit)| limit).collect()
}
