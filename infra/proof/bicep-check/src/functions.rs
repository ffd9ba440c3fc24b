//! The functions of Bicep, with what they answer where that does not depend on the arguments.

use crate::kinds::Kind;

const TEXT: &[&str] = &[
    "base64",
    "base64ToString",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "format",
    "guid",
    "loadFileAsBase64",
    "loadTextContent",
    "managementGroupResourceId",
    "newGuid",
    "padLeft",
    "replace",
    "resourceId",
    "string",
    "subscriptionResourceId",
    "tenantResourceId",
    "toLower",
    "toUpper",
    "trim",
    "uniqueString",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "utcNow",
    "join",
    "dataUri",
    "dataUriToString",
    "extensionResourceId",
    "cidrSubnet",
    "cidrHost",
    "substring",
];
const INT: &[&str] = &["dateTimeToEpoch", "indexOf", "int", "lastIndexOf", "length"];
const BOOL: &[&str] = &["bool", "contains", "empty", "endsWith", "startsWith"];
const ARRAY: &[&str] = &[
    "array",
    "filter",
    "flatten",
    "items",
    "map",
    "objectKeys",
    "pickZones",
    "range",
    "sort",
    "split",
];
const OBJECT: &[&str] = &[
    "deployment",
    "deployer",
    "environment",
    "managementGroup",
    "mapValues",
    "parseCidr",
    "parseUri",
    "resourceGroup",
    "shallowMerge",
    "subscription",
    "tenant",
    "toObject",
    "groupBy",
];
/// Their answer depends on what they are given.
const OTHER: &[&str] = &[
    "any",
    "coalesce",
    "concat",
    "fail",
    "first",
    "intersection",
    "json",
    "last",
    "loadJsonContent",
    "loadYamlContent",
    "max",
    "min",
    "nameof",
    "readEnvironmentVariable",
    "reduce",
    "reference",
    "skip",
    "take",
    "tryGet",
    "tryIndexOf",
    "union",
];

pub(crate) fn exists(name: &str) -> bool {
    answer(name).is_some() || OTHER.contains(&name)
}

pub(crate) fn answer(name: &str) -> Option<Kind> {
    let lists = [
        (TEXT, Kind::Text),
        (INT, Kind::Int),
        (BOOL, Kind::Bool),
        (ARRAY, Kind::Array),
        (OBJECT, Kind::Object),
    ];
    lists.into_iter().find(|(names, _)| names.contains(&name)).map(|(_, kind)| kind)
}
