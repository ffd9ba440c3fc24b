//! What the headers of a request ask for.

use http::HeaderMap;

use super::failure::Refusal;
use crate::engine::{PartitionKey, Precondition};

/// A page when the client names no size; the service's own default.
const PAGE: usize = 100;

/// A page when the client leaves the size to the server, and the most it can ask for.
const LARGEST_PAGE: usize = 1000;

/// The headers of a request, read by meaning.
#[derive(Debug, Clone)]
pub struct Headers(pub HeaderMap);

impl Headers {
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether a switch is on. Clients write `True` and `true`.
    pub fn is_on(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| text.trim().eq_ignore_ascii_case("true"))
    }

    /// Whether the client wants no document back from a write.
    pub fn wants_no_content(&self) -> bool {
        self.text("prefer")
            .is_some_and(|text| text.contains("return=minimal"))
    }

    /// The ETag a read or a feed already has, unquoted.
    pub fn if_none_match(&self) -> Option<&str> {
        self.text("if-none-match").map(unquoted)
    }

    /// What must hold for a write.
    pub fn precondition(&self) -> Precondition {
        let etag = |name| self.text(name).map(|text| unquoted(text).to_owned());
        match (etag("if-match"), etag("if-none-match")) {
            (Some(etag), _) => Precondition::IfMatch(etag),
            (None, Some(etag)) => Precondition::IfNoneMatch(etag),
            (None, None) => Precondition::None,
        }
    }

    /// The most items a page may have. -1 leaves it to the server.
    pub fn page_size(&self) -> Result<usize, Refusal> {
        let Some(text) = self.text("x-ms-max-item-count") else {
            return Ok(PAGE);
        };
        match text.trim().parse::<i64>() {
            Ok(-1) => Ok(LARGEST_PAGE),
            Ok(count) if count > 0 => {
                Ok(usize::try_from(count).map_or(LARGEST_PAGE, |count| count.min(LARGEST_PAGE)))
            }
            _ => Err(Refusal::bad_request(format!(
                "x-ms-max-item-count is '{text}', it must be -1 or a number above 0"
            ))),
        }
    }

    /// The partition key, if one is given. An empty one means all partitions.
    pub fn partition_key(&self) -> Result<Option<PartitionKey>, Refusal> {
        let Some(header) = self.0.get("x-ms-documentdb-partitionkey") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(header.as_bytes())
            .map_err(|_| Refusal::bad_request("x-ms-documentdb-partitionkey is not UTF-8"))?;
        let key = PartitionKey::from_header(text)?;
        Ok(Some(key).filter(|key| !key.0.is_empty()))
    }

    /// The partition key of an operation that cannot do without.
    pub fn required_partition_key(&self) -> Result<PartitionKey, Refusal> {
        self.partition_key()?.ok_or_else(|| {
            Refusal::bad_request(
                "The partition key is required: send the header x-ms-documentdb-partitionkey, \
                 such as [\"value\"].",
            )
        })
    }
}

/// An ETag without the quotes that headers and documents carry.
pub fn unquoted(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix('"')
        .and_then(|etag| etag.strip_suffix('"'))
        .unwrap_or(etag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Component;
    use http::{HeaderName, HeaderValue};

    fn headers<const N: usize>(list: [(&'static str, &str); N]) -> Headers {
        let pairs = list.map(|(name, value)| {
            let value = HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        Headers(HeaderMap::from_iter(pairs))
    }

    fn key(text: &str) -> Result<Option<PartitionKey>, Refusal> {
        headers([("x-ms-documentdb-partitionkey", text)]).partition_key()
    }

    #[test]
    fn every_kind_of_partition_key_is_read() {
        let components = vec![
            Component::String("ü".to_owned()),
            Component::Number(1.5),
            Component::Bool(true),
            Component::Null,
            Component::Undefined,
        ];
        let expected = Some(PartitionKey(components));
        assert_eq!(key(r#"["\u00fc", 1.5, true, null, {}]"#).unwrap(), expected);
    }

    #[test]
    fn an_empty_partition_key_is_none() {
        assert_eq!(key("[]").unwrap(), None);
    }

    #[test]
    fn what_is_no_partition_key_is_refused() {
        assert!(key("meter").is_err());
        assert!(key(r#"[{"a":1}]"#).is_err());
        assert!(key("[[1]]").is_err());
    }

    #[test]
    fn switches_ignore_case() {
        let headers = headers([("x-ms-documentdb-isquery", "True")]);
        assert!(headers.is_on("x-ms-documentdb-isquery"));
        assert!(!headers.is_on("x-ms-documentdb-is-upsert"));
    }

    #[test]
    fn etags_lose_their_quotes() {
        let precondition = headers([("if-match", "\"e1\"")]).precondition();
        assert_eq!(precondition, Precondition::IfMatch("e1".to_owned()));
        assert_eq!(headers([("if-none-match", "*")]).if_none_match(), Some("*"));
    }

    #[test]
    fn the_page_size_is_a_hint_with_bounds() {
        let size = |text| headers([("x-ms-max-item-count", text)]).page_size();
        assert_eq!(size("7"), Ok(7));
        assert_eq!(size("-1"), Ok(LARGEST_PAGE));
        assert_eq!(size("999999999999"), Ok(LARGEST_PAGE));
        assert!(size("0").is_err() && size("many").is_err());
    }
}
