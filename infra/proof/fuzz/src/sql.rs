//! Any text as a query.

use cosmos_local::fuzzing;
use serde_json::json;

/// A query is planned and run, or refused.
pub fn sql(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let document = json!({
        "id": "i", "n": 1.5, "name": "anna", "tags": ["a", 1, null], "inner": {"deep": [{"x": true}]},
    });
    let _ = fuzzing::sql(text, &document);
}
