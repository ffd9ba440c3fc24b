//! States that are stored as a text: those that are long, and those that JSON on the way would not keep exactly.

use std::io::{Read, Write};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use crate::Unusable;

/// States of more bytes than this are compressed: a document may have 2 MB, and a small one costs less.
const PLAIN: usize = 256 * 1024;

/// What has more bytes is not unpacked: we did not write it.
const UNPACKED: u64 = 256 * 1024 * 1024;

/// Cosmos DB keeps whole numbers exactly up to 2⁵³, as JavaScript does.
const EXACT: u64 = 1 << 53;

/// The text for a state that had better not be stored as it stands.
pub(crate) fn pack(state: &Value) -> Result<Option<String>, Unusable> {
    let text = state.to_string();
    if text.len() <= PLAIN && exact(state) {
        return Ok(None);
    }
    let failed = |error| Unusable::Packed(Box::new(error));
    let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
    out.write_all(text.as_bytes()).map_err(failed)?;
    Ok(Some(BASE64_STANDARD.encode(out.finish().map_err(failed)?)))
}

/// The JSON of a state that was packed.
pub(crate) fn unpack(packed: &str) -> Result<String, Unusable> {
    let bytes = BASE64_STANDARD.decode(packed).map_err(|error| Unusable::Packed(error.into()))?;
    let mut text = String::new();
    let mut input = DeflateDecoder::new(&bytes[..]).take(UNPACKED);
    input.read_to_string(&mut text).map_err(|error| Unusable::Packed(error.into()))?;
    Ok(text)
}

fn exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => whole <= EXACT,
            (None, Some(whole)) => whole.unsigned_abs() <= EXACT,
            (None, None) => true,
        },
        Value::Array(items) => items.iter().all(exact),
        Value::Object(fields) => fields.values().all(exact),
        _ => true,
    }
}
