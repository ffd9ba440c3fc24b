//! Any bytes as a body, and what can be read of them written and read again.

use azure_data_cosmos_driver::binary_json;
use cosmos_local::fuzzing;

/// A body is read or refused; one that was read survives being written as binary.
///
/// # Panics
///
/// When it does not.
pub fn binary_json(bytes: &[u8]) {
    let _ = fuzzing::body(bytes);
    let marked = [&[0x80], bytes].concat();
    let Some(value) = fuzzing::body(&marked) else {
        return;
    };
    let Ok(written) = binary_json::to_vec(&value) else {
        return;
    };
    let again = fuzzing::body(&written);
    assert_eq!(again, Some(value), "read otherwise the second time");
}
