//! Partition keys, and the hash that places them (`EPK`), the same as the clients compute.

/// One value of a partition key.
#[derive(Debug, Clone, PartialEq)]
pub enum Component {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(String),
}

/// The value of a partition key, from the header or from a document.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionKey(pub Vec<Component>);

/// An effective partition key: upper-case hexadecimal, ordered as text; `""` is the least, `"FF"` the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epk(pub String);
