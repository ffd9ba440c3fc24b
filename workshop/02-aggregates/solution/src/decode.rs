//! Hands serde the kind as the variant and the stored text as its content, so that nothing is
//! buffered and nothing is read twice.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::{AnyEvent, CodecError};

/// A kind with its data, both as text.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'a> {
    pub(crate) kind: &'a str,
    pub(crate) data: &'a str,
}

/// What can go wrong between serde and us.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the kind is unknown")]
    Unknown,
    #[error("not a plain enum")]
    NotPlain,
    #[error("not an object")]
    NotAnObject,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Fault {
    /// The error of an event of this kind.
    pub(crate) fn of(self, kind: &str) -> CodecError {
        let kind = kind.to_owned();
        match self {
            Self::Unknown | Self::NotPlain => CodecError::NotPlain,
            Self::NotAnObject => CodecError::NotAnObject { kind },
            Self::Json(source) => CodecError::Data { kind, source },
        }
    }
}

impl de::Error for Fault {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Json(de::Error::custom(message))
    }
}

impl<'de> Deserializer<'de> for Stored<'de> {
    type Error = Fault;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if variants.contains(&self.kind) { visitor.visit_enum(self) } else { Err(Fault::Unknown) }
    }

    /// Asked for by [`AnyEvent`] alone: every kind will do.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == AnyEvent::NAME { visitor.visit_str(self.kind) } else { Err(Fault::NotPlain) }
    }

    /// Whoever asks for something else wants to look for the kind in the data.
    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::NotPlain)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Stored<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        if !self.data.starts_with('{') {
            return Err(Fault::NotAnObject);
        }
        Ok((seed.deserialize(BorrowedStrDeserializer::<Fault>::new(self.kind))?, self))
    }
}

impl<'de> VariantAccess<'de> for Stored<'de> {
    type Error = Fault;

    /// Whatever the data holds: the variant had content once, or will have.
    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        Ok(seed.deserialize(&mut serde_json::Deserializer::from_str(self.data))?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault::NotAnObject)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        Ok(serde_json::Deserializer::from_str(self.data).deserialize_struct("", fields, visitor)?)
    }
}
