//! Values of a file as JSON, where they are written out. For tests that compare Bicep with Rust.

use serde_json::{Map, Value};
use tree_sitter::Node;

use crate::declared::{Declared, Resource};
use crate::source::{Source, named};

/// A file with what it declares.
pub struct Read<'a> {
    /// The file.
    pub source: &'a Source,
    /// What it declares.
    pub declared: Declared<'a>,
}

impl<'a> Read<'a> {
    /// Reads a file.
    #[must_use]
    pub fn of(source: &'a Source) -> Self {
        Self { source, declared: Declared::of(source) }
    }

    /// The resources of a type.
    pub fn resources(&self, kind: &str) -> impl Iterator<Item = &Resource<'a>> {
        self.declared.resources.iter().filter(move |it| it.kind == kind)
    }

    /// A resource's body.
    #[must_use]
    pub fn body(&self, resource: &Resource<'a>) -> Value {
        resource.body.map_or(Value::Null, |body| self.value(body))
    }

    /// A value: variables are followed, `concat` is carried out, and what would have to be computed is given as
    /// it is written, between `${` and `}`.
    #[must_use]
    pub fn value(&self, node: Node<'a>) -> Value {
        let parts = named(node);
        match node.kind() {
            "object" => {
                let properties = self.source.properties(node).into_iter();
                let pairs =
                    properties.filter_map(|it| Some((it.name?.to_owned(), self.value(it.value))));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            "array" => parts.into_iter().map(|it| self.value(it)).collect(),
            "string" => self.text(node),
            "number" | "boolean" | "null" => {
                serde_json::from_str(self.source.text(node)).unwrap_or_default()
            }
            "identifier" => {
                let name = self.source.text(node);
                let variable = self.declared.variables.iter().find(|it| it.name == name);
                let value = variable.and_then(|it| it.value);
                value.map_or_else(|| self.computed(node), |value| self.value(value))
            }
            "call_expression" if self.source.text(node).starts_with("concat(") => {
                let arguments = parts.get(1).copied().map(named).unwrap_or_default();
                let lists = arguments.into_iter().map(|it| self.value(it));
                lists.flat_map(|it| it.as_array().cloned().unwrap_or_default()).collect()
            }
            _ => self.computed(node),
        }
    }

    /// The list that a loop goes through, around a resource.
    #[must_use]
    pub fn loop_over(&self, resource: &Resource<'a>) -> Option<Value> {
        let mut node = resource.body?;
        while node.kind() != "resource_declaration" {
            if node.kind() == "for_statement" {
                return named(node).get(1).map(|it| self.value(*it));
            }
            node = node.parent()?;
        }
        None
    }

    fn computed(&self, node: Node<'a>) -> Value {
        Value::String(format!("${{{}}}", self.source.text(node)))
    }

    /// Of escapes, those of quotes are undone. Others are rare enough here to be left as they are written.
    fn text(&self, node: Node<'a>) -> Value {
        let text = self.source.text(node);
        if let Some(plain) = text.strip_prefix("'''") {
            return Value::String(plain[..plain.len() - 3].to_owned());
        }
        Value::String(text[1..text.len() - 1].replace("\\'", "'"))
    }
}
