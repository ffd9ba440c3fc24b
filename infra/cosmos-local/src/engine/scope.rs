//! The part of a container a query or a feed reads, as a run of keys.

use super::{Container, Epk, Failure, PartitionKey, keys, scalar};

/// The part of a container a query or a feed reads.
#[derive(Debug, Clone)]
pub enum Scope {
    Partition(PartitionKey),
    /// All logical partitions whose hierarchical key begins so.
    Prefix(PartitionKey),
    Range(u32),
    /// From `min` inclusive to `max` exclusive, inside one range.
    SubRange {
        range: u32,
        min: Epk,
        max: Epk,
    },
    Container,
}

/// A run of document keys, from inclusive to exclusive.
pub struct Span {
    pub from: Vec<u8>,
    pub to: Vec<u8>,
    /// The one range it lies in; `None` for a container that has several.
    pub range: Option<u32>,
}

impl Span {
    pub fn contains(&self, document: &Vec<u8>) -> bool {
        (&self.from..&self.to).contains(&document)
    }
}

impl Scope {
    pub fn span(&self, container: &Container) -> Result<Span, Failure> {
        match self {
            Self::Partition(key) => {
                let epk = container.epk(key)?;
                let from = keys::partition(container.number, &epk, key);
                let to = keys::join(&from, &[scalar::END]);
                Ok(Span { from, to, range: Some(container.range_of(&epk).id) })
            }
            Self::Prefix(key) => {
                let min = Epk::of(key, container.definition.hash);
                let max = min.end_of_prefix();
                let first = container.range_of(&min);
                let within = (max <= first.max).then_some(first.id);
                Ok(between(container, &min, &max, within))
            }
            Self::Range(id) => {
                let range = container.range(*id)?;
                Ok(between(container, &range.min, &range.max, Some(*id)))
            }
            Self::SubRange { range: id, min, max } => {
                let range = container.range(*id)?;
                // A client that asks for more than the range has does not know of its borders.
                if *min < range.min || *max > range.max {
                    return Err(Failure::RangeGone { id: id.to_string() });
                }
                Ok(between(container, min, max, Some(*id)))
            }
            Self::Container => {
                let only = match container.ranges.as_slice() {
                    [only] => Some(only.id),
                    _ => None,
                };
                Ok(between(container, &Epk::min(), &Epk::max(), only))
            }
        }
    }
}

fn between(container: &Container, min: &Epk, max: &Epk, range: Option<u32>) -> Span {
    let from = keys::partitions_from(container.number, min);
    let to = keys::partitions_from(container.number, max).max(from.clone());
    Span { from, to, range }
}
