//! Expressions: operators by their precedence, then everything they apply to.

use std::sync::LazyLock;

use pest::iterators::{Pair, Pairs};
use pest::pratt_parser::{Assoc, Op, PrattParser};
use serde_json::Value;

use super::super::aggregate::Aggregate;
use super::super::evaluate::negate;
use super::super::functions::{CONCAT, Function};
use super::super::syntax::{Arithmetic, Comparison, Expression, Step};
use super::{MAX_DEPTH, Rule, SqlError, fault, literal, message, next, not_implemented, too_deep};

/// What the names in an expression stand for.
#[derive(Clone)]
pub struct Names<'a> {
    /// The document's name.
    pub alias: Option<String>,
    pub parameters: &'a [(String, Value)],
    /// Whether aggregates may stand here.
    pub aggregates: bool,
}

impl Names<'_> {
    pub fn with_aggregates(&self) -> Self {
        Self {
            aggregates: true,
            ..self.clone()
        }
    }

    pub fn parameter(&self, pair: &Pair<'_, Rule>) -> Result<Value, SqlError> {
        let given = self
            .parameters
            .iter()
            .find(|(name, _)| name == pair.as_str());
        let missing = || {
            fault(
                pair,
                format_args!("the parameter {} has no value", pair.as_str()),
            )
        };
        given.map(|(_, value)| value.clone()).ok_or_else(missing)
    }
}

/// Weakest first.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::infix(Rule::conditional, Assoc::Right) | Op::infix(Rule::coalesce, Assoc::Right))
        .op(Op::infix(Rule::or, Assoc::Left))
        .op(Op::infix(Rule::and, Assoc::Left))
        .op(Op::prefix(Rule::not))
        .op(Op::infix(Rule::equal, Assoc::Left)
            | Op::infix(Rule::not_equal, Assoc::Left)
            | Op::infix(Rule::less, Assoc::Left)
            | Op::infix(Rule::less_or_equal, Assoc::Left)
            | Op::infix(Rule::greater, Assoc::Left)
            | Op::infix(Rule::greater_or_equal, Assoc::Left)
            | Op::postfix(Rule::in_list)
            | Op::postfix(Rule::between)
            | Op::postfix(Rule::like))
        .op(Op::infix(Rule::bitwise, Assoc::Left))
        .op(Op::infix(Rule::concatenate, Assoc::Left))
        .op(Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left))
        .op(Op::infix(Rule::multiply, Assoc::Left)
            | Op::infix(Rule::divide, Assoc::Left)
            | Op::infix(Rule::modulo, Assoc::Left))
        .op(Op::prefix(Rule::minus_sign)
            | Op::prefix(Rule::plus_sign)
            | Op::prefix(Rule::complement))
});

/// A tree and its depth.
struct Node {
    tree: Expression,
    depth: usize,
}

/// An expression from its parse.
pub fn expression(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Expression, SqlError> {
    build(pair, names).map(|node| node.tree)
}

fn build(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let start = pair.clone();
    // The Pratt parser recurses over these two kinds of operator; everything else it loops over.
    let recursive = |part: &Pair<'_, Rule>| {
        use Rule::{coalesce, complement, conditional, minus_sign, not, plus_sign};
        matches!(
            part.as_rule(),
            coalesce | conditional | not | minus_sign | plus_sign | complement
        )
    };
    let parts = pair.into_inner();
    if parts.clone().filter(recursive).count() > MAX_DEPTH {
        return Err(too_deep_at(&start));
    }
    let node = PRECEDENCE
        .map_primary(|part| term(part, names))
        .map_prefix(|operator, operand| prefix(&operator, operand?))
        .map_postfix(|operand, operator| postfix(operand?, operator, names))
        .map_infix(|left, operator, right| infix(left?, operator, right?, names))
        .parse(parts)?;
    if node.depth > MAX_DEPTH {
        Err(too_deep_at(&start))
    } else {
        Ok(node)
    }
}

