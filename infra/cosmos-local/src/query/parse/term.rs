//! What operators apply to: names, literals, calls, and paths into them.

use std::cell::Cell;

use pest::iterators::{Pair, Pairs};
use serde_json::Value;

use super::super::aggregate::Aggregate;
use super::super::functions::Function;
use super::super::group::Grouping;
use super::super::subquery::{Subquery, SubqueryKind};
use super::super::syntax::{Expression, Step};
use super::super::weight::weight;
use super::expression::{Node, build};
use super::{Rule, SqlError, clauses, fault, literal, next, not_implemented};

/// What the names in an expression stand for.
#[derive(Clone)]
pub struct Names<'a> {
    /// What is bound here and around, the innermost last.
    pub variables: Vec<(String, Expression)>,
    /// How many sources are bound.
    pub bound: usize,
    pub parameters: &'a [(String, Value)],
    /// What the parameters may still weigh, at every place that names one.
    pub budget: &'a Cell<usize>,
    /// The depth of the deepest expression of the query.
    pub deepest: &'a Cell<usize>,
    /// Whether this is a query inside another: no name in it is the container's.
    pub nested: bool,
    /// Whether aggregates may stand here.
    pub aggregates: bool,
}

impl Names<'_> {
    pub fn with_aggregates(&self) -> Self {
        Self { aggregates: true, ..self.clone() }
    }

    /// Counts another source, and names what it binds.
    pub fn bind(&mut self, name: Option<String>) {
        let variable = Expression::Variable(self.bound);
        self.variables.extend(name.map(|name| (name, variable)));
        self.bound += 1;
    }

    pub fn variable(&self, name: &str) -> Option<&Expression> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, bound)| bound)
    }

    pub fn parameter(&self, pair: &Pair<'_, Rule>) -> Result<Value, SqlError> {
        let given = self.parameters.iter().find(|(name, _)| name == pair.as_str());
        let missing = || fault(pair, format_args!("the parameter {} has no value", pair.as_str()));
        let (name, value) = given.ok_or_else(missing)?;
        let left = self.budget.get().checked_sub(weight(value));
        let left = left.ok_or_else(|| {
            fault(pair, format_args!("{name} makes the parameters too large: name it less often"))
        })?;
        self.budget.set(left);
        Ok(value.clone())
    }
}

/// A value with the path into it.
pub fn term(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let mut parts = pair.into_inner();
    let base = primary(next(&mut parts)?, names)?;
    let (mut steps, mut depth) = (Vec::new(), base.depth);
    for part in parts.flat_map(Pair::into_inner) {
        let (step, step_depth) = step(part, names)?;
        depth = depth.max(step_depth);
        steps.push(step);
    }
    if steps.is_empty() {
        return Ok(base);
    }
    let tree = match base.tree {
        Expression::Path { base, steps: mut first } => {
            first.append(&mut steps);
            Expression::Path { base, steps: first }
        }
        base => Expression::Path { base: Box::new(base), steps },
    };
    Ok(Node { tree, depth: depth + 1 })
}

/// The steps of a path in FROM.
pub fn steps(path: Option<&Pair<'_, Rule>>, names: &Names<'_>) -> Result<Vec<Step>, SqlError> {
    let parts = path.into_iter().flat_map(|path| path.clone().into_inner());
    let step = |part| {
        let (step, depth) = step(part, names)?;
        names.deepest.set(names.deepest.get().max(depth + 1));
        Ok(step)
    };
    parts.map(step).collect()
}

