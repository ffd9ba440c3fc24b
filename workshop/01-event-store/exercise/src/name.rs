//! How names are made of two parts.

use std::fmt::{Display, Write};

use smol_str::{SmolStr, SmolStrBuilder};

/// `front`, a mark and `back`. A short name takes no memory of its own.
pub(crate) fn joined(front: &str, mark: char, back: impl Display) -> SmolStr {
    let mut name = SmolStrBuilder::new();
    name.push_str(front);
    name.push(mark);
    write!(name, "{back}").expect("what is displayed never fails by itself, and a text takes it");
    name.finish()
}
