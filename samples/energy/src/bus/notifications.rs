//! Notifications: the text that somebody is sent when a meter is activated.

use daybook::cosmos::ContainerSpec;
use daybook::integration_events::meters::Notice;
use daybook::integration_events::{Subscriber, Told};
use daybook::projections::Source;
use serde::{Deserialize, Serialize};

/// What notifications keeps is its own.
pub const NOTIFICATIONS: ContainerSpec = ContainerSpec {
    name: "notifications",
    partition_key: "/id",
    unique_keys: &[],
    indexed: &["/id/?"],
    procedures: &[],
};

/// Writes texts.
pub struct Notifications;

/// The texts about a meter.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// The oldest first.
    pub texts: Vec<Text>,
}

/// A text to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The message that it is about: whoever sends the text can tell a repetition by it.
    pub id: String,
    /// What it says.
    pub text: String,
}

impl Subscriber for Notifications {
    const NAME: &'static str = "notifications";
    type Event = Notice;
    type State = Texts;

    fn apply(&self, texts: &mut Texts, told: &Told<Notice>) -> Result<(), Source> {
        if let Notice::MeterActivated { district } = &told.event {
            let meter = told.stream.id();
            let text = format!("Your meter {meter} in district {district} delivers readings now.");
            texts.texts.push(Text { id: told.id.clone(), text });
        }
        Ok(())
    }
}