fn step(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<(Step, usize), SqlError> {
    let is_index = pair.as_rule() == Rule::index;
    let inner = next(&mut pair.into_inner())?;
    if !is_index {
        let name = inner.as_str();
        if is_keyword(name) {
            let remedy = format!("`{name}` is a keyword, write [\"{name}\"]");
            return Err(fault(&inner, remedy));
        }
        return Ok((Step::Name(name.to_owned()), 0));
    }
    let node = build(inner, names)?;
    let position = match &node.tree {
        Expression::Literal(Some(number)) => number.as_u64().and_then(|at| at.try_into().ok()),
        _ => None,
    };
    let step = match (node.tree, position) {
        (Expression::Literal(Some(Value::String(name))), _) => Step::Name(name),
        (_, Some(position)) => Step::Position(position),
        (computed, None) => Step::Computed(computed),
    };
    Ok((step, node.depth))
}

fn is_keyword(name: &str) -> bool {
    use pest::Parser;
    super::Sql::parse(Rule::name, name).is_err()
}

fn primary(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let leaf = |tree| Ok(Node { tree, depth: 1 });
    let literal = |value| leaf(Expression::Literal(value));
    match pair.as_rule() {
        Rule::expression => build(pair, names),
        Rule::number => literal(Some(Value::Number(literal::number(&pair)?))),
        Rule::string => literal(Some(Value::String(literal::string(&pair)?))),
        Rule::parameter => literal(Some(names.parameter(&pair)?)),
        Rule::constant => literal(constant(pair.as_str())),
        Rule::name => match names.variable(pair.as_str()) {
            Some(bound) => leaf(bound.clone()),
            None => Err(unknown(&pair, names)),
        },
        Rule::object => {
            let mut properties = Vec::new();
            let mut depth = 0;
            for property in pair.into_inner() {
                let mut parts = property.into_inner();
                let name = literal::string(&next(&mut parts)?)?;
                let value = build(next(&mut parts)?, names)?;
                depth = depth.max(value.depth);
                properties.push((name, value.tree));
            }
            Ok(Node { tree: Expression::Object(properties), depth: depth + 1 })
        }
        Rule::array => {
            let (elements, depth) = list(pair.into_inner(), names)?;
            Ok(Node { tree: Expression::Array(elements), depth: depth + 1 })
        }
        Rule::call => call(pair, names),
        Rule::exists => subquery(nested(pair)?, SubqueryKind::Exists, names),
        Rule::array_query => subquery(nested(pair)?, SubqueryKind::Array, names),
        Rule::udf => not_implemented(&format!(
            "the user-defined function {}",
            pair.into_inner().next().map_or("", |name| name.as_str())
        )),
        _ => subquery(pair, SubqueryKind::Scalar, names),
    }
}

/// The brackets with the query of EXISTS and ARRAY.
fn nested(pair: Pair<'_, Rule>) -> Result<Pair<'_, Rule>, SqlError> {
    let mut parts = pair.into_inner().filter(|part| part.as_rule() == Rule::nested);
    parts.next().ok_or_else(|| SqlError::Syntax("a subquery is missing".into()))
}

/// A query in brackets, which sees what is bound around it.
pub fn subquery(
    nested: Pair<'_, Rule>,
    kind: SubqueryKind,
    names: &Names<'_>,
) -> Result<Node, SqlError> {
    let deepest = Cell::new(0);
    let inside = Names { deepest: &deepest, nested: true, aggregates: false, ..names.clone() };
    let mut query = clauses::inside(next(&mut nested.into_inner())?, inside)?;
    let grouping = Grouping::of(&mut query)?;
    let tree = Expression::Subquery(Box::new(Subquery { kind, query, grouping }));
    Ok(Node { tree, depth: deepest.get() + 2 })
}

fn constant(name: &str) -> Option<Value> {
    match name.to_ascii_lowercase().as_str() {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        _ => None,
    }
}

pub fn unknown(pair: &Pair<'_, Rule>, names: &Names<'_>) -> SqlError {
    let name = pair.as_str();
    let known: Vec<String> =
        names.variables.iter().map(|(known, _)| format!("`{known}`")).collect();
    match known.as_slice() {
        [] => fault(pair, format_args!("`{name}` is unknown; the query has no FROM")),
        known => fault(pair, format_args!("`{name}` is unknown; FROM names {}", known.join(", "))),
    }
}

fn list(parts: Pairs<'_, Rule>, names: &Names<'_>) -> Result<(Vec<Expression>, usize), SqlError> {
    let mut elements = Vec::new();
    let mut depth = 0;
    for part in parts {
        let node = build(part, names)?;
        depth = depth.max(node.depth);
        elements.push(node.tree);
    }
    Ok((elements, depth))
}

fn call(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let at = pair.clone();
    let mut parts = pair.into_inner();
    let name = next(&mut parts)?.as_str();
    let arguments = next(&mut parts)?.into_inner();
    if let Some(aggregate) = Aggregate::named(name) {
        return aggregated(&at, aggregate, arguments, names);
    }
    let Some(function) = Function::named(name) else {
        let name = name.to_ascii_uppercase();
        if Function::is_missing(&name) {
            return not_implemented(&format!("the function {name}"));
        }
        return Err(fault(&at, format_args!("there is no function {name}")));
    };
    let (arguments, depth) = list(arguments, names)?;
    if !function.arguments.contains(&arguments.len()) {
        let (wanted, given) = (function.arity(), arguments.len());
        return Err(fault(&at, format_args!("{} takes {wanted}, {given} given", function.name)));
    }
    Ok(Node { tree: Expression::Call(function, arguments), depth: depth + 1 })
}

fn aggregated(
    at: &Pair<'_, Rule>,
    aggregate: Aggregate,
    arguments: Pairs<'_, Rule>,
    names: &Names<'_>,
) -> Result<Node, SqlError> {
    if !names.aggregates {
        return Err(fault(at, "an aggregate can stand only in SELECT, and not in another one"));
    }
    let inside = Names { aggregates: false, ..names.clone() };
    let (mut arguments, depth) = list(arguments, &inside)?;
    match (arguments.pop(), arguments.is_empty()) {
        (Some(only), true) => {
            let tree = Expression::Aggregate(aggregate, Box::new(only));
            Ok(Node { tree, depth: depth + 1 })
        }
        _ => Err(fault(at, "an aggregate takes 1 argument, such as COUNT(1) or MAX(c.version)")),
    }
}
