//! The pages, and what they have in common.

pub mod home;
pub mod meter;
pub mod stream;

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use daybook::aggregates::field::InvalidField;
use daybook::aggregates::meter::Status;
use time::Date;
use uuid::Uuid;

use super::App;
use super::csrf::Csrf;
use super::extract::Filled;
use super::problem::Problem;
use crate::view::MeterView;
use crate::weeks::WeekTotals;

/// A form that was refused: what was typed, and what is wrong with it.
#[derive(Default)]
pub struct Attempt {
    /// Which of the page's forms.
    pub form: &'static str,
    pub typed: Filled,
    pub errors: Vec<InvalidField>,
    /// What is not about a field.
    pub refusal: Option<String>,
}

impl Attempt {
    pub fn refused(form: &'static str, typed: Filled, problem: &Problem) -> Self {
        let refusal = problem.fields.is_empty().then(|| problem.detail.clone());
        Self { form, typed, errors: problem.fields.clone(), refusal }
    }

    /// What was typed into a field of a form.
    fn typed(&self, form: &str, field: &str) -> &str {
        if self.form == form { self.typed.get(field) } else { "" }
    }

    /// What is wrong with a field of a form.
    fn error(&self, form: &str, field: &str) -> Option<&InvalidField> {
        self.errors.iter().find(|error| self.form == form && error.field == field)
    }

    /// What is wrong with a form besides these fields.
    fn others(&self, form: &str, fields: &[&str]) -> Vec<String> {
        let here = self.form == form;
        let errors = self.errors.iter().filter(|error| !fields.contains(&error.field.as_str()));
        let errors = errors.map(ToString::to_string).chain(self.refusal.clone());
        errors.filter(|_| here).collect()
    }
}

/// What every page carries.
struct Frame<'a> {
    place: &'a str,
    csrf: &'a str,
}

impl Frame<'_> {
    /// Names a command once per form, so that a form sent twice is one command.
    #[expect(clippy::unused_self, reason = "templates call methods of what they hold")]
    fn command_id(&self) -> Uuid {
        Uuid::new_v4()
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    problem: &'a Problem,
}

/// A failure, for somebody who looks at a browser.
pub fn problem(app: &App, problem: &Problem) -> Response {
    let page = ProblemPage { frame: Frame { place: &app.place, csrf: "" }, problem };
    let text = page.render().unwrap_or_else(|_| problem.detail.clone());
    (problem.status, Html(text)).into_response()
}

fn html(csrf: &Csrf, status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let mut response = (status, Html(page.render()?)).into_response();
    csrf.set(response.headers_mut());
    Ok(response)
}

fn daily(weeks: &[WeekTotals]) -> BTreeMap<Date, u64> {
    weeks.iter().flat_map(|week| week.days.clone()).collect()
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Unknown => "unknown",
        Status::Registered => "registered",
        Status::Active => "active",
        Status::Deregistered => "deregistered",
    }
}

fn address(meter: &MeterView) -> String {
    let known = meter.registration.as_ref();
    known.map_or(String::new(), |known| format!("{}, {}", known.postal_code, known.house_number))
}

fn district(meter: &MeterView) -> String {
    let known = meter.registration.as_ref();
    known.map_or(String::new(), |known| known.district.to_string())
}
