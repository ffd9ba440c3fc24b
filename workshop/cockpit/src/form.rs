//! Forms: what was filled in on one of our pages, and what is wrong with it.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use daybook::aggregates::field::InvalidField;

use crate::{Csrf, Problem};

/// A form that was filled in on one of our pages.
#[derive(Debug, Default)]
pub struct Filled(BTreeMap<String, String>);

impl Filled {
    /// What was typed into a field; nothing is an empty text.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(csrf) = Csrf::from_request_parts(&mut parts, state).await;
        let Form(fields) = Form::from_request(Request::from_parts(parts, body), state).await?;
        let filled = Self(fields);
        if csrf.matches(filled.get("csrf")) {
            return Ok(filled);
        }
        let detail = "the form is not from a page of this program, or cookies are off: \
                      load the page again, then send it. Nothing was stored";
        Err(Problem::forbidden(detail))
    }
}

/// A form that was refused: what was typed, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Attempt {
    /// Which of the page's forms; none by default.
    pub form: &'static str,
    /// What was typed.
    pub typed: Filled,
    /// What is wrong with its fields.
    pub errors: Vec<InvalidField>,
    /// What is not about a field.
    pub refusal: Option<String>,
}

impl Attempt {
    /// A form that was refused for this reason.
    #[must_use]
    pub fn refused(form: &'static str, typed: Filled, problem: &Problem) -> Self {
        let refusal = problem.fields.is_empty().then(|| problem.detail.clone());
        Self { form, typed, errors: problem.fields.clone(), refusal }
    }

    /// What was typed into a field of a form.
    #[must_use]
    pub fn typed(&self, form: &str, field: &str) -> &str {
        if self.form == form { self.typed.get(field) } else { "" }
    }

    /// What is wrong with a field of a form.
    #[must_use]
    pub fn error(&self, form: &str, field: &str) -> Option<&InvalidField> {
        self.errors.iter().find(|error| self.form == form && error.field == field)
    }

    /// What is wrong with a form besides these fields.
    #[must_use]
    pub fn others(&self, form: &str, fields: &[&str]) -> Vec<String> {
        let here = self.form == form;
        let errors = self.errors.iter().filter(|error| !fields.contains(&error.field.as_str()));
        let errors = errors.map(ToString::to_string).chain(self.refusal.clone());
        errors.filter(|_| here).collect()
    }
}
