//! Takes the kind from the variant and writes its content as JSON; refuses whatever is no variant.

use serde::ser::{Impossible, Serialize, SerializeStruct, SerializeStructVariant, Serializer};

use crate::decode::Fault;

type Json = serde_json::Serializer<Vec<u8>>;
type Fields<'a> = <&'a mut Json as Serializer>::SerializeStruct;
type Refused = Impossible<&'static str, Fault>;

/// Writes the content of a variant and answers with its name.
pub(crate) struct Writer<'a>(pub(crate) &'a mut Json);

/// Writes the fields of a variant.
pub(crate) struct Content<'a> {
    kind: &'static str,
    fields: Fields<'a>,
}

impl SerializeStructVariant for Content<'_> {
    type Ok = &'static str;
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        Ok(SerializeStruct::serialize_field(&mut self.fields, key, value)?)
    }

    fn end(self) -> Result<&'static str, Fault> {
        SerializeStruct::end(self.fields)?;
        Ok(self.kind)
    }
}

/// What is no variant of an enum has no kind.
macro_rules! refuse {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<&'static str, Fault> {
            Err(Fault::NotPlain)
        })*
    };
}

macro_rules! refuse_many {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<Refused, Fault> {
            Err(Fault::NotPlain)
        })*
    };
}

impl<'a> Serializer for Writer<'a> {
    type Ok = &'static str;
    type Error = Fault;
    type SerializeSeq = Refused;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStruct = Refused;
    type SerializeStructVariant = Content<'a>;

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
    ) -> Result<&'static str, Fault> {
        SerializeStruct::end(self.0.serialize_struct("", 0)?)?;
        Ok(kind)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
        content: &T,
    ) -> Result<&'static str, Fault> {
        content.serialize(self.0)?;
        Ok(kind)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        kind: &'static str,
        fields: usize,
    ) -> Result<Content<'a>, Fault> {
        Ok(Content { kind, fields: self.0.serialize_struct(name, fields)? })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Refused, Fault> {
        Err(Fault::NotAnObject)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<&'static str, Fault> {
        Err(Fault::NotPlain)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<&'static str, Fault> {
        Err(Fault::NotPlain)
    }

    refuse! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    refuse_many! {
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
    }
}
