//! The text of a query clause by clause, for what is written anew from it.

use pest::Parser;
use pest::iterators::Pair;

use super::{Rule, Sql, SqlError, message};

/// The clauses of a query as they stand in its text, without their keywords.
#[derive(Debug, Default)]
pub struct Outline<'t> {
    /// SELECT up to FROM.
    pub head: &'t str,
    /// What is selected: one expression after VALUE, or one for each field; none for `*`.
    pub selected: Vec<&'t str>,
    /// Whether it is selected with VALUE.
    pub has_value: bool,
    /// Whether it has OFFSET and LIMIT.
    pub has_window: bool,
    /// With FROM.
    pub from: &'t str,
    /// The first name of FROM, if it stands for the whole document.
    pub root: Option<&'t str>,
    pub filter: Option<&'t str>,
    pub group_by: Vec<&'t str>,
    pub order_by: Vec<&'t str>,
}

/// Takes a query apart that was parsed before, so its nesting is bounded.
pub fn outline(text: &str) -> Result<Outline<'_>, SqlError> {
    let mut pairs = Sql::parse(Rule::statement, text).map_err(|error| message::of(text, &error))?;
    let mut outline = Outline::default();
    for clause in pairs.next().into_iter().flat_map(Pair::into_inner) {
        let rule = clause.as_rule();
        let whole = clause.as_str().trim();
        match rule {
            Rule::value | Rule::filter | Rule::group_by => {
                let expressions = texts(clause, Rule::expression);
                match rule {
                    Rule::value => {
                        outline.has_value = true;
                        outline.selected = expressions;
                    }
                    Rule::filter => outline.filter = expressions.first().copied(),
                    _ => outline.group_by = expressions,
                }
            }
            Rule::fields => {
                let firsts = clause.into_inner().filter_map(|field| field.into_inner().next());
                outline.selected = firsts.map(|part| text_of(&part)).collect();
            }
            Rule::from => {
                outline.from = whole;
                outline.head = text[..clause.as_span().start()].trim();
                outline.root = root(clause);
            }
            Rule::window => outline.has_window = true,
            Rule::order_by => {
                let sorts = clause.into_inner().filter(|part| part.as_rule() == Rule::sort);
                outline.order_by = sorts
                    .filter_map(|sort| sort.into_inner().next())
                    .map(|part| text_of(&part))
                    .collect();
            }
            _ => {}
        }
    }
    Ok(outline)
}

fn texts(pair: Pair<'_, Rule>, rule: Rule) -> Vec<&str> {
    pair.into_inner().filter(|part| part.as_rule() == rule).map(|part| text_of(&part)).collect()
}

fn text_of<'t>(pair: &Pair<'t, Rule>) -> &'t str {
    pair.as_str().trim()
}

/// The name that the first source gives the whole document.
fn root(from: Pair<'_, Rule>) -> Option<&str> {
    let source = from.into_inner().find(|part| part.as_rule() == Rule::source)?;
    let mut name = None;
    for part in source.into_inner() {
        match part.as_rule() {
            Rule::root | Rule::name => name = Some(text_of(&part)),
            Rule::path if part.as_str().trim().is_empty() => {}
            Rule::kw_as => {}
            _ => return None,
        }
    }
    name
}
