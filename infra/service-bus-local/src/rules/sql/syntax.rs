//! The tree of a filter.

use super::like::Pattern;
use crate::message::Scalar;

/// An expression; its value is unknown where a property is missing.
#[derive(Debug)]
pub enum Expression {
    Literal(Scalar),
    Property(Name),
    Not(Box<Expression>),
    Negate(Box<Expression>),
    And(Box<[Expression; 2]>),
    Or(Box<[Expression; 2]>),
    Compare(Comparison, Box<[Expression; 2]>),
    Arithmetic(Arithmetic, Box<[Expression; 2]>),
    /// Also `EXISTS`, which is its opposite.
    IsNull {
        name: Name,
        negated: bool,
    },
    In {
        value: Box<Expression>,
        list: Vec<Expression>,
        negated: bool,
    },
    Like {
        value: Box<Expression>,
        pattern: Pattern,
        negated: bool,
    },
}

/// A property: of the broker, or the sender's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    System(System),
    User(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Label,
    MessageId,
    CorrelationId,
    SessionId,
    PartitionKey,
    To,
    ReplyTo,
    ReplyToSessionId,
    ContentType,
    TimeToLive,
    SequenceNumber,
    EnqueuedTimeUtc,
}

impl System {
    /// Finds a property of the broker by its name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "label" => Self::Label,
            "messageid" => Self::MessageId,
            "correlationid" => Self::CorrelationId,
            "sessionid" => Self::SessionId,
            "partitionkey" => Self::PartitionKey,
            "to" => Self::To,
            "replyto" => Self::ReplyTo,
            "replytosessionid" => Self::ReplyToSessionId,
            "contenttype" => Self::ContentType,
            "timetolive" => Self::TimeToLive,
            "sequencenumber" => Self::SequenceNumber,
            "enqueuedtimeutc" => Self::EnqueuedTimeUtc,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
