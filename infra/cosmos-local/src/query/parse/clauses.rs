//! The clauses of a query.

use std::cell::Cell;

use pest::iterators::{Pair, Pairs};
use serde_json::Value;

use super::super::syntax::{Expression, Query, Sort};
use super::expression::expression;
use super::term::Names;
use super::{Rule, SqlError, fault, next, not_implemented};

/// Bytes of memory that parameters may take, counted at each place that names one: each is a copy.
const MAX_PARAMETERS: usize = 16 * 1024 * 1024;

/// A query from its parse. Two passes: what SELECT may say depends on FROM, which follows it.
pub fn query(pair: Pair<'_, Rule>, parameters: &[(String, Value)]) -> Result<Query, SqlError> {
    let clauses: Vec<_> = pair.into_inner().collect();
    let from = clauses.iter().find(|clause| clause.as_rule() == Rule::from);
    let alias = from.map(|from| alias(from.clone())).transpose()?;
    let budget = Cell::new(MAX_PARAMETERS);
    let names = Names { alias, parameters, budget: &budget, aggregates: false };
    let mut query = Query {
        distinct: false,
        select: Expression::Document,
        has_source: from.is_some(),
        filter: None,
        group_by: Vec::new(),
        order_by: Vec::new(),
        offset: 0,
        limit: None,
    };
    for clause in clauses {
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

/// The name of the document in the query.
fn alias(from: Pair<'_, Rule>) -> Result<String, SqlError> {
    let mut parts = from.into_inner().filter(|part| part.as_rule() != Rule::kw_from);
    let source = parts.next();
    if parts.next().is_some() {
        return not_implemented("JOIN");
    }
    let mut alias = None;
    for part in source.into_iter().flat_map(Pair::into_inner) {
        match part.as_rule() {
            Rule::nested => return not_implemented("a subquery"),
            Rule::iterate => return not_implemented("IN in FROM"),
            Rule::path if part.clone().into_inner().next().is_some() => {
                return not_implemented("a path in FROM");
            }
            Rule::root | Rule::name => alias = Some(part.as_str().trim().to_owned()),
            _ => {}
        }
    }
    alias.ok_or_else(|| SqlError::Syntax("FROM needs a name".into()))
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
        Expression::Document => names.alias.clone(),
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
