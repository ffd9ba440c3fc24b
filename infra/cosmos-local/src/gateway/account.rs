//! The account: what a client asks for first.

use axum::response::IntoResponse as _;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer::Answer;
use super::failure::Refusal;

/// The region this account claims. Clients know the real ones by name, so it is one of those.
const REGION: &str = "South Central US";

/// Describes the account. All later requests of a client go to the address told here, so it is the one
/// that the client has used itself.
pub fn read(headers: &HeaderMap, authority: Option<&str>) -> Result<Answer, Refusal> {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    // HTTP/2 has no host header, its authority is in the URI.
    let host = host.or(authority).ok_or_else(|| {
        Refusal::bad_request("the request has no Host header, which tells the address in use")
    })?;
    let locations = json!([{
        "name": REGION,
        "databaseAccountEndpoint": format!("http://{host}/"),
    }]);
    let account = json!({
        "_self": "",
        "id": "local",
        "_rid": "local.sql.cosmos.azure.com",
        "media": "//media/",
        "addresses": "//addresses/",
        "_dbs": "//dbs/",
        "writableLocations": locations,
        "readableLocations": locations,
        "enableMultipleWriteLocations": false,
        "userReplicationPolicy": {
            "asyncReplication": false, "minReplicaSetSize": 3, "maxReplicasetSize": 4,
        },
        "systemReplicationPolicy": { "minReplicaSetSize": 3, "maxReplicasetSize": 4 },
        "userConsistencyPolicy": { "defaultConsistencyLevel": "Session" },
        "readPolicy": { "primaryReadCoefficient": 1, "secondaryReadCoefficient": 1 },
        "queryEngineConfiguration": "{}",
    });
    Ok(Answer::json(StatusCode::OK, &account))
}

/// Answers those who wait for the server, and clients that probe an endpoint: no key needed.
pub fn ready() -> axum::response::Response {
    (StatusCode::OK, "ready\n").into_response()
}
