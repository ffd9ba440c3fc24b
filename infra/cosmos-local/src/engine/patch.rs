//! Patches: changes of parts of a document, as the service's partial document update describes them.

use serde_json::{Map, Number, Value};

use super::Failure;
use super::document::SYSTEM;
use super::limits::{self, invalid};

/// What a patch changes, and on which condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    changes: Vec<Change>,
    /// `FROM c WHERE …`: what the document must satisfy.
    pub condition: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Change {
    kind: Kind,
    path: Path,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Add(Value),
    Set(Value),
    Replace(Value),
    Remove,
    Increment(Number),
    Move(Path),
}

/// A JSON pointer, split and unescaped.
#[derive(Debug, Clone, PartialEq)]
struct Path(Vec<String>);

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "/{}", self.0.join("/"))
    }
}

impl Patch {
    /// Reads `{"operations": […], "condition": …}`, or the operations alone.
    pub fn parse(patch: Value) -> Result<Self, Failure> {
        let (operations, condition) = match patch {
            Value::Array(operations) => (operations, None),
            Value::Object(mut patch) => match patch.remove("operations") {
                Some(Value::Array(operations)) => (operations, condition(patch.get("condition"))?),
                _ => return Err(invalid("a patch needs 'operations', an array")),
            },
            _ => return Err(invalid("a patch is an object with 'operations', or their array")),
        };
        if operations.is_empty() || operations.len() > limits::PATCH_OPERATIONS {
            let most = limits::PATCH_OPERATIONS;
            let count = operations.len();
            return Err(invalid(format!("a patch has 1 to {most} operations, this one {count}")));
        }
        let changes = operations.iter().map(Change::parse).collect::<Result<_, _>>()?;
        Ok(Self { changes, condition })
    }

    /// Makes the changes one after the other; after an error `document` is of no use.
    pub fn apply(&self, document: &mut Map<String, Value>) -> Result<(), Failure> {
        let mut whole = Value::Object(std::mem::take(document));
        for change in &self.changes {
            change.apply(&mut whole)?;
        }
        if let Value::Object(changed) = whole {
            *document = changed;
        }
        Ok(())
    }
}

fn condition(condition: Option<&Value>) -> Result<Option<String>, Failure> {
    match condition {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => {
            Err(invalid("the 'condition' of a patch is a text, such as FROM c WHERE c.n = 1"))
        }
    }
}

impl Change {
    fn parse(operation: &Value) -> Result<Self, Failure> {
        let text = |name: &str| operation.get(name).and_then(Value::as_str);
        let needs = |what: &str| invalid(format!("the patch operation {operation} needs {what}"));
        let path = |name: &str| {
            let path = text(name).and_then(Path::parse);
            path.ok_or_else(|| needs(&format!("'{name}', such as /address/city")))
        };
        let value = || operation.get("value").cloned().ok_or_else(|| needs("'value'"));
        let kind = match text("op").unwrap_or_default() {
            "add" => Kind::Add(value()?),
            "set" => Kind::Set(value()?),
            "replace" => Kind::Replace(value()?),
            "remove" => Kind::Remove,
            "incr" | "increment" => match value()? {
                Value::Number(by) => Kind::Increment(by),
                _ => return Err(needs("a 'value' that is a number")),
            },
            "move" => Kind::Move(path("from")?.changeable()?),
            _ => return Err(needs("an 'op': add, set, replace, remove, incr or move")),
        };
        Ok(Self { kind, path: path("path")?.changeable()? })
    }

    fn apply(&self, document: &mut Value) -> Result<(), Failure> {
        let path = &self.path;
        match &self.kind {
            Kind::Add(value) => {
                place(document, path)?.add(value.clone());
                Ok(())
            }
            Kind::Set(value) => {
                place(document, path)?.set(value.clone());
                Ok(())
            }
            Kind::Replace(value) => {
                *found(document, path)? = value.clone();
                Ok(())
            }
            Kind::Remove => place(document, path)?.remove(path).map(drop),
            Kind::Increment(by) => increment(document, path, by),
            Kind::Move(from) => {
                if path.0.starts_with(&from.0) && path != from {
                    return Err(invalid(format!("{from} cannot be moved into itself, to {path}")));
                }
                let value = place(document, from)?.remove(from)?;
                place(document, path)?.add(value);
                Ok(())
            }
        }
    }
}

