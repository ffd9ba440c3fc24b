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
    /// Each level of a hierarchical key by the second version, one behind the other.
    Levels,
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
        if text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self(text.to_ascii_uppercase()));
        }
        Err(invalid(format!("the effective partition key '{text}' is not hexadecimal")))
    }

    /// Places a partition key.
    pub fn of(key: &PartitionKey, version: HashVersion) -> Self {
        match version {
            HashVersion::V1 => Self::from_bytes(&v1(&key.0)),
            HashVersion::V2 => Self::from_bytes(&v2(&key.0)),
            HashVersion::Levels => {
                let levels = key.0.iter().map(|level| v2(std::slice::from_ref(level)));
                Self::from_bytes(&levels.collect::<Vec<_>>().concat())
            }
        }
    }

    /// Above all that begin with it: where the keys under a prefix end.
    pub fn end_of_prefix(&self) -> Self {
        Self(format!("{}FF", self.0))
    }

    /// The bytes, without trailing zeros.
    pub fn bytes(&self) -> Vec<u8> {
        let digit = |digit: u8| (digit as char).to_digit(16).unwrap_or_default().to_le_bytes()[0];
        let pairs = self.significant().as_bytes().chunks_exact(2);
        pairs.map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
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

/// Above all hashes of the second version: the first two bits are never set.
const V2_END: u128 = 0x40 << 120;

/// Cuts the space into equal parts: where the parts after the first begin.
pub fn cuts(parts: u32, version: HashVersion) -> Vec<Epk> {
    let cut = |part: u32| match version {
        HashVersion::V1 => {
            let hashes = u64::from(u32::MAX) + 1;
            let first = hashes * u64::from(part) / u64::from(parts);
            let mut bytes = Vec::new();
            push_number(&mut bytes, f64::from(u32::try_from(first).unwrap_or(u32::MAX)));
            Epk::from_bytes(&bytes)
        }
        HashVersion::V2 | HashVersion::Levels => {
            Epk::from_bytes(&(V2_END / u128::from(parts) * u128::from(part)).to_be_bytes())
        }
    };
    (1..parts).map(cut).collect()
}

/// The middle of a part of the space, by the hashes that lie in it.
pub fn middle(min: &Epk, max: &Epk, version: HashVersion) -> Epk {
    let (min, max) = (min.bytes(), max.bytes());
    match version {
        HashVersion::V1 => {
            let (from, to) = (v1_hash(&min), v1_hash(&max));
            let mut bytes = Vec::new();
            push_number(
                &mut bytes,
                f64::from(u32::try_from(u64::midpoint(from, to)).unwrap_or(u32::MAX)),
            );
            Epk::from_bytes(&bytes)
        }
        HashVersion::V2 | HashVersion::Levels => {
            let hash = |bytes: &[u8]| {
                let mut hash = [0; 16];
                hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                u128::from_be_bytes(hash).min(V2_END)
            };
            Epk::from_bytes(&u128::midpoint(hash(&min), hash(&max)).to_be_bytes())
        }
    }
}

/// The hash at the beginning of a key of the first version, or of a border of its space.
fn v1_hash(key: &[u8]) -> u64 {
    const END: u64 = 1 << 32;
    match key {
        [tag, digits @ ..] if *tag == NUMBER => END.min(read_number(digits)),
        [tag, ..] if *tag > NUMBER => END,
        _ => 0,
    }
}

/// Undoes [`push_number`] for a whole number of 32 bits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hashes are whole")]
fn read_number(digits: &[u8]) -> u64 {
    const SIGN: u64 = 1 << 63;
    let Some((first, rest)) = digits.split_first() else {
        return 0;
    };
    let mut ordered = u64::from(*first) << 56;
    let mut shift: u32 = 56;
    for byte in rest {
        let digit = u64::from(byte >> 1);
        ordered |= if shift >= 7 { digit << (shift - 7) } else { digit >> (7 - shift) };
        shift = shift.saturating_sub(7);
        if byte & 1 == 0 || shift == 0 {
            break;
        }
    }
    f64::from_bits(ordered ^ SIGN).max(0.0) as u64
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

const NUMBER: u8 = 0x05;

fn tag(component: &Component) -> u8 {
    match component {
        Component::Undefined => 0x00,
        Component::Null => 0x01,
        Component::Bool(false) => 0x02,
        Component::Bool(true) => 0x03,
        Component::Number(_) => NUMBER,
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
    let ordered = if bits < SIGN { bits ^ SIGN } else { (!bits).wrapping_add(1) };
    out.push(NUMBER);
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
    use serde_json::json;

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
        assert_eq!(one(Component::Number(42.0)), "08E6D561F6FD951DCC25E7E4EA2884B5");
        assert_eq!(one(Component::Null), "378867E4430E67857ACE5C908374FE16");
        assert_eq!(one(Component::Undefined), "11622DAA78F835834610ABE56EFF5CB5");
    }

    #[test]
    fn the_first_version_hashes_as_the_clients_do() {
        assert_eq!(Epk::of(&string("a"), HashVersion::V1).0, "05C1D78593652C086200");
    }

    /// What the client's own hash says.
    fn of_the_client(
        key: impl Into<azure_data_cosmos_driver::models::PartitionKey>,
        version: u32,
    ) -> String {
        use azure_data_cosmos_driver::models::FeedRange;
        let definition = json!({ "paths": ["/k"], "kind": "Hash", "version": version });
        let definition = serde_json::from_value(definition).unwrap();
        FeedRange::for_partition(key.into(), &definition).min_inclusive().to_string()
    }

    #[test]
    fn every_kind_of_key_hashes_as_in_the_client() {
        let lengths = [0, 1, 7, 8, 15, 16, 17, 99, 100, 101, 250];
        let strings = lengths
            .iter()
            .flat_map(|&length| ["x", "\u{e9}", "\u{1f4d3}", "\0"].map(|text| text.repeat(length)));
        for (version, number) in [(HashVersion::V1, 1), (HashVersion::V2, 2)] {
            let ours = |component| Epk::of(&PartitionKey(vec![component]), version).0;
            for text in strings.clone() {
                let client = of_the_client(text.clone(), number);
                assert_eq!(ours(Component::String(text.clone())), client, "{text}");
                let odd = format!("a{text}");
                assert_eq!(ours(Component::String(odd.clone())), of_the_client(odd, number));
            }
            for value in [0, 1, -1, 42, i32::MAX, i32::MIN] {
                assert_eq!(ours(Component::Number(value.into())), of_the_client(value, number));
            }
            for value in [0.5, -0.1, 1e300, -1e-300] {
                let key = azure_data_cosmos_driver::models::PartitionKey::try_from(value).unwrap();
                assert_eq!(ours(Component::Number(value)), of_the_client(key, number));
            }
            for value in [true, false] {
                assert_eq!(ours(Component::Bool(value)), of_the_client(value, number));
            }
            let null = of_the_client(None::<String>, number);
            assert_eq!(ours(Component::Null), null);
        }
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
