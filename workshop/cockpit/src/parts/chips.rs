//! Small words with a meaning: how something stands, and up to where a view is.

use std::collections::BTreeMap;

use askama::Template;

use crate::model::Standing;

/// How a reader of the feed stands, in a word: `live`, `behind 120 events`, `parked 2`.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<span class="word {{ class }}">{{ word }}</span>{% if let Some(why) = why %} <span class="note">{{ why }}</span>{% endif %}"#
)]
pub struct StatusWord {
    class: &'static str,
    word: String,
    why: Option<String>,
}

impl From<&Standing> for StatusWord {
    fn from(standing: &Standing) -> Self {
        let (class, word) = match standing {
            Standing::NotRun => ("behind", "not run yet".to_owned()),
            Standing::Live => ("live-now", "live".to_owned()),
            Standing::Behind(1) => ("behind", "behind 1 event".to_owned()),
            Standing::Behind(events) => ("behind", format!("behind {events} events")),
            Standing::Parked(views) => ("parked", format!("parked {views}")),
            Standing::Rebuilding => ("behind", "rebuilding".to_owned()),
            Standing::Halted(_) => ("halted", "halted".to_owned()),
        };
        let why = if let Standing::Halted(why) = standing { Some(why.clone()) } else { None };
        Self { class, word, why }
    }
}

/// The last page applied to a view, by lease.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<span class="chip view">{% if pages.is_empty() %}no page applied yet{% else %}applied up to {% for (lease, page) in pages %}{% if !loop.first %}, {% endif %}page {{ page }} of lease {{ lease }}{% endfor %}{% endif %}</span>"#
)]
pub struct Checkpoint {
    pages: BTreeMap<String, u64>,
}

impl Checkpoint {
    /// The checkpoint of a view.
    #[must_use]
    pub fn new(pages: BTreeMap<String, u64>) -> Self {
        Self { pages }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(standing: &Standing) -> String {
        StatusWord::from(standing).word
    }

    #[test]
    fn a_standing_is_a_word() {
        assert_eq!(word(&Standing::Live), "live");
        assert_eq!(word(&Standing::Behind(120)), "behind 120 events");
        assert_eq!(word(&Standing::Behind(1)), "behind 1 event");
        assert_eq!(word(&Standing::Parked(2)), "parked 2");
    }

    #[test]
    fn a_halted_reader_says_why() {
        let shown = StatusWord::from(&Standing::Halted("meter:1:3 <cannot> be read".to_owned()));
        assert!(shown.to_string().contains("meter:1:3 &#60;cannot&#62; be read"));
    }

    #[test]
    fn a_checkpoint_names_each_lease_with_its_page() {
        let pages = [("00-20".to_owned(), 7), ("20-40".to_owned(), 3)];
        let chip = Checkpoint::new(BTreeMap::from(pages)).to_string();
        assert!(
            chip.contains("applied up to page 7 of lease 00-20, page 3 of lease 20-40"),
            "{chip}"
        );
    }
}
