//! How a script names its collection and the documents in it: by resource ids or by names.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::Host;
use super::request::Problem;
use crate::engine::{Failure, Kind};
use crate::query::Request;

/// The links of one call.
pub(super) struct Links {
    own: String,
    alt: String,
    /// Ids by the `_self` of the documents that the script has met.
    met: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow, rename = "_self")]
    link: Cow<'a, str>,
}

impl Links {
    pub(super) fn new(own: &str, alt: &str) -> Self {
        Self {
            own: own.into(),
            alt: alt.into(),
            met: HashMap::new(),
        }
    }

    pub(super) fn learn(&mut self, document: &str) {
        if let Ok(Identity { id, link }) = serde_json::from_str(document) {
            self.met.insert(link.into_owned(), id.into_owned());
        }
    }

    pub(super) fn learn_value(&mut self, document: &Value) {
        if let (Some(id), Some(link)) = (document["id"].as_str(), document["_self"].as_str()) {
            self.met.insert(link.into(), id.into());
        }
    }

    /// Checks that the link is this collection's.
    pub(super) fn collection(&self, link: &str) -> Result<(), Problem> {
        if link == self.own || link == self.alt {
            return Ok(());
        }
        Err(Problem::invalid(format!(
            "link '{link}' is not this collection's; use getSelfLink() or getAltLink()"
        )))
    }

    /// The id of the document that the link names.
    pub(super) fn document<H: Host>(&mut self, link: &str, host: &H) -> Result<String, Problem> {
        let by_name = link
            .strip_prefix(&self.alt)
            .and_then(|rest| rest.strip_prefix("/docs/"))
            .filter(|id| !id.is_empty() && !id.contains('/'));
        if let Some(id) = by_name {
            return Ok(id.into());
        }
        let by_rid = link
            .strip_prefix(&self.own)
            .and_then(|rest| rest.strip_prefix("docs/"));
        if by_rid.is_some_and(|rid| !rid.is_empty()) {
            return Ok(self.resolve(link, host)?);
        }
        Err(Problem::invalid(format!(
            "link '{link}' is not a document's in this collection; \
             use its _self, or getAltLink() + '/docs/' + id"
        )))
    }

    /// A `_self` that came with the arguments has to be looked for.
    fn resolve<H: Host>(&mut self, link: &str, host: &H) -> Result<String, Failure> {
        if !self.met.contains_key(link) {
            let page = host.query(&Request {
                text: "SELECT * FROM c WHERE c._self = @self".into(),
                parameters: vec![("@self".into(), link.into())],
                ..Request::default()
            })?;
            page.results
                .iter()
                .for_each(|found| self.learn_value(found));
        }
        let id = self.met.get(link).cloned();
        id.ok_or_else(|| Failure::NotFound {
            kind: Kind::Document,
            id: link.into(),
        })
    }
}
