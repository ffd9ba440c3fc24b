//! Effective partition keys: the hash that places a partition key, the same as the clients compute.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};

use super::limits::invalid;
use super::{Component, Failure, PartitionKey};

/// An effective partition key: upper-case hexadecimal; `""` is the least, `"FF"` the end. Compared without
/// trailing zero bytes: `80` equals `8000`.
#[derive(Debug, Clone)]
pub struct Epk(pub String);

/// Which hash a container's definition asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashVersion {
    /// What a definition without a version means.
    V1,
    V2,
}

/// The first version looks at this many UTF-16 units of a string, and keeps as many bytes of it.
const V1_STRING: usize = 100;

impl Epk {
    /// The least.
    pub fn min() -> Self {
        Self(String::new())
    }

    /// Above all.
    pub fn max() -> Self {
        Self("FF".to_owned())
    }

    /// Reads the text of a request.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        if text.len() % 2 == 0 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.to_ascii_uppercase()));
        }
        Err(invalid(format!(
            "the effective partition key '{text}' is not hexadecimal"
        )))
    }

    /// Places a partition key.
    pub fn of(key: &PartitionKey, version: HashVersion) -> Self {
        match version {
            HashVersion::V1 => Self::from_bytes(&v1(&key.0)),
            HashVersion::V2 => Self::from_bytes(&v2(&key.0)),
        }
    }

    /// The bytes, without trailing zeros.
    pub fn bytes(&self) -> Vec<u8> {
        let digit = |digit: u8| {
            (digit as char)
                .to_digit(16)
                .unwrap_or_default()
                .to_le_bytes()[0]
        };
        let pairs = self.significant().as_bytes().chunks_exact(2);
        pairs
            .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
            .collect()
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            let _ = write!(text, "{byte:02X}");
        }
        Self(text)
    }

    fn significant(&self) -> &str {
        self.0.trim_end_matches("00")
    }
}

impl PartialEq for Epk {
    fn eq(&self, other: &Self) -> bool {
        self.significant() == other.significant()
    }
}

impl Eq for Epk {}

impl Hash for Epk {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.significant().hash(state);
    }
}

