//! Container definitions: checked, and filled with what clients expect to read.

use serde_json::{Map, Value, json};

use super::epk::HashVersion;
use super::expiry::TimeToLive;
use super::limits::{self, invalid};
use super::{Failure, Kind, path};

/// A container's definition: the JSON that clients see, and what the engine needs of it.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The resource as clients read it, system properties included.
    pub json: Value,
    /// Paths of the partition key, split: `/address/city` is `["address", "city"]`. One, or up to three
    /// of a hierarchical key.
    pub key_paths: Vec<Vec<String>>,
    /// How partition keys are hashed.
    pub hash: HashVersion,
    /// Each unique key is a list of split paths.
    pub unique_keys: Vec<Vec<Vec<String>>>,
    /// Included scalar paths, split. `/*` indexes nothing here: such queries scan their partition.
    pub indexed: Vec<Vec<String>>,
    /// Whether and when documents expire.
    pub ttl: TimeToLive,
    /// For how many seconds all versions and deletes are kept, if they are.
    pub retention: Option<i64>,
}

/// Thirty days, in minutes.
const RETENTION_MOST: i64 = 30 * 24 * 60;

/// Features of a definition that are refused instead of being ignored.
const MISSING: [(&str, &str); 5] = [
    ("clientEncryptionPolicy", "client encryption"),
    ("computedProperties", "computed properties"),
    ("fullTextPolicy", "full-text search"),
    ("materializedViewDefinition", "materialized views"),
    ("vectorEmbeddingPolicy", "vector search"),
];

impl Definition {
    /// Checks the JSON of a request and fills in the defaults; system properties come when it is stored.
    pub fn parse(json: Value) -> Result<Self, Failure> {
        let Value::Object(mut json) = json else {
            return Err(invalid("a container's definition is a JSON object"));
        };
        limits::check_name(Kind::Container, id(&json)?)?;
        if let Some((_, feature)) = MISSING.iter().find(|(name, _)| is_given(&json, name)) {
            return Err(missing(feature));
        }
        let (key_paths, hash) = partition_key(&mut json)?;
        let unique_keys = unique_keys(&json)?;
        let (ttl, retention) = (time_to_live(&json)?, retention(&json)?);
        fill(&mut json);
        let indexed = indexed(&json)?;
        let json = Value::Object(json);
        Ok(Self { json, key_paths, hash, unique_keys, indexed, ttl, retention })
    }

    /// The name of the container.
    pub fn id(&self) -> &str {
        self.json["id"].as_str().unwrap_or_default()
    }

    /// Adds what the server says of a stored container.
    pub fn stored(mut self, database_rid: &str, rid: &str, etag: &str, at: i64) -> Self {
        self.json["_rid"] = json!(rid);
        self.json["_self"] = json!(format!("dbs/{database_rid}/colls/{rid}/"));
        self.json["_etag"] = json!(format!("\"{etag}\""));
        self.json["_ts"] = json!(at);
        for part in ["docs", "sprocs", "triggers", "udfs", "conflicts"] {
            self.json[format!("_{part}")] = json!(format!("{part}/"));
        }
        self
    }
}

fn missing(feature: &str) -> Failure {
    Failure::NotImplemented { feature: feature.to_owned() }
}

fn id(json: &Map<String, Value>) -> Result<&str, Failure> {
    json.get("id")
        .and_then(Value::as_str)
        .ok_or_else(|| invalid("the container needs an 'id' that is a string"))
}

