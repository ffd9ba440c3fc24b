//! The built-in functions. An undefined argument, or one of a type a function cannot use, makes its result
//! undefined, except for the type checks, which are always true or false.

mod arrays;
mod math;
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
    Function {
        name,
        arguments,
        call,
    }
}

/// What `||` does.
pub static CONCAT: Function = function("CONCAT", 2..=usize::MAX, strings::concat);

static FUNCTIONS: [Function; 35] = [
    function("ABS", 1..=1, math::abs),
    function("ARRAY_CONTAINS", 2..=3, arrays::contains),
    function("ARRAY_LENGTH", 1..=1, arrays::length),
    function("CEILING", 1..=1, math::ceiling),
    function("CONTAINS", 2..=3, strings::contains),
    function("ENDSWITH", 2..=3, strings::ends_with),
    function("FLOOR", 1..=1, math::floor),
    function("INDEX_OF", 2..=3, strings::index_of),
    function("IS_ARRAY", 1..=1, types::is_array),
    function("IS_BOOL", 1..=1, types::is_bool),
    function("IS_DEFINED", 1..=1, types::is_defined),
    function("IS_NULL", 1..=1, types::is_null),
    function("IS_NUMBER", 1..=1, types::is_number),
    function("IS_OBJECT", 1..=1, types::is_object),
    function("IS_PRIMITIVE", 1..=1, types::is_primitive),
    function("IS_STRING", 1..=1, types::is_string),
    function("LEFT", 2..=2, strings::left),
    function("LENGTH", 1..=1, strings::length),
    function("LOWER", 1..=1, strings::lower),
    function("LTRIM", 1..=1, strings::trim_start),
    function("POWER", 2..=2, math::power),
    function("REPLACE", 3..=3, strings::replace),
    function("REVERSE", 1..=1, strings::reverse),
    function("RIGHT", 2..=2, strings::right),
    function("ROUND", 1..=1, math::round),
    function("RTRIM", 1..=1, strings::trim_end),
    function("SIGN", 1..=1, math::sign),
    function("SQRT", 1..=1, math::square_root),
    function("STARTSWITH", 2..=3, strings::starts_with),
    function("STRINGEQUALS", 2..=3, strings::equals),
    function("SUBSTRING", 3..=3, strings::substring),
    function("TOSTRING", 1..=1, strings::to_string),
    function("TRIM", 1..=1, strings::trim),
    function("TRUNC", 1..=1, math::truncate),
    function("UPPER", 1..=1, strings::upper),
];

impl Function {
    /// By its name in a query, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        let all = FUNCTIONS.iter().chain(std::iter::once(&CONCAT));
        all.into_iter()
            .find(|function| function.name.eq_ignore_ascii_case(name))
    }

    /// How many arguments it takes, in words.
    pub fn arity(&self) -> String {
        match (*self.arguments.start(), *self.arguments.end()) {
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
