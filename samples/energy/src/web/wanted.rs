//! Which meters somebody wants to see: `?status=&district=&sort=&limit=&after=`.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use cockpit::Problem;
use daybook::aggregates::field::InvalidField;
use daybook::projections::{Comparison, Error, Order, Question};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// A page has so many meters unless somebody asks for more, up to the limit.
const PAGE: u32 = 20;
const LIMIT: u32 = 500;

/// By what meters can be sorted, and the field of the view that holds it.
const SORTS: [(&str, &str); 5] = [
    ("meter_id", "meter"),
    ("status", "status"),
    ("district", "district"),
    ("version", "version"),
    ("recorded_at", "changed_at"),
];
const STATUSES: [&str; 3] = ["registered", "active", "deregistered"];

/// A question about meters, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only those with this status; empty for all.
    pub status: String,
    /// Only those of this district; empty for all.
    pub district: String,
    /// A name of [`SORTS`], with a hyphen before it for the greatest first; empty for `meter_id`.
    pub sort: String,
    /// So many to a page.
    pub limit: Option<u32>,
    /// The page after which this one comes.
    pub after: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    status: Option<String>,
    district: Option<String>,
    sort: Option<String>,
    limit: Option<String>,
    after: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state).await?;
        Self::check(asked).map_err(Problem::address)
    }
}

impl Wanted {
    fn check(asked: Asked) -> Result<Self, InvalidField> {
        // A form that was sent empty asks for nothing.
        let text = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        let wanted = Self {
            status: text(asked.status),
            district: text(asked.district).to_uppercase(),
            sort: text(asked.sort),
            limit: Some(text(asked.limit))
                .filter(|limit| !limit.is_empty())
                .map(|text| limit(&text))
                .transpose()?,
            after: Some(text(asked.after)).filter(|after| !after.is_empty()),
        };
        if !wanted.status.is_empty() && !STATUSES.contains(&&*wanted.status) {
            return Err(one_of("status", &STATUSES));
        }
        if wanted.district.chars().count() > 16 || wanted.district.chars().any(char::is_control) {
            return Err(InvalidField::new("district", "must be a district, such as 10"));
        }
        if wanted.sorted().is_none() {
            let names = SORTS.map(|(name, _)| name);
            let InvalidField { field, remedy } = one_of("sort", &names);
            let remedy = format!("{remedy}, with a hyphen before it for the greatest first");
            return Err(InvalidField { field, remedy });
        }
        Ok(wanted)
    }

    /// The question to the views.
    #[must_use]
    pub fn question(&self) -> Question {
        let (field, order) = self.sorted().unwrap_or(("meter", Order::Ascending));
        let question = Question::default().at_most(self.limit.unwrap_or(PAGE));
        let filters = [("status", &self.status), ("district", &self.district)];
        let filters = filters.into_iter().filter(|(_, value)| !value.is_empty());
        let question = filters.fold(question, |question, (field, value)| {
            question.and(field, Comparison::Equal, value.as_str())
        });
        let question = question.sorted_by(field, order);
        self.after.clone().into_iter().fold(question, Question::after)
    }

    /// Whether something is left out, or sorted otherwise than usual.
    #[must_use]
    pub fn is_special(&self) -> bool {
        !(self.status.is_empty() && self.district.is_empty() && self.sort.is_empty())
    }

    /// What is wrong if the views cannot answer: `after` may not be of this question.
    #[must_use]
    pub fn problem(error: Error) -> Problem {
        match error {
            Error::Page => Problem::address(InvalidField::new(
                "after",
                "is no page of this question: leave it out, or send it as `next` gave it",
            )),
            error => error.into(),
        }
    }

    /// The address of a page of the same question.
    #[must_use]
    pub fn address(&self, path: &str, after: Option<&str>) -> String {
        let limit = self.limit.map(|limit| limit.to_string()).unwrap_or_default();
        let fields = [
            ("status", &*self.status),
            ("district", &self.district),
            ("sort", &self.sort),
            ("limit", &limit),
            ("after", after.unwrap_or_default()),
        ];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = given
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }

    fn sorted(&self) -> Option<(&'static str, Order)> {
        let (name, order) = match self.sort.strip_prefix('-') {
            Some(name) => (name, Order::Descending),
            None if self.sort.is_empty() => ("meter_id", Order::Ascending),
            None => (&*self.sort, Order::Ascending),
        };
        let (_, field) = SORTS.into_iter().find(|(known, _)| *known == name)?;
        Some((field, order))
    }
}

fn limit(text: &str) -> Result<u32, InvalidField> {
    let number = text.parse().ok().filter(|number| (1..=LIMIT).contains(number));
    let remedy = || format!("must be a whole number from 1 to {LIMIT}");
    number.ok_or_else(|| InvalidField::new("limit", remedy()))
}

fn one_of(field: &str, names: &[&str]) -> InvalidField {
    InvalidField::new(field, format!("must be one of {}", names.join(", ")))
}
