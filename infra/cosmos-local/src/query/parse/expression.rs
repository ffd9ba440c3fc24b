//! Operators by their precedence.

use std::sync::LazyLock;

use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use serde_json::Value;

use super::super::evaluate::negate;
use super::super::functions::CONCAT;
use super::super::syntax::{Arithmetic, Comparison, Expression};
use super::term::{Names, term};
use super::{MAX_DEPTH, Rule, SqlError, fault, literal, message, next, not_implemented, too_deep};

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
pub struct Node {
    pub tree: Expression,
    pub depth: usize,
}

/// An expression from its parse.
pub fn expression(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Expression, SqlError> {
    let node = build(pair, names)?;
    names.deepest.set(names.deepest.get().max(node.depth));
    Ok(node.tree)
}

/// An expression with its depth, for what contains it.
pub fn build(pair: Pair<'_, Rule>, names: &Names<'_>) -> Result<Node, SqlError> {
    let start = pair.clone();
    // The Pratt parser recurses over these two kinds of operator; everything else it loops over.
    let recursive = |part: &Pair<'_, Rule>| {
        use Rule::{coalesce, complement, conditional, minus_sign, not, plus_sign};
        matches!(part.as_rule(), coalesce | conditional | not | minus_sign | plus_sign | complement)
    };
    let parts = pair.into_inner();
    if parts.clone().filter(recursive).count() > MAX_DEPTH {
        return Err(too_deep_at(&start));
    }
    let node = PRECEDENCE
        .map_primary(|part| term(part, names))
        .map_prefix(|operator, operand| bounded(prefix(&operator, operand?), &start))
        .map_postfix(|operand, operator| bounded(postfix(operand?, operator, names)?, &start))
        .map_infix(|left, operator, right| bounded(infix(left?, operator, right?, names)?, &start))
        .parse(parts)?;
    bounded(node, &start)
}

/// Refuses a tree as soon as it is too deep: taking a much deeper one apart would overflow the stack as well.
fn bounded(node: Node, start: &Pair<'_, Rule>) -> Result<Node, SqlError> {
    if node.depth > MAX_DEPTH { Err(too_deep_at(start)) } else { Ok(node) }
}

fn too_deep_at(pair: &Pair<'_, Rule>) -> SqlError {
    too_deep(&message::place(pair.get_input(), pair.as_span().start()))
}

fn prefix(operator: &Pair<'_, Rule>, operand: Node) -> Node {
    let depth = operand.depth + 1;
    let tree = match (operator.as_rule(), operand.tree) {
        (Rule::not, operand) => Expression::Not(Box::new(operand)),
        // A negative number is a constant, so that it can bound an index.
        (Rule::minus_sign, Expression::Literal(Some(number))) => {
            Expression::Literal(negate(&number))
        }
        (Rule::minus_sign, operand) => Expression::Negate(Box::new(operand)),
        (Rule::plus_sign, operand) => operand,
        // All bits differ from those of -1.
        (_, operand) => Expression::Arithmetic(
            Arithmetic::Xor,
            Box::new([operand, Expression::Literal(Some(Value::from(-1)))]),
        ),
    };
    Node { tree, depth }
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
        Rule::or => Ok(Node { tree: alternatives(left, right), depth: flat_depth }),
        Rule::and => Ok(Node { tree: conjunction(left, right), depth: flat_depth }),
        Rule::coalesce => node(Expression::Coalesce(Box::new([left, right]))),
        Rule::conditional => {
            let middle = build(next(&mut operator.into_inner())?, names)?;
            let tree = Expression::Conditional(Box::new([left, middle.tree, right]));
            Ok(Node { tree, depth: depth.max(middle.depth + 1) })
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
        _ => match operator.as_str().trim() {
            "&" => arithmetic(Arithmetic::And, left, right),
            "|" => arithmetic(Arithmetic::Or, left, right),
            "^" => arithmetic(Arithmetic::Xor, left, right),
            "<<" => arithmetic(Arithmetic::ShiftLeft, left, right),
            ">>" => arithmetic(Arithmetic::ShiftRight, left, right),
            ">>>" => arithmetic(Arithmetic::ShiftRightUnsigned, left, right),
            other => not_implemented(&format!("the operator {other}")),
        },
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
        (Rule::in_list, _) => Expression::In { value: Box::new(value), list: operands },
        (Rule::between, 2) => {
            let (high, low) = (operands.pop(), operands.pop());
            let bound = |given: Option<_>| given.unwrap_or(Expression::Literal(None));
            Expression::Between(Box::new([value, bound(low), bound(high)]))
        }
        _ => {
            let pattern = operands.pop().unwrap_or(Expression::Literal(None));
            Expression::Like { operands: Box::new([value, pattern]), escape }
        }
    };
    let tree = if negated { Expression::Not(Box::new(tree)) } else { tree };
    Ok(Node { tree, depth: depth + 2 })
}

fn escape_character(pair: &Pair<'_, Rule>) -> Result<char, SqlError> {
    let text = literal::string(pair)?;
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(fault(pair, "ESCAPE takes one character")),
    }
}