impl Path {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/').filter(|rest| !rest.is_empty())?;
        let unescape = |name: &str| name.replace("~1", "/").replace("~0", "~");
        Some(Self(rest.split('/').map(unescape).collect()))
    }

    /// What the server or the item's identity owns stays as it is.
    fn changeable(self) -> Result<Self, Failure> {
        let first = self.0[0].as_str();
        if first == "id" || SYSTEM.contains(&first) {
            return Err(invalid(format!("a patch cannot change {self}")));
        }
        Ok(self)
    }
}

/// A place in the document: what holds it, which exists, and its name there.
enum Place<'d> {
    Field(&'d mut Map<String, Value>, String),
    Item(&'d mut Vec<Value>, usize),
}

fn place<'d>(document: &'d mut Value, path: &Path) -> Result<Place<'d>, Failure> {
    let missing = || invalid(format!("{path} cannot be patched: what should hold it is not there"));
    let (name, parents) = path.0.split_last().ok_or_else(missing)?;
    let parent = parents.iter().try_fold(document, step).ok_or_else(missing)?;
    match parent {
        Value::Object(fields) => Ok(Place::Field(fields, name.clone())),
        Value::Array(items) => {
            let at = if name == "-" { Some(items.len()) } else { position(name) };
            let at = at.filter(|at| *at <= items.len()).ok_or_else(|| {
                invalid(format!("{path} names no place in an array of {}", items.len()))
            })?;
            Ok(Place::Item(items, at))
        }
        _ => Err(missing()),
    }
}

fn step<'d>(value: &'d mut Value, name: &String) -> Option<&'d mut Value> {
    match value {
        Value::Object(fields) => fields.get_mut(name),
        Value::Array(items) => items.get_mut(position(name)?),
        _ => None,
    }
}

fn position(name: &str) -> Option<usize> {
    name.bytes().all(|byte| byte.is_ascii_digit()).then(|| name.parse().ok())?
}

fn found<'d>(document: &'d mut Value, path: &Path) -> Result<&'d mut Value, Failure> {
    let found = path.0.iter().try_fold(document, step);
    found.ok_or_else(|| absent(path))
}

fn absent(path: &Path) -> Failure {
    invalid(format!("the document has nothing at {path} to patch"))
}

impl Place<'_> {
    /// Puts a value in: among the items of an array, over what is there in an object.
    fn add(self, value: Value) {
        match self {
            Self::Item(items, at) => items.insert(at, value),
            field @ Self::Field(..) => field.set(value),
        }
    }

    /// Puts a value over what is there.
    fn set(self, value: Value) {
        match self {
            Self::Field(fields, name) => {
                fields.insert(name, value);
            }
            Self::Item(items, at) => match items.get_mut(at) {
                Some(item) => *item = value,
                None => items.push(value),
            },
        }
    }

    fn remove(self, path: &Path) -> Result<Value, Failure> {
        match self {
            Self::Field(fields, name) => fields.shift_remove(&name),
            Self::Item(items, at) => (at < items.len()).then(|| items.remove(at)),
        }
        .ok_or_else(|| absent(path))
    }
}

