//! Questions to views: filter, sort, page.

use std::num::NonZeroU32;

use azure_data_cosmos::feed::ContinuationToken;
use azure_data_cosmos::options::{MaxItemCountHint, QueryOptions};
use azure_data_cosmos::{CosmosError, FeedScope, Query};
use futures::TryStreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::generations::generation_name;
use crate::{CosmosDocuments, Error, Projection, ViewDocument, Views, sdk};

/// Which views, in what order, and how many at once. Fields are named by their path in the view, such as
/// `district` or `last.date`.
#[derive(Debug, Clone, Default)]
pub struct Question {
    filters: Vec<(String, Comparison, Value)>,
    key: String,
    parked: bool,
    sort: Option<(String, Order)>,
    limit: Option<NonZeroU32>,
    after: Option<String>,
}

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The field is the value.
    Equal,
    /// The field is the value or greater.
    AtLeast,
    /// The field is the value or less.
    AtMost,
    /// The field is a text that begins with the value.
    StartsWith,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    #[default]
    Ascending,
    /// Greatest first.
    Descending,
}

/// A page of an answer.
#[derive(Debug, Clone)]
pub struct Answer<V> {
    /// The views, each with its key.
    pub views: Vec<(String, V)>,
    /// Hand it to [`Question::after`] for the next page, which may be empty; `None` after a page that was not
    /// full.
    pub next: Option<String>,
}

/// A page of documents.
#[derive(Debug, Clone)]
pub struct Found<V> {
    /// The documents.
    pub views: Vec<ViewDocument<V>>,
    /// Hand it to [`Question::after`] for the next page.
    pub next: Option<String>,
}

impl Question {
    /// Only views where this holds. Views without the field are left out.
    #[must_use]
    pub fn and(mut self, field: &str, comparison: Comparison, value: impl Into<Value>) -> Self {
        self.filters.push((field.to_owned(), comparison, value.into()));
        self
    }

    /// Only views whose keys begin with this text.
    #[must_use]
    pub fn with_key(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.key);
        self
    }

    /// Only views that were given up.
    #[must_use]
    pub fn parked(mut self) -> Self {
        self.parked = true;
        self
    }

    /// By this field. Views without it are left out. Without a field it is by key. A time is sorted as the text
    /// that it is: write it with [`event_store::timestamp`].
    #[must_use]
    pub fn sorted_by(mut self, field: &str, order: Order) -> Self {
        self.sort = Some((field.to_owned(), order));
        self
    }

    /// At most so many views to a page; 0 leaves it to the service.
    #[must_use]
    pub fn at_most(mut self, views: u32) -> Self {
        self.limit = NonZeroU32::new(views);
        self
    }

    /// Goes on behind an earlier page of the same question.
    #[must_use]
    pub fn after(mut self, page: String) -> Self {
        self.after = Some(page);
        self
    }

    fn text(&self) -> Result<String, Error> {
        let there = if self.parked { "IS_DEFINED(c.parked)" } else { "NOT IS_NULL(c.view)" };
        let mut text = format!("SELECT * FROM c WHERE c.projection = @projection AND {there}");
        if !self.key.is_empty() {
            text += " AND STARTSWITH(c.key, @key)";
        }
        for (number, (field, comparison, _)) in self.filters.iter().enumerate() {
            let field = path(field)?;
            let condition = match comparison {
                Comparison::Equal => format!("{field} = @value{number}"),
                Comparison::AtLeast => format!("{field} >= @value{number}"),
                Comparison::AtMost => format!("{field} <= @value{number}"),
                Comparison::StartsWith => format!("STARTSWITH({field}, @value{number})"),
            };
            text = text + " AND " + &condition;
        }
        let (field, order) = match &self.sort {
            Some((field, order)) => (path(field)?, *order),
            None => ("c.key".to_owned(), Order::Ascending),
        };
        let order = match order {
            Order::Ascending => "ASC",
            Order::Descending => "DESC",
        };
        Ok(text + &format!(" AND IS_DEFINED({field}) ORDER BY {field} {order}"))
    }

    fn options(&self) -> QueryOptions {
        let mut options = QueryOptions::default();
        if let Some(limit) = self.limit {
            options = options.with_max_item_count(MaxItemCountHint::Limit(limit));
        }
        if let Some(token) = &self.after {
            options =
                options.with_continuation_token(ContinuationToken::from_string(token.clone()));
        }
        options
    }
}

impl<P: Projection> Views<P, CosmosDocuments>
where
    P::View: 'static,
{
    /// Asks the live views. A page may hold fewer views than asked for although there are more.
    ///
    /// # Errors
    ///
    /// A field is not a path of names, the earlier page is not one of this question, or Cosmos DB fails.
    pub async fn ask(&self, question: Question) -> Result<Answer<P::View>, Error> {
        let Some((number, _)) = self.live().await? else {
            return Ok(Answer { views: vec![], next: None });
        };
        let name = generation_name(P::NAME, number);
        let answer = ask::<P::View>(&self.documents, &name, question).await?;
        let views = answer.views.into_iter();
        let views = views.filter_map(|document| Some((document.key, document.view?)));
        Ok(Answer { views: views.collect(), next: answer.next })
    }
}

/// The documents that answer a question, for those who do not know the type of the views. `generation` is
/// `<projection>@<generation>`.
///
/// # Errors
///
/// A field is not a path of names, or Cosmos DB fails.
pub async fn ask<V: DeserializeOwned + Send + 'static>(
    documents: &CosmosDocuments,
    generation: &str,
    question: Question,
) -> Result<Found<V>, Error> {
    let goes_on = question.after.is_some();
    let failed = |error: CosmosError| {
        let refused = goes_on && error.status().is_bad_request();
        if refused { Error::Page } else { sdk::error(generation, error) }
    };
    let mut query =
        Query::from(question.text()?).with_parameter("@projection", generation).map_err(failed)?;
    if !question.key.is_empty() {
        query = query.with_parameter("@key", &question.key).map_err(failed)?;
    }
    for (number, (_, _, value)) in question.filters.iter().enumerate() {
        query = query.with_parameter(format!("@value{number}"), value).map_err(failed)?;
    }
    let (scope, options) = (FeedScope::full_container(), Some(question.options()));
    let found = documents.container.query_items::<ViewDocument<V>>(query, scope, options).await;
    let mut pages = found.map_err(failed)?.into_pages();
    while let Some(page) = pages.try_next().await.map_err(failed)? {
        let views = page.into_items();
        if !views.is_empty() {
            let full = question.limit.is_none_or(|limit| views.len() >= limit.get() as usize);
            let next = pages.to_continuation_token().map_err(failed)?.as_str().to_owned();
            return Ok(Found { views, next: full.then_some(next) });
        }
    }
    Ok(Found { views: vec![], next: None })
}

/// A field of the view, as the query names it. Names hold nothing that could end them.
fn path(field: &str) -> Result<String, Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_name = |name: &str| !name.is_empty() && name.chars().all(plain);
    if !field.split('.').all(is_name) {
        return Err(Error::Field(field.to_owned()));
    }
    Ok(format!("c.view.{field}"))
}
