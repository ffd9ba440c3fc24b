//! The rules of a subscription: which messages it gets a copy of. Knows neither storage nor HTTP.

mod correlation;
mod sql;

use crate::clock::Millis;
use crate::config::{FilterType, Rule};
use crate::message::Properties;
use correlation::Correlation;
use sql::Filter;

/// The rules of one subscription, ready to be asked.
#[derive(Debug)]
pub struct Rules(Vec<Test>);

#[derive(Debug)]
enum Test {
    Correlation(Correlation),
    Sql(Filter),
}

/// What rules see of a message.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub properties: &'a Properties,
    pub enqueued_at: Millis,
}

impl Rules {
    /// No rules: every message.
    pub fn everything() -> Self {
        Self(Vec::new())
    }

    /// Reads rules; the error says which one cannot be used, and why.
    pub fn compile(rules: &[Rule]) -> Result<Self, String> {
        let compile = |rule: &Rule| {
            Test::compile(rule).map_err(|reason| format!("rule '{}': {reason}", rule.name))
        };
        rules.iter().map(compile).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the message belongs to the subscription: it has no rules, or any of them says so.
    pub fn match_any(&self, subject: Subject<'_>) -> bool {
        self.0.is_empty() || self.0.iter().any(|test| test.matches(subject))
    }
}

impl Test {
    fn compile(rule: &Rule) -> Result<Self, String> {
        let properties = &rule.properties;
        if properties.action.is_some() {
            return Err("Action is not implemented; leave it out".to_owned());
        }
        match (properties.filter_type, &properties.correlation_filter, &properties.sql_filter) {
            (FilterType::Correlation, Some(filter), None) => {
                Correlation::compile(filter).map(Self::Correlation)
            }
            (FilterType::Sql, None, Some(filter)) => {
                Filter::parse(&filter.sql_expression).map(Self::Sql)
            }
            (FilterType::Correlation, ..) => {
                Err("a Correlation rule has a CorrelationFilter and nothing else".to_owned())
            }
            (FilterType::Sql, ..) => Err("a Sql rule has a SqlFilter and nothing else".to_owned()),
        }
    }

    fn matches(&self, subject: Subject<'_>) -> bool {
        match self {
            Self::Correlation(correlation) => correlation.matches(subject.properties),
            // What is neither true nor false does not match.
            Self::Sql(filter) => filter.evaluate(subject) == Some(true),
        }
    }
}

#[cfg(test)]
mod tests;
