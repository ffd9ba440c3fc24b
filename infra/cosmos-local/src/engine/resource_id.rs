//! Resource ids: what clients read as `_rid`. Their shape and their order matter: a client takes the
//! database from the first four bytes and breaks ties of an ordered query by the last eight.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What the last eight bytes of a 16-byte id count.
#[derive(Clone, Copy)]
pub enum Part {
    Document = 0,
    Range = 5,
    Procedure = 8,
}

/// The resource id of a database.
pub fn of_database(number: u32) -> String {
    text(&number.to_be_bytes())
}

/// The number of a container: its database's number, then its own with the top bit set.
pub fn container_number(database: u32, own: u32) -> u64 {
    u64::from(database) << 32 | u64::from(own | 1 << 31)
}

/// The database a container belongs to.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the upper half of 64 bits fits 32"
)]
pub fn database_of(container: u64) -> u32 {
    (container >> 32) as u32
}

/// The resource id of a container.
pub fn of_container(number: u64) -> String {
    text(&number.to_be_bytes())
}

/// The resource id of something in a container.
pub fn of_part(container: u64, part: Part, number: u64) -> String {
    let tagged = number | (part as u64) << 60;
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&container.to_be_bytes());
    bytes[8..].copy_from_slice(&tagged.to_le_bytes());
    text(&bytes)
}

fn text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('/', "-")
}
