//! Which resource a path means, and what a signature over it covers.

use percent_encoding::percent_decode_str;

use super::failure::Refusal;

/// A resource of the account. Keywords are found by their place in the path: a database may be called `colls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    Account,
    Databases,
    Database(String),
    Containers(String),
    Container(ContainerName),
    Ranges(ContainerName),
    Items(ContainerName),
    Item(ContainerName, String),
    Procedures(ContainerName),
    Procedure(ContainerName, String),
    Offers,
    Offer(String),
    /// An order to split a range: of which container, and its id.
    Split(ContainerName, String),
    /// The faults that were ordered.
    Faults,
    /// A resource of the service that this server does not have, by its name.
    Unsupported(&'static str),
}

/// What the paths of orders to this server begin with; no resource of the service is called so.
const ADMIN: &str = "_admin";

/// A container by the names in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerName {
    pub database: String,
    pub container: String,
}

/// What a signature covers besides the verb and the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedResource {
    /// Any of these; clients do not agree on all.
    pub kinds: Vec<String>,
    pub link: String,
}

/// Splits a path into decoded segments. A slash at the end is accepted, since the Python client sends one.
///
/// # Errors
///
/// A segment is not UTF-8 once decoded.
pub fn segments(path: &str) -> Result<Vec<String>, Refusal> {
    let path = path.trim_matches('/');
    if path.is_empty() {
        return Ok(Vec::new());
    }
    path.split('/')
        .map(|segment| match percent_decode_str(segment).decode_utf8() {
            Ok(text) => Ok(text.into_owned()),
            Err(_) => Err(Refusal::bad_request(format!(
                "the path segment '{segment}' is not UTF-8 once percent-decoded"
            ))),
        })
        .collect()
}

impl Address {
    /// Whether it belongs to whoever has the account key, and to nobody else.
    pub fn needs_key(&self) -> bool {
        matches!(self, Self::Split(..) | Self::Faults)
    }

    /// Finds the resource; `None` when the service has none at this path.
    pub fn parse(segments: &[String]) -> Option<Self> {
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Some(Self::Account),
            ["dbs"] => Some(Self::Databases),
            ["offers"] => Some(Self::Offers),
            ["offers", id] => Some(Self::Offer((*id).to_owned())),
            [ADMIN, "faults"] => Some(Self::Faults),
            [ADMIN, "split", "dbs", database, "colls", container, "pkranges", range] => {
                let name = ContainerName {
                    database: (*database).to_owned(),
                    container: (*container).to_owned(),
                };
                Some(Self::Split(name, (*range).to_owned()))
            }
            ["dbs", database] => Some(Self::Database((*database).to_owned())),
            ["dbs", database, "colls"] => Some(Self::Containers((*database).to_owned())),
            ["dbs", _, "users", ..] => Some(Self::Unsupported("users and permissions")),
            ["dbs", _, "clientencryptionkeys", ..] => Some(Self::Unsupported("client encryption")),
            ["dbs", database, "colls", container, rest @ ..] => {
                let name = ContainerName {
                    database: (*database).to_owned(),
                    container: (*container).to_owned(),
                };
                Self::in_container(name, rest)
            }
            _ => None,
        }
    }

    fn in_container(name: ContainerName, rest: &[&str]) -> Option<Self> {
        match rest {
            [] => Some(Self::Container(name)),
            ["pkranges"] => Some(Self::Ranges(name)),
            ["docs"] => Some(Self::Items(name)),
            ["docs", id] => Some(Self::Item(name, (*id).to_owned())),
            ["docs", _, "attachments", ..] => Some(Self::Unsupported("attachments")),
            ["sprocs"] => Some(Self::Procedures(name)),
            ["sprocs", id] => Some(Self::Procedure(name, (*id).to_owned())),
            ["triggers", ..] => Some(Self::Unsupported("triggers")),
            ["udfs", ..] => Some(Self::Unsupported("user-defined functions")),
            ["conflicts", ..] => Some(Self::Unsupported("conflicts")),
            ["operations", ..] => Some(Self::Unsupported("deletion by partition key")),
            _ => None,
        }
    }
}

