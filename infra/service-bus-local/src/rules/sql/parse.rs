//! From text to tree.
//!
//! The grammar (`filter.pest`) leaves expressions flat; a Pratt parser gives them structure. Both recurse, and
//! the length of a filter bounds how deep.

use std::sync::LazyLock;

use pest::Parser;
use pest::error::LineColLocation;
use pest::iterators::Pair;
use pest::pratt_parser::{Assoc, Op, PrattParser};

use super::like::Pattern;
use super::syntax::{Arithmetic, Comparison, Expression, Name, System};
use crate::message::Scalar;

/// The service's own limit, in characters.
const MAX_LENGTH: usize = 1024;
/// Far beyond what people write, well within the smallest stack this runs on.
const MAX_BRACKETS: usize = 32;
/// Signs and negations in a row recurse as well.
const MAX_PREFIXES: usize = 64;

#[derive(pest_derive::Parser)]
#[grammar = "rules/sql/filter.pest"]
struct Sql;

/// Weakest first.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    PrattParser::new()
        .op(Op::infix(Rule::or, Assoc::Left))
        .op(Op::infix(Rule::and, Assoc::Left))
        .op(Op::prefix(Rule::not))
        .op(Op::infix(Rule::equal, Assoc::Left)
            | Op::infix(Rule::not_equal, Assoc::Left)
            | Op::infix(Rule::less, Assoc::Left)
            | Op::infix(Rule::less_or_equal, Assoc::Left)
            | Op::infix(Rule::greater, Assoc::Left)
            | Op::infix(Rule::greater_or_equal, Assoc::Left)
            | Op::postfix(Rule::is_null)
            | Op::postfix(Rule::in_list)
            | Op::postfix(Rule::like))
        .op(Op::infix(Rule::add, Assoc::Left) | Op::infix(Rule::subtract, Assoc::Left))
        .op(Op::infix(Rule::multiply, Assoc::Left)
            | Op::infix(Rule::divide, Assoc::Left)
            | Op::infix(Rule::modulo, Assoc::Left))
        .op(Op::prefix(Rule::negate))
});

/// Reads a filter; the error names line and column.
pub fn parse(text: &str) -> Result<Expression, String> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(format!(
            "the filter has {length} characters, at most {MAX_LENGTH} are allowed"
        ));
    }
    if text.matches('(').count() > MAX_BRACKETS {
        return Err(format!("the filter has more than {MAX_BRACKETS} brackets, write it flatter"));
    }
    let mut pairs = Sql::parse(Rule::filter, text).map_err(|error| {
        let (LineColLocation::Pos((line, column)) | LineColLocation::Span((line, column), _)) =
            error.line_col;
        format!("line {line}, column {column}: this is not the SQL of filters")
    })?;
    build(&pairs.next().ok_or("the filter is empty")?)
}

fn build(pair: &Pair<'_, Rule>) -> Result<Expression, String> {
    let parts = pair.clone().into_inner();
    let prefix = |part: &Pair<'_, Rule>| matches!(part.as_rule(), Rule::not | Rule::negate);
    if parts.clone().filter(prefix).count() > MAX_PREFIXES {
        return Err(fault(pair, "the expression is nested too deeply, write it flatter"));
    }
    PRECEDENCE
        .map_primary(primary)
        .map_prefix(|operator, operand| {
            let operand = Box::new(operand?);
            Ok(match operator.as_rule() {
                Rule::not => Expression::Not(operand),
                _ => Expression::Negate(operand),
            })
        })
        .map_postfix(|operand, operator| postfix(operand?, operator))
        .map_infix(|left, operator, right| Ok(infix(&operator, Box::new([left?, right?]))))
        .parse(parts)
}

fn primary(pair: Pair<'_, Rule>) -> Result<Expression, String> {
    Ok(match pair.as_rule() {
        Rule::number => Expression::Literal(number(&pair)?),
        Rule::text => Expression::Literal(Scalar::Text(text(&pair))),
        Rule::truth => {
            Expression::Literal(Scalar::Boolean(pair.as_str().eq_ignore_ascii_case("true")))
        }
        Rule::property => Expression::Property(name(pair)?),
        Rule::exists => {
            let parts = pair.into_inner().find(|part| part.as_rule() == Rule::property);
            let name = name(parts.ok_or("EXISTS needs a property")?)?;
            Expression::IsNull { name, negated: true }
        }
        _ => return build(&pair),
    })
}

