//! The document of a view: what the events added up to, and which pages are in it.

use std::collections::BTreeMap;

use aggregates::Recorded;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::{Page, Projection, ViewKey};

/// What an id must not hold, and the sign that stands for it.
const NOT_IN_IDS: &AsciiSet = &CONTROLS.add(b'/').add(b'\\').add(b'?').add(b'#').add(b'%');

/// A view as it is stored. It is never removed while its projection lives, or a worker that was late would
/// make it anew from half of its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ViewDocument<V> {
    /// `<projection>@<generation>:<key>`, with what ids cannot hold written as `%2F`.
    pub id: String,
    /// `<projection>@<generation>`.
    pub projection: String,
    /// The key.
    pub key: String,
    /// What the events added up to; `None` if that is nothing.
    pub view: Option<V>,
    /// By lease, the number of the last page that is in the view.
    pub checkpoint: BTreeMap<String, u64>,
    /// Set when the view was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
    /// The stream that it is of was deleted: it takes no more events, however late a worker comes with some.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

/// Why a view was given up. It stays as it was before this page; others go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// What went wrong.
    pub reason: String,
    /// The lease of the page that could not be applied.
    pub lease: String,
    /// Its number.
    pub page: u64,
}

/// The id of a view's document. `projection` is `<projection>@<generation>`.
#[must_use]
pub fn view_id(projection: &str, key: &ViewKey) -> String {
    format!("{projection}:{}", utf8_percent_encode(key.as_str(), NOT_IN_IDS))
}

impl<V> ViewDocument<V> {
    /// A view that no event has reached.
    #[must_use]
    pub fn new(projection: &str, key: &ViewKey) -> Self {
        Self {
            id: view_id(projection, key),
            projection: projection.to_owned(),
            key: key.to_string(),
            view: None,
            checkpoint: BTreeMap::new(),
            parked: None,
            ended: false,
        }
    }

    /// What is put in the place of a view whose stream was deleted, also of one that no event has reached yet.
    #[must_use]
    pub fn ended(projection: &str, key: &ViewKey) -> Self {
        Self { ended: true, ..Self::new(projection, key) }
    }

    /// Applies the events that a page holds for this view, unless the page is in it. Answers whether there is
    /// something to save.
    pub fn fold<P: Projection<View = V>>(
        &mut self,
        page: &Page,
        events: &[&Recorded<P::Event>],
    ) -> bool {
        //@ step 1: apply the events, unless the checkpoint says that the page is in the view; then move the checkpoint
        if self.holds(page) {
            return false;
        }
        for event in events {
            P::apply(&mut self.view, event);
        }
        self.checkpoint.insert(page.lease.clone(), page.number);
        true
        //@ end
    }

    /// Passes over a page, since the view was given up. The checkpoint moves on, so that whoever rebuilds the
    /// view meanwhile notices.
    pub(crate) fn pass_over(&mut self, page: &Page) -> bool {
        let new = !self.holds(page);
        if new {
            self.checkpoint.insert(page.lease.clone(), page.number);
        }
        new
    }

    /// Whether the page is in the view.
    fn holds(&self, page: &Page) -> bool {
        self.checkpoint.get(&page.lease).is_some_and(|last| *last >= page.number)
    }
}