impl SignedResource {
    /// A path of even depth names a resource and is signed whole; one of odd depth names a feed and is
    /// signed by its owner. So is the deletion of a logical partition, as one of a thing that no path names.
    pub fn of(segments: &[String]) -> Self {
        let depth = segments.len();
        if let [.., operations, operation] = segments
            && depth == 6
            && operations == "operations"
            && operation == "partitionkeydelete"
        {
            // The Python client signs the first, the JavaScript client the second.
            let kinds = ["partitionkey", "colls"].map(str::to_owned).to_vec();
            return Self { kinds, link: segments[..4].join("/") };
        }
        let (kind, linked) = match depth {
            0 => ("", 0),
            _ if depth.is_multiple_of(2) => (segments[depth - 2].as_str(), depth),
            _ => (segments[depth - 1].as_str(), depth - 1),
        };
        let link = match segments {
            [first, rid] if first == "offers" => rid.to_lowercase(),
            _ => segments[..linked].join("/"),
        };
        Self { kinds: vec![kind.to_owned()], link }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str) -> Option<Address> {
        Address::parse(&segments(path).unwrap())
    }

    fn signed(path: &str) -> (String, String) {
        let signed = SignedResource::of(&segments(path).unwrap());
        (signed.kinds.join("|"), signed.link)
    }

    fn orders() -> ContainerName {
        ContainerName { database: "shop".to_owned(), container: "orders".to_owned() }
    }

    #[test]
    fn keywords_are_found_by_their_place() {
        let name = ContainerName { database: "colls".to_owned(), container: "docs".to_owned() };
        assert_eq!(
            parse("/dbs/colls/colls/docs/docs/sprocs"),
            Some(Address::Item(name, "sprocs".to_owned()))
        );
    }

    #[test]
    fn a_slash_at_the_end_is_accepted() {
        let address = Some(Address::Items(orders()));
        assert_eq!(parse("/dbs/shop/colls/orders/docs/"), address);
    }

    #[test]
    fn an_encoded_slash_belongs_to_the_id() {
        let item = Address::Item(orders(), "a/b ü".to_owned());
        assert_eq!(parse("/dbs/shop/colls/orders/docs/a%2Fb%20%C3%BC"), Some(item));
    }

    #[test]
    fn a_path_that_is_not_utf8_is_refused() {
        assert!(segments("/dbs/%FF").is_err());
    }

    #[test]
    fn unknown_paths_are_no_resource() {
        assert_eq!(parse("/favicon.ico"), None);
        assert_eq!(parse("/dbs/shop/colls/orders/docs/x/y"), None);
    }

    #[test]
    fn what_is_missing_is_known_by_name() {
        let address = Address::Unsupported("triggers");
        assert_eq!(parse("/dbs/shop/colls/orders/triggers"), Some(address));
    }

    #[test]
    fn a_feed_is_signed_by_its_owner_and_a_resource_whole() {
        let pair = |kind: &str, link: &str| (kind.to_owned(), link.to_owned());
        assert_eq!(signed("/"), pair("", ""));
        assert_eq!(signed("/dbs"), pair("dbs", ""));
        assert_eq!(signed("/dbs/a/colls/b/docs"), pair("docs", "dbs/a/colls/b"));
        assert_eq!(signed("/dbs/a/colls/b/docs/x%20y"), pair("docs", "dbs/a/colls/b/docs/x y"));
        assert_eq!(signed("/offers/AbC"), pair("offers", "abc"));
        let deletion = signed("/dbs/a/colls/b/operations/partitionkeydelete");
        assert_eq!(deletion, pair("partitionkey|colls", "dbs/a/colls/b"));
    }
}