fn is_given(json: &Map<String, Value>, name: &str) -> bool {
    match json.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

fn partition_key(
    json: &mut Map<String, Value>,
) -> Result<(Vec<Vec<String>>, HashVersion), Failure> {
    let key = json.get_mut("partitionKey").and_then(Value::as_object_mut);
    let key = key.ok_or_else(|| {
        invalid("the container needs 'partitionKey', such as {\"paths\":[\"/id\"],\"version\":2}")
    })?;
    let paths = split_paths(key.get("paths"), "partitionKey.paths")?;
    let kind = key.entry("kind").or_insert_with(|| json!("Hash"));
    let hierarchical = kind == "MultiHash";
    let known = hierarchical || kind == "Hash";
    let most = if hierarchical { limits::KEY_LEVELS } else { 1 };
    if !known || !(1..=most).contains(&paths.len()) {
        return Err(invalid(format!(
            "partitionKey takes one path and 'Hash' as its kind, or up to {} paths and 'MultiHash'",
            limits::KEY_LEVELS
        )));
    }
    let default = if hierarchical { 2 } else { 1 };
    match key.get("version").map_or(Some(default), Value::as_u64) {
        Some(2) if hierarchical => {
            key.insert("version".to_owned(), json!(2));
            Ok((paths, HashVersion::Levels))
        }
        Some(1) if !hierarchical => Ok((paths, HashVersion::V1)),
        Some(2) => Ok((paths, HashVersion::V2)),
        _ => Err(invalid("partitionKey.version is 1 or 2, of a hierarchical key 2")),
    }
}

fn unique_keys(json: &Map<String, Value>) -> Result<Vec<Vec<Vec<String>>>, Failure> {
    let Some(keys) = json.get("uniqueKeyPolicy").and_then(|policy| policy.get("uniqueKeys")) else {
        return Ok(Vec::new());
    };
    let keys = keys.as_array().ok_or_else(|| invalid("uniqueKeyPolicy.uniqueKeys is an array"))?;
    if keys.len() > limits::UNIQUE_KEYS {
        return Err(invalid(format!(
            "uniqueKeyPolicy has {} keys, the limit is {}",
            keys.len(),
            limits::UNIQUE_KEYS
        )));
    }
    keys.iter().map(unique_key).collect()
}

fn unique_key(key: &Value) -> Result<Vec<Vec<String>>, Failure> {
    let paths = split_paths(key.get("paths"), "uniqueKeyPolicy.uniqueKeys[].paths")?;
    if (1..=limits::UNIQUE_KEY_PATHS).contains(&paths.len()) {
        return Ok(paths);
    }
    Err(invalid(format!("a unique key has 1 to {} paths", limits::UNIQUE_KEY_PATHS)))
}

fn split_paths(paths: Option<&Value>, field: &str) -> Result<Vec<Vec<String>>, Failure> {
    let paths = paths.and_then(Value::as_array);
    let paths = paths.ok_or_else(|| invalid(format!("{field} is an array of paths")))?;
    let split = paths.iter().map(|path| path.as_str().and_then(path::split));
    split
        .collect::<Option<_>>()
        .ok_or_else(|| invalid(format!("{field} has something that is no path, such as /a/b")))
}

fn time_to_live(json: &Map<String, Value>) -> Result<TimeToLive, Failure> {
    let Some(ttl) = json.get("defaultTtl").filter(|ttl| !ttl.is_null()) else {
        return Ok(TimeToLive::Off);
    };
    match ttl.as_i64().map(i32::try_from) {
        Some(Ok(-1)) => Ok(TimeToLive::Own),
        Some(Ok(seconds)) if seconds > 0 => Ok(TimeToLive::Default(seconds)),
        _ => Err(invalid("defaultTtl is -1 or a whole number of seconds from 1 to 2147483647")),
    }
}

/// In a definition it is in minutes; 0 keeps nothing.
fn retention(json: &Map<String, Value>) -> Result<Option<i64>, Failure> {
    let Some(policy) = json.get("changeFeedPolicy").filter(|policy| !policy.is_null()) else {
        return Ok(None);
    };
    match policy["retentionDuration"].as_i64() {
        Some(0) => Ok(None),
        Some(minutes) if (1..=RETENTION_MOST).contains(&minutes) => Ok(Some(minutes * 60)),
        _ => Err(invalid(format!(
            "changeFeedPolicy.retentionDuration is a number of minutes from 0 to {RETENTION_MOST}"
        ))),
    }
}

fn fill(json: &mut Map<String, Value>) {
    let mut default = |name: &str, value: Value| {
        let slot = json.entry(name).or_insert(Value::Null);
        if slot.is_null() {
            *slot = value;
        }
    };
    default("indexingPolicy", json!({}));
    default(
        "conflictResolutionPolicy",
        json!({
            "mode": "LastWriterWins",
            "conflictResolutionPath": "/_ts",
            "conflictResolutionProcedure": "",
        }),
    );
    default("geospatialConfig", json!({ "type": "Geography" }));
    if let Some(policy) = json["indexingPolicy"].as_object_mut() {
        for (name, value) in [
            ("indexingMode", json!("consistent")),
            ("automatic", json!(true)),
            ("includedPaths", json!([{ "path": "/*" }])),
            ("excludedPaths", json!([{ "path": "/\"_etag\"/?" }])),
        ] {
            policy.entry(name).or_insert(value);
        }
    }
}

fn indexed(json: &Map<String, Value>) -> Result<Vec<Vec<String>>, Failure> {
    let policy = &json["indexingPolicy"];
    let included = policy["includedPaths"].as_array();
    let included = included
        .ok_or_else(|| invalid("indexingPolicy is an object, its includedPaths is an array"))?;
    if policy["indexingMode"].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("none")) {
        return Ok(Vec::new());
    }
    let mut indexed = Vec::new();
    for path in included {
        let path = path["path"]
            .as_str()
            .ok_or_else(|| invalid("indexingPolicy.includedPaths has an item without a 'path'"))?;
        if let Some(names) = path::scalar(path).filter(|names| !indexed.contains(names)) {
            indexed.push(names);
        }
    }
    Ok(indexed)
}
