//! The clauses of a query.

use std::cell::Cell;

use pest::iterators::{Pair, Pairs};
use serde_json::Value;

use super::super::subquery::SubqueryKind;
use super::super::syntax::{Expression, Query, Sort, Source, Step};
use super::expression::expression;
use super::term::{Names, steps, subquery, unknown};
use super::{Rule, SqlError, fault, next, not_implemented};

/// Bytes of memory that parameters may take, counted at each place that names one: each is a copy.
const MAX_PARAMETERS: usize = 16 * 1024 * 1024;

/// A query from its parse.
pub fn query(pair: Pair<'_, Rule>, parameters: &[(String, Value)]) -> Result<Query, SqlError> {
    let (budget, deepest) = (Cell::new(MAX_PARAMETERS), Cell::new(0));
    let names = Names {
        variables: Vec::new(),
        bound: 0,
        parameters,
        budget: &budget,
        deepest: &deepest,
        nested: false,
        aggregates: false,
    };
    inside(pair, names)
}

/// A query that sees what these names stand for. Two passes: what SELECT may say depends on FROM, which
/// follows it.
pub fn inside(pair: Pair<'_, Rule>, mut names: Names<'_>) -> Result<Query, SqlError> {
    let clauses: Vec<_> = pair.into_inner().collect();
    let from = clauses.iter().find(|clause| clause.as_rule() == Rule::from);
    let around = names.variables.len();
    let sources = from.map(|from| sources(from, &mut names)).transpose()?.unwrap_or_default();
    let own = &names.variables[around..];
    let select = match own {
        [(_, only)] => only.clone(),
        _ => Expression::Literal(None),
    };
    let mut query = Query {
        distinct: false,
        select,
        has_source: from.is_some(),
        sources,
        filter: None,
        group_by: Vec::new(),
        order_by: Vec::new(),
        offset: 0,
        limit: None,
    };
    let several = own.len() > 1;
    for clause in clauses {
        if clause.as_rule() == Rule::all && several {
            return Err(fault(
                &clause,
                "`SELECT *` is for a FROM without JOIN: name what you want",
            ));
        }
        add(&mut query, &clause, &names)?;
    }
    Ok(query)
}

fn add(query: &mut Query, clause: &Pair<'_, Rule>, names: &Names<'_>) -> Result<(), SqlError> {
    let rule = clause.as_rule();
    let mut parts = clause.clone().into_inner();
    match rule {
        Rule::distinct => query.distinct = true,
        Rule::top => query.limit = Some(count(&mut parts, names)?),
        Rule::all if !query.has_source => return Err(fault(clause, "`SELECT *` needs FROM")),
        Rule::value => query.select = expression(last(parts)?, &names.with_aggregates())?,
        Rule::fields => query.select = fields(parts, &names.with_aggregates())?,
        Rule::filter => query.filter = Some(expression(last(parts)?, names)?),
        Rule::group_by => {
            let keys = parts.filter(|part| part.as_rule() == Rule::expression);
            query.group_by = keys.map(|key| expression(key, names)).collect::<Result<_, _>>()?;
        }
        Rule::having => return not_implemented("HAVING"),
        Rule::order_by => {
            let items = parts.filter(|part| part.as_rule() == Rule::sort);
            query.order_by = items.map(|item| sort(item, names)).collect::<Result<_, _>>()?;
        }
        Rule::window => {
            if query.limit.is_some() {
                return Err(fault(clause, "TOP and OFFSET … LIMIT exclude each other"));
            }
            query.offset = count(&mut parts, names)?;
            query.limit = Some(count(&mut parts, names)?);
        }
        _ => {}
    }
    Ok(())
}

/// What FROM and JOIN bind. The first name of all is the container's, whatever it is.
fn sources(from: &Pair<'_, Rule>, names: &mut Names<'_>) -> Result<Vec<Source>, SqlError> {
    let mut sources = Vec::new();
    for part in from.clone().into_inner() {
        let source = match part.as_rule() {
            Rule::source => part,
            Rule::join => last(part.into_inner())?,
            _ => continue,
        };
        let inner = next(&mut source.clone().into_inner())?;
        let iterate = inner.as_rule() == Rule::iterate;
        let parts: Vec<_> = if iterate { inner.into_inner() } else { source.into_inner() }
            .filter(|part| !matches!(part.as_rule(), Rule::kw_as | Rule::kw_in))
            .collect();
        sources.extend(bound(&parts, iterate, names)?);
    }
    Ok(sources)
}

