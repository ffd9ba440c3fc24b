//! What a sequence is made of.

use proptest::prelude::*;

/// One operation on an item of the partition it stands for.
#[derive(Debug, Clone)]
pub enum ItemOperation {
    Create,
    Upsert(Condition),
    Replace(Condition),
    Read { unless_current: bool },
    Delete(Condition),
}

/// What `If-Match` says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Condition {
    None,
    Current,
    Stale,
}

/// Which item, and what would be written: few of each, so that they meet.
#[derive(Debug, Clone)]
pub struct OnItem {
    pub id: u8,
    pub n: u8,
    /// Unique within a partition.
    pub token: u8,
    pub operation: ItemOperation,
}

#[derive(Debug, Clone)]
pub enum Operation {
    Item(u8, OnItem),
    /// An increment and a new field.
    Patch(u8, u8, Condition),
    Batch(u8, Vec<OnItem>),
    /// A query of [`QUERIES`] in a partition, or over all.
    Query(Option<u8>, usize),
    /// What is new in a partition.
    Poll(u8),
    /// A range is split in two.
    Split(u8),
}

pub const QUERIES: [&str; 8] = [
    "SELECT * FROM c",
    "SELECT c.id, c.n FROM c WHERE c.n > 3",
    "SELECT VALUE COUNT(1) FROM c",
    "SELECT c.n, COUNT(1) AS count FROM c GROUP BY c.n",
    "SELECT DISTINCT VALUE c.n FROM c",
    "SELECT VALUE c.n FROM c ORDER BY c.n DESC",
    "SELECT TOP 2 VALUE c.n FROM c ORDER BY c.n",
    "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 1 LIMIT 2",
];

/// Any operation.
pub fn operation() -> impl Strategy<Value = Operation> {
    let partition = 0..3_u8;
    prop_oneof![
        12 => (partition.clone(), on_item()).prop_map(|(key, item)| Operation::Item(key, item)),
        2 => (partition.clone(), 0..4_u8, condition())
            .prop_map(|(key, id, condition)| Operation::Patch(key, id, condition)),
        4 => (partition.clone(), prop::collection::vec(on_item(), 1..5))
            .prop_map(|(key, items)| Operation::Batch(key, items)),
        3 => (prop::option::of(partition.clone()), 0..QUERIES.len())
            .prop_map(|(key, query)| Operation::Query(key, query)),
        3 => partition.prop_map(Operation::Poll),
        1 => any::<u8>().prop_map(Operation::Split),
    ]
}

fn on_item() -> impl Strategy<Value = OnItem> {
    let operation = prop_oneof![
        4 => Just(ItemOperation::Create),
        2 => condition().prop_map(ItemOperation::Upsert),
        2 => condition().prop_map(ItemOperation::Replace),
        1 => any::<bool>().prop_map(|unless_current| ItemOperation::Read { unless_current }),
        1 => condition().prop_map(ItemOperation::Delete),
    ];
    (0..4_u8, 0..9_u8, 0..6_u8, operation).prop_map(|(id, n, token, operation)| OnItem {
        id,
        n,
        token,
        operation,
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    prop_oneof![2 => Just(Condition::None), 1 => Just(Condition::Current), 1 => Just(Condition::Stale)]
}
