//! Which part of a container a request reads, and whether it may: session and identity of the container.

use std::sync::Arc;

use http::StatusCode;

use super::address::ContainerName;
use super::failure::{Refusal, sub_status};
use super::headers::Headers;
use super::session::{self, Position};
use crate::engine::{Container, Engine, Epk, Failure, KeyRange, PartitionKey, Scope};

/// Opens the container of a request for what is inside it.
///
/// # Errors
///
/// 404/1003 when it is absent, 400/1024 when it is another one than the client opened under this name.
pub fn open(
    engine: &Engine,
    name: &ContainerName,
    headers: &Headers,
) -> Result<Arc<Container>, Refusal> {
    let opened = engine.container(&name.database, &name.container);
    let container = opened.map_err(Refusal::owner)?;
    let intended = headers.text("x-ms-cosmos-intended-collection-rid");
    match intended {
        Some(rid) if rid != container.rid => Err(Refusal::bad_request(format!(
            "the container '{}' is not the one opened before under this name; open it again",
            name.container
        ))
        .with_sub_status(sub_status::CONTAINER_RECREATED)),
        _ => Ok(container),
    }
}

/// The range that holds a logical partition, and where it stands.
///
/// # Errors
///
/// 400/1001 when the key has not as many values as the container's key has paths.
pub fn home(
    engine: &Engine,
    container: &Container,
    key: &PartitionKey,
) -> Result<Position, Refusal> {
    let range = container.range_of(&container.epk(key)?);
    Ok(position(engine, container, range.id))
}

/// Where a range stands.
pub fn position(engine: &Engine, container: &Container, range: u32) -> Position {
    Position { range, lsn: engine.lsn(container, range) }
}

/// Where the range of a scope stands; for the whole container, its first.
///
/// # Errors
///
/// As [`home`].
pub fn position_of(
    engine: &Engine,
    container: &Container,
    scope: &Scope,
) -> Result<Position, Refusal> {
    let range = match scope {
        Scope::Partition(key) => return home(engine, container, key),
        Scope::Range(range) | Scope::SubRange { range, .. } => *range,
        Scope::Prefix(key) => container.range_of(&Epk::of(key, container.definition.hash)).id,
        Scope::Container => container.ranges[0].id,
    };
    Ok(position(engine, container, range))
}

/// Refuses a client that has seen more of the container than there is.
///
/// # Errors
///
/// 404/1002 when it has.
pub fn check_session(
    engine: &Engine,
    container: &Container,
    headers: &Headers,
) -> Result<(), Refusal> {
    let Some(token) = headers.text("x-ms-session-token") else {
        return Ok(());
    };
    // What a client has seen of a range that was split, it has seen of each half.
    let here = |range: &KeyRange| {
        let lsn = engine.lsn(container, range.id);
        let known = range.parents.clone().into_iter().chain([range.id]);
        known.map(move |range| Position { range, lsn })
    };
    let positions: Vec<_> = container.ranges.iter().flat_map(here).collect();
    session::check(token, &positions)
}

/// Reads the scope of a query or a feed from its headers.
///
/// # Errors
///
/// 410/1002 for a range that is gone, 400 for a scope that makes no sense.
pub fn read(container: &Container, headers: &Headers) -> Result<Scope, Refusal> {
    let range = range(container, headers)?;
    let epks = (headers.text("x-ms-start-epk"), headers.text("x-ms-end-epk"));
    if let (Some(min), Some(max)) = epks {
        return sub_range(container, headers, range, min, max);
    }
    if let Some(key) = headers.partition_key()? {
        if key.0.len() < container.definition.key_paths.len() {
            return prefix(container, range, key);
        }
        return Ok(Scope::Partition(key));
    }
    Ok(range.map_or(Scope::Container, |range| Scope::Range(range.id)))
}

/// A prefix alone may lie in several ranges; with a range, its part of that one is meant.
fn prefix(
    container: &Container,
    range: Option<&KeyRange>,
    key: PartitionKey,
) -> Result<Scope, Refusal> {
    let Some(range) = range else {
        return Ok(Scope::Prefix(key));
    };
    let min = Epk::of(&key, container.definition.hash);
    let max = min.end_of_prefix().min(range.max.clone());
    let min = min.max(range.min.clone());
    if min >= max {
        return Err(Failure::RangeGone { id: range.id.to_string() }.into());
    }
    Ok(Scope::SubRange { range: range.id, min, max })
}

/// The range that a request names, if it names one.
///
/// # Errors
///
/// 410/1002 for a range that is gone.
pub fn range<'a>(
    container: &'a Container,
    headers: &Headers,
) -> Result<Option<&'a KeyRange>, Refusal> {
    let named = headers.text("x-ms-documentdb-partitionkeyrangeid");
    named.map(|id| range_named(container, id)).transpose()
}

fn range_named<'a>(container: &'a Container, id: &str) -> Result<&'a KeyRange, Refusal> {
    // Older clients send `{container rid},{range id}`.
    let number = id.rsplit(',').next().unwrap_or(id).parse();
    let gone = || Failure::RangeGone { id: id.to_owned() };
    Ok(container.range(number.map_err(|_| gone())?)?)
}

fn sub_range(
    container: &Container,
    headers: &Headers,
    range: Option<&KeyRange>,
    min: &str,
    max: &str,
) -> Result<Scope, Refusal> {
    let by_range = headers
        .text("x-ms-read-key-type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("EffectivePartitionKeyRange"));
    if !by_range {
        return Err(Refusal::bad_request(
            "x-ms-start-epk and x-ms-end-epk need x-ms-read-key-type: EffectivePartitionKeyRange",
        ));
    }
    let [min, max] = [Epk::parse(min)?, Epk::parse(max)?];
    let range = range.unwrap_or_else(|| container.range_of(&min));
    if min < range.min || max > range.max || min >= max {
        return Err(Refusal::new(
            StatusCode::GONE,
            format!(
                "the hash range from '{}' to '{}' does not lie within one partition key range",
                min.0, max.0
            ),
        )
        .with_sub_status(sub_status::RANGE_GONE));
    }
    let range_id = range.id;
    if min == range.min && max == range.max {
        return Ok(Scope::Range(range_id));
    }
    Ok(Scope::SubRange { range: range_id, min, max })
}