/// Binds one name; without a source if it is a mere name for what is bound already.
fn bound(
    parts: &[Pair<'_, Rule>],
    iterate: bool,
    names: &mut Names<'_>,
) -> Result<Vec<Source>, SqlError> {
    let part = |rule| parts.iter().find(|each| each.as_rule() == rule);
    let given = part(Rule::name).map(|name| name.as_str().to_owned());
    if let Some(nested) = part(Rule::nested) {
        return bound_results(nested, iterate, given, names);
    }
    let root = part(Rule::root);
    let root = root.ok_or_else(|| SqlError::Syntax("FROM needs a name".into()))?;
    let base = match names.variable(root.as_str().trim()) {
        Some(known) => known.clone(),
        None if names.variables.is_empty() && !names.nested => Expression::Document,
        None => return Err(unknown(root, names)),
    };
    let steps = steps(part(Rule::path), names)?;
    let implied = steps.last().map_or(Some(root.as_str().trim()), Step::name);
    let name = given.or(implied.map(str::to_owned));
    if steps.is_empty() && !iterate {
        names.variables.push((name.unwrap_or_default(), base));
        return Ok(Vec::new());
    }
    let of = if steps.is_empty() { base } else { Expression::Path { base: base.into(), steps } };
    names.bind(name);
    Ok(vec![Source { of, iterates: iterate }])
}

/// Binds each result of a subquery, or with IN each element of those that are arrays.
fn bound_results(
    nested: &Pair<'_, Rule>,
    iterate: bool,
    name: Option<String>,
    names: &mut Names<'_>,
) -> Result<Vec<Source>, SqlError> {
    if names.variables.is_empty() && !names.nested {
        return not_implemented("a subquery as the first of FROM");
    }
    let node = subquery(nested.clone(), SubqueryKind::Array, names)?;
    names.deepest.set(names.deepest.get().max(node.depth));
    let mut sources = vec![Source { of: node.tree, iterates: true }];
    if iterate {
        sources.push(Source { of: Expression::Variable(names.bound), iterates: true });
        names.bind(None);
    }
    names.bind(name);
    Ok(sources)
}

/// An object of the selected fields, named as the service names them.
fn fields(parts: Pairs<'_, Rule>, names: &Names<'_>) -> Result<Expression, SqlError> {
    let mut fields = Vec::new();
    let mut nameless = 0;
    for field in parts {
        let mut parts = field.into_inner();
        let first = next(&mut parts)?;
        let given = parts.find(|part| part.as_rule() == Rule::name);
        let value = expression(first, names)?;
        let name = match given {
            Some(name) => name.as_str().to_owned(),
            None => implied_name(&value, names).unwrap_or_else(|| {
                nameless += 1;
                format!("${nameless}")
            }),
        };
        fields.push((name, value));
    }
    Ok(Expression::Object(fields))
}

/// The last property of a path, or the alias of the document itself.
fn implied_name(value: &Expression, names: &Names<'_>) -> Option<String> {
    match value {
        Expression::Document | Expression::Variable(_) => {
            let known = names.variables.iter().rev().find(|(_, bound)| bound == value);
            known.map(|(name, _)| name.clone())
        }
        Expression::Path { steps, .. } => steps.last()?.name().map(str::to_owned),
        _ => None,
    }
}

fn sort(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Sort, SqlError> {
    let at = pair.clone();
    let mut parts = pair.into_inner();
    let by = expression(next(&mut parts)?, names)?;
    if !matches!(by, Expression::Path { .. }) {
        return Err(fault(&at, "ORDER BY takes properties, such as `c.version`"));
    }
    let descending = parts.next().is_some_and(|part| part.as_rule() == Rule::descending);
    Ok(Sort { by, descending })
}

fn count(parts: &mut Pairs<'_, Rule>, names: &Names<'_>) -> Result<u64, SqlError> {
    let is_count = |part: &Pair<'_, Rule>| matches!(part.as_rule(), Rule::number | Rule::parameter);
    let pair = parts.find(is_count).ok_or_else(|| SqlError::Syntax("a count is missing".into()))?;
    let value = match pair.as_rule() {
        Rule::parameter => names.parameter(&pair)?,
        _ => Value::Number(super::literal::number(&pair)?),
    };
    value.as_u64().ok_or_else(|| {
        fault(
            &pair,
            format_args!("TOP, OFFSET and LIMIT take a whole number from 0 on, not {value}"),
        )
    })
}

fn last(parts: Pairs<'_, Rule>) -> Result<Pair<'_, Rule>, SqlError> {
    parts.last().ok_or_else(|| SqlError::Syntax("an expression is missing".into()))
}
