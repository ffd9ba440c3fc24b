//! Takes the kind from the variant and writes its content as JSON; refuses whatever is no variant.

use std::cell::Cell;

use serde::ser::{
    Error, Impossible, Serialize, SerializeStruct, SerializeStructVariant, Serializer,
};

type Refused<S> = Impossible<<S as Serializer>::Ok, <S as Serializer>::Error>;

/// An event as its content alone. What it is comes out while it is written.
pub(crate) struct Content<'a, E> {
    event: &'a E,
    seen: Cell<Seen>,
}

/// What an event turned out to be.
#[derive(Clone, Copy)]
pub(crate) enum Seen {
    /// A struct, a number or whatever else has no kind.
    NoVariant,
    /// A variant of this kind.
    Variant(&'static str),
    /// One whose fields have no names.
    Tuple(&'static str),
}

/// What is known of an event that fails before it says more.
const UNSAID: Seen = Seen::Variant("an event");

impl<'a, E> Content<'a, E> {
    pub(crate) fn of(event: &'a E) -> Self {
        Self { event, seen: Cell::new(UNSAID) }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.get()
    }
}

impl<E: Serialize> Serialize for Content<'_, E> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        self.event.serialize(Writer { json, seen: &self.seen })
    }
}

/// Writes the content of a variant and takes note of what it saw.
struct Writer<'a, S> {
    json: S,
    seen: &'a Cell<Seen>,
}

/// Writes the fields of a variant.
struct Fields<S>(S);

impl<S: SerializeStruct> SerializeStructVariant for Fields<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), S::Error> {
        self.0.serialize_field(key, value)
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

impl<S: Serializer> Writer<'_, S> {
    fn refuse<T>(self, seen: Seen) -> Result<T, S::Error> {
        self.seen.set(seen);
        Err(S::Error::custom("not a variant with named fields"))
    }
}

/// What is no variant of an enum has no kind.
macro_rules! refuse {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<S::Ok, S::Error> {
            self.refuse(Seen::NoVariant)
        })*
    };
}

macro_rules! refuse_many {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<Refused<S>, S::Error> {
            self.refuse(Seen::NoVariant)
        })*
    };
}

impl<S: Serializer> Serializer for Writer<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Refused<S>;
    type SerializeTuple = Refused<S>;
    type SerializeTupleStruct = Refused<S>;
    type SerializeTupleVariant = Refused<S>;
    type SerializeMap = Refused<S>;
    type SerializeStruct = Refused<S>;
    type SerializeStructVariant = Fields<S::SerializeStruct>;

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
    ) -> Result<S::Ok, S::Error> {
        self.seen.set(Seen::Variant(kind));
        self.json.serialize_struct("", 0)?.end()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
        content: &T,
    ) -> Result<S::Ok, S::Error> {
        self.seen.set(Seen::Variant(kind));
        content.serialize(self.json)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        kind: &'static str,
        fields: usize,
    ) -> Result<Fields<S::SerializeStruct>, S::Error> {
        self.seen.set(Seen::Variant(kind));
        Ok(Fields(self.json.serialize_struct(name, fields)?))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        kind: &'static str,
        _: usize,
    ) -> Result<Refused<S>, S::Error> {
        self.refuse(Seen::Tuple(kind))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<S::Ok, S::Error> {
        self.refuse(Seen::NoVariant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<S::Ok, S::Error> {
        self.refuse(Seen::NoVariant)
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