impl PartialOrd for Epk {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Epk {
    fn cmp(&self, other: &Self) -> Ordering {
        self.significant().cmp(other.significant())
    }
}

/// Cuts the space into equal parts: where the parts after the first begin.
pub fn cuts(parts: u32, version: HashVersion) -> Vec<Epk> {
    let cut = |part: u32| match version {
        HashVersion::V1 => {
            let hashes = u64::from(u32::MAX) + 1;
            let first = hashes * u64::from(part) / u64::from(parts);
            let mut bytes = Vec::new();
            push_number(
                &mut bytes,
                f64::from(u32::try_from(first).unwrap_or(u32::MAX)),
            );
            Epk::from_bytes(&bytes)
        }
        HashVersion::V2 => {
            let end = 0x40_u128 << 120;
            Epk::from_bytes(&(end / u128::from(parts) * u128::from(part)).to_be_bytes())
        }
    };
    (1..parts).map(cut).collect()
}

fn v2(components: &[Component]) -> Vec<u8> {
    let hash = murmur3::murmur3_x64_128(&mut hashed(components, 0xFF).as_slice(), 0)
        .expect("memory can be read");
    let mut bytes = hash.to_be_bytes();
    bytes[0] &= 0x3F;
    bytes.to_vec()
}

fn v1(components: &[Component]) -> Vec<u8> {
    let cut: Vec<Component> = components.iter().map(shortened).collect();
    let hash =
        murmur3::murmur3_32(&mut hashed(&cut, 0x00).as_slice(), 0).expect("memory can be read");
    let mut bytes = Vec::new();
    push_number(&mut bytes, f64::from(hash));
    for component in &cut {
        push_component(&mut bytes, component);
    }
    bytes
}

fn tag(component: &Component) -> u8 {
    match component {
        Component::Undefined => 0x00,
        Component::Null => 0x01,
        Component::Bool(false) => 0x02,
        Component::Bool(true) => 0x03,
        Component::Number(_) => 0x05,
        Component::String(_) => 0x08,
    }
}

/// What the hash is taken of.
fn hashed(components: &[Component], end_of_string: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    for component in components {
        bytes.push(tag(component));
        match component {
            Component::Number(number) => bytes.extend(number.to_le_bytes()),
            Component::String(text) => {
                bytes.extend(text.as_bytes());
                bytes.push(end_of_string);
            }
            _ => {}
        }
    }
    bytes
}

/// The first 100 UTF-16 units of a string; half a pair becomes the replacement character.
fn shortened(component: &Component) -> Component {
    match component {
        Component::String(text) if text.len() > V1_STRING => {
            let units: Vec<u16> = text.encode_utf16().take(V1_STRING).collect();
            Component::String(String::from_utf16_lossy(&units))
        }
        other => other.clone(),
    }
}

/// A component as it stands behind the hash of the first version.
fn push_component(out: &mut Vec<u8>, component: &Component) {
    match component {
        Component::Number(number) => push_number(out, *number),
        Component::String(text) => {
            out.push(tag(component));
            // No byte of UTF-8 is 255, so none overflows.
            out.extend(text.bytes().take(V1_STRING + 1).map(|byte| byte + 1));
            if text.len() <= V1_STRING {
                out.push(0);
            }
        }
        other => out.push(tag(other)),
    }
}

/// A number of the first version: the bits of the double made to compare as it does, the first byte whole,
/// then seven bits a byte, whose lowest bit says that more follow.
fn push_number(out: &mut Vec<u8>, number: f64) {
    const SIGN: u64 = 1 << 63;
    let bits = number.to_bits();
    let ordered = if bits < SIGN {
        bits ^ SIGN
    } else {
        (!bits).wrapping_add(1)
    };
    out.push(tag(&Component::Number(number)));
    out.push(ordered.to_be_bytes()[0]);
    let mut rest = ordered << 8;
    loop {
        let byte = rest.to_be_bytes()[0] & 0xFE;
        rest <<= 7;
        if rest == 0 {
            return out.push(byte);
        }
        out.push(byte | 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> PartitionKey {
        PartitionKey(vec![Component::String(text.to_owned())])
    }

    #[test]
    fn the_second_version_hashes_as_the_clients_do() {
        let hash = |key: PartitionKey| Epk::of(&key, HashVersion::V2).0;
        assert_eq!(hash(string("a")), "3A5381E1114EB8D3FCC90795045B49B7");
        assert_eq!(hash(string("zz")), "09A03807AB1684EA728289921D90043C");
        assert_eq!(hash(string("b12")), "343D06BAA346298C4873DACDC9993AF1");
        assert_eq!(hash(string("n0")), "0290DBC0FDE638794104D4A807E77558");
        assert_eq!(hash(string("t1")), "3D48BB14DA9D090D22112C96695028B6");
        let one = |component| hash(PartitionKey(vec![component]));
        assert_eq!(
            one(Component::Number(42.0)),
            "08E6D561F6FD951DCC25E7E4EA2884B5"
        );
        assert_eq!(one(Component::Null), "378867E4430E67857ACE5C908374FE16");
        assert_eq!(
            one(Component::Undefined),
            "11622DAA78F835834610ABE56EFF5CB5"
        );
    }

    #[test]
    fn the_first_version_hashes_as_the_clients_do() {
        assert_eq!(
            Epk::of(&string("a"), HashVersion::V1).0,
            "05C1D78593652C086200"
        );
    }

    #[test]
    fn the_first_version_sees_a_hundred_characters() {
        let hash = |text: &str| Epk::of(&string(text), HashVersion::V1);
        assert_eq!(hash(&"é".repeat(101)), hash(&"é".repeat(100)));
        assert_ne!(hash(&"é".repeat(100)), hash(&"é".repeat(99)));
    }

    #[test]
    fn trailing_zero_bytes_do_not_count() {
        let epk = |text: &str| Epk::parse(text).unwrap();
        assert_eq!(epk("80"), epk("8000"));
        assert_eq!(epk(""), epk("0000"));
        assert!(epk("8000") < epk("800001"));
        assert!(epk("10") < epk("FF"));
        assert!(Epk::parse("8").is_err());
        assert!(Epk::parse("xx").is_err());
    }

    #[test]
    fn the_space_is_cut_evenly() {
        let texts = |cuts: Vec<Epk>| cuts.into_iter().map(|epk| epk.0).collect::<Vec<_>>();
        let four = ["1", "2", "3"].map(|digit| format!("{digit}{}", "0".repeat(31)));
        assert_eq!(texts(cuts(4, HashVersion::V2)), four);
        assert!(cuts(1, HashVersion::V2).is_empty());
        let first = cuts(4, HashVersion::V1);
        assert!(first.is_sorted() && first[0] > Epk::parse("05C1").unwrap());
    }
}
