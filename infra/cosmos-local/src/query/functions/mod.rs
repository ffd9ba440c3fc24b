//! The built-in functions. An undefined argument, or one of a type a function cannot use, makes its result
//! undefined, except for the type checks, which are always true or false.

mod arrays;
mod dates;
mod math;
mod objects;
mod strings;
mod types;

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::Value;

/// The value of an expression, borrowed from the document or the query where it can be; `None` is undefined.
pub type Computed<'a> = Option<Cow<'a, Value>>;

/// A built-in function.
#[derive(Debug)]
pub struct Function {
    pub name: &'static str,
    pub arguments: RangeInclusive<usize>,
    pub call: fn(&[Computed<'_>]) -> Option<Value>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const fn function(
    name: &'static str,
    arguments: RangeInclusive<usize>,
    call: fn(&[Computed<'_>]) -> Option<Value>,
) -> Function {
    Function { name, arguments, call }
}

/// What `||` does.
pub static CONCAT: Function = function("CONCAT", 2..=usize::MAX, strings::concat);

static FUNCTIONS: [Function; 99] = [
    function("ABS", 1..=1, math::abs),
    function("ACOS", 1..=1, math::acos),
    function("ARRAY_CONCAT", 2..=usize::MAX, objects::array_concat),
    function("ARRAY_CONTAINS", 2..=3, arrays::contains),
    function("ARRAY_CONTAINS_ALL", 2..=usize::MAX, objects::contains_all),
    function("ARRAY_CONTAINS_ANY", 2..=usize::MAX, objects::contains_any),
    function("ARRAY_LENGTH", 1..=1, arrays::length),
    function("ARRAY_SLICE", 2..=3, objects::array_slice),
    function("ASIN", 1..=1, math::asin),
    function("ATAN", 1..=1, math::atan),
    function("ATN2", 2..=2, math::atan2),
    function("CEILING", 1..=1, math::ceiling),
    function("CHOOSE", 2..=usize::MAX, objects::choose),
    function("CONTAINS", 2..=3, strings::contains),
    function("COS", 1..=1, math::cos),
    function("COT", 1..=1, math::cot),
    function("DATETIMEADD", 3..=3, dates::add),
    function("DATETIMEBIN", 2..=4, dates::bin),
    function("DATETIMEDIFF", 3..=3, dates::difference),
    function("DATETIMEFROMPARTS", 3..=7, dates::from_parts),
    function("DATETIMEPART", 2..=2, dates::part),
    function("DATETIMETOTICKS", 1..=1, dates::to_ticks),
    function("DATETIMETOTIMESTAMP", 1..=1, dates::to_timestamp),
    function("DEGREES", 1..=1, math::degrees),
    function("ENDSWITH", 2..=3, strings::ends_with),
    function("EXP", 1..=1, math::exp),
    function("FLOOR", 1..=1, math::floor),
    function("GETCURRENTDATETIME", 0..=0, dates::now),
    function("GETCURRENTDATETIMESTATIC", 0..=0, dates::now),
    function("GETCURRENTTICKS", 0..=0, dates::now_ticks),
    function("GETCURRENTTICKSSTATIC", 0..=0, dates::now_ticks),
    function("GETCURRENTTIMESTAMP", 0..=0, dates::now_timestamp),
    function("GETCURRENTTIMESTAMPSTATIC", 0..=0, dates::now_timestamp),
    function("IIF", 3..=3, objects::iif),
    function("INDEX_OF", 2..=3, strings::index_of),
    function("INTADD", 2..=2, math::int_add),
    function("INTBITAND", 2..=2, math::int_and),
    function("INTBITLEFTSHIFT", 2..=2, math::int_left_shift),
    function("INTBITNOT", 1..=1, math::int_not),
    function("INTBITOR", 2..=2, math::int_or),
    function("INTBITRIGHTSHIFT", 2..=2, math::int_right_shift),
    function("INTBITXOR", 2..=2, math::int_xor),
    function("INTDIV", 2..=2, math::int_div),
    function("INTMOD", 2..=2, math::int_mod),
    function("INTMUL", 2..=2, math::int_mul),
    function("INTSUB", 2..=2, math::int_sub),
    function("IS_ARRAY", 1..=1, types::is_array),
    function("IS_BOOL", 1..=1, types::is_bool),
    function("IS_DEFINED", 1..=1, types::is_defined),
    function("IS_FINITE_NUMBER", 1..=1, types::is_finite_number),
    function("IS_INTEGER", 1..=1, types::is_integer),
    function("IS_NULL", 1..=1, types::is_null),
    function("IS_NUMBER", 1..=1, types::is_number),
    function("IS_OBJECT", 1..=1, types::is_object),
    function("IS_PRIMITIVE", 1..=1, types::is_primitive),
    function("IS_STRING", 1..=1, types::is_string),
    function("LEFT", 2..=2, strings::left),
    function("LENGTH", 1..=1, strings::length),
    function("LOG", 1..=2, math::log),
    function("LOG10", 1..=1, math::log10),
    function("LOWER", 1..=1, strings::lower),
    function("LTRIM", 1..=1, strings::trim_start),
    function("NUMBERBIN", 1..=2, math::bin),
    function("OBJECTTOARRAY", 1..=3, objects::to_array),
    function("PI", 0..=0, math::pi),
    function("POWER", 2..=2, math::power),
    function("RADIANS", 1..=1, math::radians),
    function("RAND", 0..=0, math::random),
    function("REGEXMATCH", 2..=3, strings::matches),
    function("REPLACE", 3..=3, strings::replace),
    function("REPLICATE", 2..=2, strings::replicate),
    function("REVERSE", 1..=1, strings::reverse),
    function("RIGHT", 2..=2, strings::right),
    function("ROUND", 1..=1, math::round),
    function("RTRIM", 1..=1, strings::trim_end),
    function("SETDIFFERENCE", 2..=2, objects::difference),
    function("SETINTERSECT", 2..=2, objects::intersection),
    function("SETUNION", 2..=2, objects::union),
    function("SIGN", 1..=1, math::sign),
    function("SIN", 1..=1, math::sin),
    function("SQRT", 1..=1, math::square_root),
    function("SQUARE", 1..=1, math::square),
    function("STARTSWITH", 2..=3, strings::starts_with),
    function("STRINGEQUALS", 2..=3, strings::equals),
    function("STRINGJOIN", 2..=2, strings::join),
    function("STRINGSPLIT", 2..=2, strings::split),
    function("STRINGTOARRAY", 1..=1, strings::to_array),
    function("STRINGTOBOOLEAN", 1..=1, strings::to_boolean),
    function("STRINGTONULL", 1..=1, strings::to_null),
    function("STRINGTONUMBER", 1..=1, strings::to_number),
    function("STRINGTOOBJECT", 1..=1, strings::to_object),
    function("SUBSTRING", 3..=3, strings::substring),
    function("TAN", 1..=1, math::tan),
    function("TICKSTODATETIME", 1..=1, dates::from_ticks),
    function("TIMESTAMPTODATETIME", 1..=1, dates::from_timestamp),
    function("TOSTRING", 1..=1, strings::to_string),
    function("TRIM", 1..=1, strings::trim),
    function("TRUNC", 1..=1, math::truncate),
    function("UPPER", 1..=1, strings::upper),
];

/// What the service has and this server has not, by how they begin: those on places, vectors and full text, some
/// aggregates, and what is about resource ids.
const MISSING: [&str; 9] =
    ["ST_", "VECTOR", "FULLTEXT", "RRF", "COUNTIF", "DCOUNT", "MAKELIST", "MAKESET", "DOCUMENTID"];

impl Function {
    /// Whether the service has a function of this name, in capitals, that is not implemented here.
    pub fn is_missing(name: &str) -> bool {
        MISSING.iter().any(|beginning| name.starts_with(beginning))
    }

    /// By its name in a query, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        let all = FUNCTIONS.iter().chain(std::iter::once(&CONCAT));
        all.into_iter().find(|function| function.name.eq_ignore_ascii_case(name))
    }

    /// How many arguments it takes, in words.
    pub fn arity(&self) -> String {
        match (*self.arguments.start(), *self.arguments.end()) {
            (0, 0) => "no argument".into(),
            (1, 1) => "1 argument".into(),
            (least, most) if least == most => format!("{least} arguments"),
            (least, usize::MAX) => format!("at least {least} arguments"),
            (least, most) => format!("{least} to {most} arguments"),
        }
    }
}

fn value<'a>(arguments: &'a [Computed<'_>], at: usize) -> Option<&'a Value> {
    arguments.get(at)?.as_deref()
}

fn text<'a>(arguments: &'a [Computed<'_>], at: usize) -> Option<&'a str> {
    value(arguments, at)?.as_str()
}

/// An optional trailing flag: absent is false, anything but a boolean is undefined.
fn flag(arguments: &[Computed<'_>], at: usize) -> Option<bool> {
    match arguments.get(at) {
        None => Some(false),
        Some(given) => given.as_deref()?.as_bool(),
    }
}

/// A count or position: negative ones count as 0, fractions are cut off.
fn whole(arguments: &[Computed<'_>], at: usize) -> Option<usize> {
    let number = value(arguments, at)?.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates at 0 and at the end of every string"
    )]
    Some(number as usize)
}
