//! A query as a tree, with names resolved and parameters filled in.

use serde_json::Value;

use super::aggregate::Aggregate;
use super::functions::Function;
use super::subquery::Subquery;

/// One SELECT statement. `SELECT *` and lists of fields are expressions too: the document, an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub distinct: bool,
    pub select: Expression,
    /// Without FROM there is exactly one result, of nothing.
    pub has_source: bool,
    /// What FROM and JOIN bind besides the document, in their order.
    pub sources: Vec<Source>,
    pub filter: Option<Expression>,
    pub group_by: Vec<Expression>,
    pub order_by: Vec<Sort>,
    pub offset: u64,
    /// From TOP or LIMIT.
    pub limit: Option<u64>,
}

/// Binds the next variable: to a value, or to each element of an array in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub of: Expression,
    pub iterates: bool,
}

/// One item of ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    pub by: Expression,
    pub descending: bool,
}

/// A scalar expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `None` is `undefined`.
    Literal(Option<Value>),
    /// The document of the container.
    Document,
    /// What a source has bound, counted from the outermost.
    Variable(usize),
    Subquery(Box<Subquery>),
    Path {
        base: Box<Expression>,
        steps: Vec<Step>,
    },
    Not(Box<Expression>),
    Negate(Box<Expression>),
    /// AND and OR are flat, so that a long list of alternatives is not a deep tree.
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Compare(Comparison, Box<[Expression; 2]>),
    Arithmetic(Arithmetic, Box<[Expression; 2]>),
    Coalesce(Box<[Expression; 2]>),
    Conditional(Box<[Expression; 3]>),
    /// A value, its lower and its upper bound.
    Between(Box<[Expression; 3]>),
    In {
        value: Box<Expression>,
        list: Vec<Expression>,
    },
    Like {
        operands: Box<[Expression; 2]>,
        escape: Option<char>,
    },
    Call(&'static Function, Vec<Expression>),
    Object(Vec<(String, Expression)>),
    Array(Vec<Expression>),
    Aggregate(Aggregate, Box<Expression>),
    /// A value computed per group: a grouping key or an aggregate. Stands only in a planned SELECT.
    Slot(usize),
}

/// A step from a value into it.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Name(String),
    Position(usize),
    Computed(Expression),
}

impl Step {
    /// Its name, if it is a property known from the query alone.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
    Xor,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
}

impl Comparison {
    /// The operator that says the same with its sides exchanged.
    pub fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

impl Expression {
    /// The names from the document to a property, if that is all this expression is.
    pub fn document_path(&self) -> Option<Vec<&str>> {
        let Self::Path { base, steps } = self else {
            return None;
        };
        (**base == Self::Document).then(|| steps.iter().map(Step::name).collect())?
    }

    /// Whether it asks for the document, or may inside a subquery.
    pub fn reads_document(&mut self) -> bool {
        matches!(self, Self::Document | Self::Subquery(_))
            || self.children_mut().into_iter().any(Self::reads_document)
    }

    /// The expressions directly inside this one.
    pub fn children_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            // A subquery is a world of its own.
            Self::Literal(_)
            | Self::Document
            | Self::Variable(_)
            | Self::Subquery(_)
            | Self::Slot(_) => Vec::new(),
            Self::Not(inner) | Self::Negate(inner) | Self::Aggregate(_, inner) => vec![inner],
            Self::And(list) | Self::Or(list) | Self::Call(_, list) | Self::Array(list) => {
                list.iter_mut().collect()
            }
            Self::Compare(_, operands)
            | Self::Arithmetic(_, operands)
            | Self::Coalesce(operands)
            | Self::Like { operands, .. } => operands.iter_mut().collect(),
            Self::Conditional(operands) | Self::Between(operands) => operands.iter_mut().collect(),
            Self::In { value, list } => {
                std::iter::once(&mut **value).chain(list.iter_mut()).collect()
            }
            Self::Object(fields) => fields.iter_mut().map(|(_, value)| value).collect(),
            Self::Path { base, steps } => {
                let computed = steps.iter_mut().filter_map(|step| match step {
                    Step::Computed(inner) => Some(inner),
                    _ => None,
                });
                std::iter::once(&mut **base).chain(computed).collect()
            }
        }
    }
}