fn too_deep_at(pair: &Pair<'_, Rule>) -> SqlError {
    too_deep(&message::place(pair.get_input(), pair.as_span().start()))
}

fn prefix(operator: &Pair<'_, Rule>, operand: Node) -> Result<Node, SqlError> {
    let depth = operand.depth + 1;
    let tree = match (operator.as_rule(), operand.tree) {
        (Rule::not, operand) => Expression::Not(Box::new(operand)),
        // A negative number is a constant, so that it can bound an index.
        (Rule::minus_sign, Expression::Literal(Some(number))) => {
            Expression::Literal(negate(&number))
        }
        (Rule::minus_sign, operand) => Expression::Negate(Box::new(operand)),
        (Rule::plus_sign, operand) => operand,
        _ => return not_implemented("the operator ~"),
    };
    Ok(Node { tree, depth })
}

fn infix(
    left: Node,
    operator: Pair<'_, Rule>,
    right: Node,
    names: &Names<'_>,
) -> Result<Node, SqlError> {
    let depth = left.depth.max(right.depth) + 1;
    let flat_depth = left.depth.max(right.depth + 1);
    let node = |tree| Ok(Node { tree, depth });
    let (left, right) = (left.tree, right.tree);
    let compare =
        |comparison, left, right| node(Expression::Compare(comparison, Box::new([left, right])));
    let arithmetic =
        |operator, left, right| node(Expression::Arithmetic(operator, Box::new([left, right])));
    match operator.as_rule() {
        Rule::or => Ok(Node {
            tree: alternatives(left, right),
            depth: flat_depth,
        }),
        Rule::and => Ok(Node {
            tree: conjunction(left, right),
            depth: flat_depth,
        }),
        Rule::coalesce => node(Expression::Coalesce(Box::new([left, right]))),
        Rule::conditional => {
            let middle = build(next(&mut operator.into_inner())?, names)?;
            let tree = Expression::Conditional(Box::new([left, middle.tree, right]));
            Ok(Node {
                tree,
                depth: depth.max(middle.depth + 1),
            })
        }
        Rule::equal => compare(Comparison::Equal, left, right),
        Rule::not_equal => compare(Comparison::NotEqual, left, right),
        Rule::less => compare(Comparison::Less, left, right),
        Rule::less_or_equal => compare(Comparison::LessOrEqual, left, right),
        Rule::greater => compare(Comparison::Greater, left, right),
        Rule::greater_or_equal => compare(Comparison::GreaterOrEqual, left, right),
        Rule::concatenate => node(Expression::Call(&CONCAT, vec![left, right])),
        Rule::add => arithmetic(Arithmetic::Add, left, right),
        Rule::subtract => arithmetic(Arithmetic::Subtract, left, right),
        Rule::multiply => arithmetic(Arithmetic::Multiply, left, right),
        Rule::divide => arithmetic(Arithmetic::Divide, left, right),
        Rule::modulo => arithmetic(Arithmetic::Modulo, left, right),
        _ => not_implemented(&format!("the operator {}", operator.as_str())),
    }
}

fn conjunction(left: Expression, right: Expression) -> Expression {
    match left {
        Expression::And(mut all) => {
            all.push(right);
            Expression::And(all)
        }
        first => Expression::And(vec![first, right]),
    }
}

fn alternatives(left: Expression, right: Expression) -> Expression {
    match left {
        Expression::Or(mut all) => {
            all.push(right);
            Expression::Or(all)
        }
        first => Expression::Or(vec![first, right]),
    }
}