fn infix(operator: &Pair<'_, Rule>, sides: Box<[Expression; 2]>) -> Expression {
    let comparison = match operator.as_rule() {
        Rule::or => return Expression::Or(sides),
        Rule::and => return Expression::And(sides),
        Rule::equal => Comparison::Equal,
        Rule::not_equal => Comparison::NotEqual,
        Rule::less => Comparison::Less,
        Rule::less_or_equal => Comparison::LessOrEqual,
        Rule::greater => Comparison::Greater,
        Rule::greater_or_equal => Comparison::GreaterOrEqual,
        Rule::add => return Expression::Arithmetic(Arithmetic::Add, sides),
        Rule::subtract => return Expression::Arithmetic(Arithmetic::Subtract, sides),
        Rule::multiply => return Expression::Arithmetic(Arithmetic::Multiply, sides),
        Rule::divide => return Expression::Arithmetic(Arithmetic::Divide, sides),
        _ => return Expression::Arithmetic(Arithmetic::Modulo, sides),
    };
    Expression::Compare(comparison, sides)
}

fn postfix(operand: Expression, operator: Pair<'_, Rule>) -> Result<Expression, String> {
    let at = operator.clone();
    let rule = operator.as_rule();
    let parts: Vec<_> = operator.into_inner().collect();
    let negated = parts.iter().any(|part| part.as_rule() == Rule::not);
    match (rule, operand) {
        (Rule::is_null, Expression::Property(name)) => Ok(Expression::IsNull { name, negated }),
        (Rule::is_null, _) => Err(fault(&at, "IS NULL stands after a property")),
        (Rule::in_list, value) => {
            let items = parts.iter().filter(|part| part.as_rule() == Rule::expression);
            let list = items.map(build).collect::<Result<_, _>>()?;
            Ok(Expression::In { value: Box::new(value), list, negated })
        }
        (_, value) => {
            let mut texts = parts.iter().filter(|part| part.as_rule() == Rule::text).map(text);
            let pattern = texts.next().ok_or("LIKE needs a pattern")?;
            let escape = texts.next().map(|escape| one_character(&at, &escape)).transpose()?;
            let pattern = Pattern::parse(&pattern, escape).map_err(|reason| fault(&at, &reason))?;
            Ok(Expression::Like { value: Box::new(value), pattern, negated })
        }
    }
}

fn one_character(at: &Pair<'_, Rule>, text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(escape), None) => Ok(escape),
        _ => Err(fault(at, "ESCAPE takes exactly one character")),
    }
}

fn number(pair: &Pair<'_, Rule>) -> Result<Scalar, String> {
    let text = pair.as_str();
    if let Ok(integer) = text.parse() {
        return Ok(Scalar::Integer(integer));
    }
    match text.parse::<f64>() {
        Ok(real) if real.is_finite() => Ok(Scalar::Real(real)),
        _ => Err(fault(pair, "the number is too large")),
    }
}

fn text(pair: &Pair<'_, Rule>) -> String {
    let quoted = pair.as_str();
    quoted[1..quoted.len() - 1].replace("''", "'")
}

fn name(pair: Pair<'_, Rule>) -> Result<Name, String> {
    let at = pair.clone();
    let parts: Vec<_> = pair.into_inner().collect();
    let system = parts.first().is_some_and(|part| {
        part.as_rule() == Rule::scope && part.as_str().eq_ignore_ascii_case("sys")
    });
    let name = parts.last().map(|part| part.as_str().to_owned()).unwrap_or_default();
    if !system {
        return Ok(Name::User(name));
    }
    let unknown = || fault(&at, &format!("sys.{name} is no property of the broker"));
    System::parse(&name).map(Name::System).ok_or_else(unknown)
}

fn fault(at: &Pair<'_, Rule>, message: &str) -> String {
    let (line, column) = at.line_col();
    format!("line {line}, column {column}: {message}")
}