fn increment(document: &mut Value, path: &Path, by: &Number) -> Result<(), Failure> {
    let Ok(target) = found(document, path) else {
        place(document, path)?.set(Value::Number(by.clone()));
        return Ok(());
    };
    let Value::Number(number) = target else {
        return Err(invalid(format!("{path} is no number to increment")));
    };
    let whole = number.as_i64().zip(by.as_i64()).and_then(|(number, by)| number.checked_add(by));
    let sum = match whole {
        Some(sum) => Some(Number::from(sum)),
        None => number.as_f64().zip(by.as_f64()).and_then(|(a, b)| Number::from_f64(a + b)),
    };
    let sum = sum.ok_or_else(|| invalid(format!("{path} cannot be incremented by {by}")))?;
    *target = Value::Number(sum);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(operations: Value) -> Result<Value, Failure> {
        let document = json!({
            "id": "a", "n": 1, "half": 0.5, "tags": ["x", "y"], "at": { "city": "Bern", "a/b": 1 },
        });
        let Value::Object(mut document) = document else { panic!("no object") };
        Patch::parse(operations)?.apply(&mut document)?;
        Ok(Value::Object(document))
    }

    fn one(operation: Value) -> Result<Value, Failure> {
        patched(Value::Array(vec![operation]))
    }

    #[test]
    fn add_makes_or_overwrites_a_property_and_inserts_into_an_array() {
        let add = |path: &str| one(json!({ "op": "add", "path": path, "value": "z" })).unwrap();
        assert_eq!(add("/new")["new"], "z");
        assert_eq!(add("/at/city")["at"]["city"], "z");
        assert_eq!(add("/at/a~1b")["at"]["a/b"], "z");
        assert_eq!(add("/tags/1")["tags"], json!(["x", "z", "y"]));
        assert_eq!(add("/tags/2")["tags"], json!(["x", "y", "z"]));
        assert_eq!(add("/tags/-")["tags"], json!(["x", "y", "z"]));
    }

    #[test]
    fn set_overwrites_an_item_of_an_array_too() {
        let set = |path: &str| one(json!({ "op": "set", "path": path, "value": 7 })).unwrap();
        assert_eq!(set("/tags/1")["tags"], json!(["x", 7]));
        assert_eq!(set("/new")["new"], 7);
    }

    #[test]
    fn replace_and_remove_want_something_there() {
        let replaced = one(json!({ "op": "replace", "path": "/tags/0", "value": 7 })).unwrap();
        assert_eq!(replaced["tags"], json!([7, "y"]));
        assert!(one(json!({ "op": "replace", "path": "/new", "value": 7 })).is_err());
        let removed = one(json!({ "op": "remove", "path": "/tags/0" })).unwrap();
        assert_eq!(removed["tags"], json!(["y"]));
        assert!(one(json!({ "op": "remove", "path": "/tags/2" })).is_err());
        assert!(one(json!({ "op": "remove", "path": "/new" })).is_err());
    }

    #[test]
    fn increments_stay_whole_where_they_can_and_begin_at_nothing() {
        let incr = |path: &str, by: Value| one(json!({ "op": "incr", "path": path, "value": by }));
        assert_eq!(incr("/n", json!(-3)).unwrap()["n"].to_string(), "-2");
        assert_eq!(incr("/n", json!(0.5)).unwrap()["n"].to_string(), "1.5");
        assert_eq!(incr("/new", json!(5)).unwrap()["new"], 5);
        assert!(incr("/at", json!(1)).is_err());
        assert!(incr("/n", json!("1")).is_err());
    }

    #[test]
    fn move_takes_a_value_to_another_place() {
        let moved = one(json!({ "op": "move", "from": "/at/city", "path": "/city" })).unwrap();
        assert_eq!((&moved["city"], moved["at"].get("city")), (&json!("Bern"), None));
        assert!(one(json!({ "op": "move", "from": "/at", "path": "/at/city" })).is_err());
        assert!(one(json!({ "op": "move", "from": "/new", "path": "/city" })).is_err());
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_its_path() {
        for operation in [
            json!({ "op": "add", "path": "/no/where", "value": 1 }),
            json!({ "op": "add", "path": "/tags/3", "value": 1 }),
            json!({ "op": "add", "path": "/tags/x", "value": 1 }),
            json!({ "op": "set", "path": "/id", "value": "b" }),
            json!({ "op": "set", "path": "/_ts", "value": 1 }),
            json!({ "op": "set", "path": "", "value": 1 }),
            json!({ "op": "set", "path": "/n" }),
            json!({ "op": "turn", "path": "/n" }),
        ] {
            assert!(matches!(one(operation.clone()), Err(Failure::Invalid { .. })), "{operation}");
        }
        assert!(patched(json!([])).is_err());
        let incr = json!({ "op": "incr", "path": "/n", "value": 1 });
        assert!(patched(Value::Array(vec![incr.clone(); 11])).is_err());
        assert_eq!(patched(Value::Array(vec![incr; 10])).unwrap()["n"], 11);
    }
}