fn postfix(left: Node, operator: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let rule = operator.as_rule();
    let mut depth = left.depth;
    let (mut operands, mut negated, mut escape) = (Vec::new(), false, None);
    for part in operator.into_inner() {
        match part.as_rule() {
            Rule::not => negated = true,
            Rule::string => escape = Some(escape_character(&part)?),
            Rule::expression | Rule::simple => {
                let operand = build(part, names)?;
                depth = depth.max(operand.depth);
                operands.push(operand.tree);
            }
            _ => {}
        }
    }
    let value = left.tree;
    let tree = match (rule, operands.len()) {
        (Rule::in_list, _) => Expression::In {
            value: Box::new(value),
            list: operands,
        },
        (Rule::between, 2) => {
            let (high, low) = (operands.pop(), operands.pop());
            let bound = |given: Option<_>| given.unwrap_or(Expression::Literal(None));
            Expression::Between(Box::new([value, bound(low), bound(high)]))
        }
        _ => {
            let pattern = operands.pop().unwrap_or(Expression::Literal(None));
            Expression::Like {
                operands: Box::new([value, pattern]),
                escape,
            }
        }
    };
    let tree = if negated {
        Expression::Not(Box::new(tree))
    } else {
        tree
    };
    Ok(Node {
        tree,
        depth: depth + 2,
    })
}

fn escape_character(pair: &Pair<'_, Rule>) -> Result<char, SqlError> {
    let text = literal::string(pair)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(fault(pair, "ESCAPE takes one character")),
    }
}

fn term(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
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
        Expression::Path {
            base,
            steps: mut first,
        } => {
            first.append(&mut steps);
            Expression::Path { base, steps: first }
        }
        base => Expression::Path {
            base: Box::new(base),
            steps,
        },
    };
    Ok(Node {
        tree,
        depth: depth + 1,
    })
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
        Rule::name if names.alias.as_deref() == Some(pair.as_str()) => leaf(Expression::Document),
        Rule::name => Err(unknown(&pair, names)),
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
            Ok(Node {
                tree: Expression::Object(properties),
                depth: depth + 1,
            })
        }
        Rule::array => {
            let (elements, depth) = list(pair.into_inner(), names)?;
            Ok(Node {
                tree: Expression::Array(elements),
                depth: depth + 1,
            })
        }
        Rule::call => call(pair, names),
        Rule::exists => not_implemented("EXISTS"),
        Rule::array_query => not_implemented("ARRAY"),
        Rule::udf => not_implemented(&format!(
            "the user-defined function {}",
            pair.into_inner().next().map_or("", |name| name.as_str())
        )),
        _ => not_implemented("a subquery"),
    }
}

fn constant(name: &str) -> Option<Value> {
    match name.to_ascii_lowercase().as_str() {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        "null" => Some(Value::Null),
        _ => None,
    }
}

fn unknown(pair: &Pair<'_, Rule>, names: &Names<'_>) -> SqlError {
    let name = pair.as_str();
    match &names.alias {
        Some(alias) => fault(
            pair,
            format_args!("`{name}` is unknown; FROM names `{alias}`"),
        ),
        None => fault(
            pair,
            format_args!("`{name}` is unknown; the query has no FROM"),
        ),
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
        return not_implemented(&format!("the function {}", name.to_ascii_uppercase()));
    };
    let (arguments, depth) = list(arguments, names)?;
    if !function.arguments.contains(&arguments.len()) {
        let (wanted, given) = (function.arity(), arguments.len());
        return Err(fault(
            &at,
            format_args!("{} takes {wanted}, {given} given", function.name),
        ));
    }
    Ok(Node {
        tree: Expression::Call(function, arguments),
        depth: depth + 1,
    })
}

fn aggregated(
    at: &Pair<'_, Rule>,
    aggregate: Aggregate,
    arguments: Pairs<'_, Rule>,
    names: &Names<'_>,
) -> Result<Node, SqlError> {
    if !names.aggregates {
        return Err(fault(
            at,
            "an aggregate can stand only in SELECT, and not in another one",
        ));
    }
    let inside = Names {
        aggregates: false,
        ..names.clone()
    };
    let (mut arguments, depth) = list(arguments, &inside)?;
    match (arguments.pop(), arguments.is_empty()) {
        (Some(only), true) => {
            let tree = Expression::Aggregate(aggregate, Box::new(only));
            Ok(Node {
                tree,
                depth: depth + 1,
            })
        }
        _ => Err(fault(
            at,
            "an aggregate takes 1 argument, such as COUNT(1) or MAX(c.version)",
        )),
    }
}
