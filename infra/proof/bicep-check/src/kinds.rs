//! What kind of value an expression has, where that can be told without computing it.

use std::fmt;

use tree_sitter::Node;

use crate::source::named;
use crate::{File, functions, modules};

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Bool,
    Array,
    Object,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "string",
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Array => "array",
            Self::Object => "object",
        })
    }
}

impl Kind {
    /// Of a type as it is written: `string`, `int[]`.
    pub(crate) fn written(text: &str) -> Option<Self> {
        match text {
            "string" => Some(Self::Text),
            "int" => Some(Self::Int),
            "bool" => Some(Self::Bool),
            "array" => Some(Self::Array),
            "object" => Some(Self::Object),
            _ => text.ends_with("[]").then_some(Self::Array),
        }
    }

    /// Of an expression; nothing if it cannot be told.
    pub(crate) fn of(file: &File<'_>, node: Node<'_>) -> Option<Self> {
        match node.kind() {
            "string" => Some(Self::Text),
            "number" => Some(Self::Int),
            "boolean" => Some(Self::Bool),
            "array" | "for_statement" => Some(Self::Array),
            "object" => Some(Self::Object),
            "identifier" => Self::of_name(file, file.source.text(node)),
            "parenthesized_expression" => Self::of(file, *named(node).first()?),
            "call_expression" => functions::answer(file.source.text(*named(node).first()?)),
            "ternary_expression" => {
                let arms: Vec<_> =
                    named(node).iter().skip(1).map(|arm| Self::of(file, *arm)).collect();
                (arms.len() == 2 && arms[0] == arms[1]).then(|| arms[0]).flatten()
            }
            "unary_expression" if file.source.text(node).starts_with('!') => Some(Self::Bool),
            "member_expression" => Self::of_member(file, node),
            _ => None,
        }
    }

    fn of_name(file: &File<'_>, name: &str) -> Option<Self> {
        let declared = &file.declared;
        if let Some(parameter) = declared.parameters.iter().find(|it| it.name == name) {
            return Self::written(parameter.kind?);
        }
        let variable = declared.variables.iter().find(|it| it.name == name)?;
        // A variable that is said by itself is refused by the compiler; here it must only not go on for ever.
        let value = variable.value.filter(|it| file.source.text(*it) != name)?;
        match value.kind() {
            "identifier" | "ternary_expression" => None,
            _ => Self::of(file, value),
        }
    }

    /// Of `module.outputs.name`, and of a resource's `id` and `name`.
    fn of_member(file: &File<'_>, node: Node<'_>) -> Option<Self> {
        let text = file.source.text(node).replace('!', "");
        let path: Vec<&str> = text.split('.').collect();
        match path.as_slice() {
            [module, "outputs", output] => {
                let module = file.declared.modules.iter().find(|it| it.symbol == *module)?;
                let interface = modules::Interface::of(file, module)?;
                let (_, kind) = interface.outputs.iter().find(|(name, _)| name == output)?;
                Self::written(kind)
            }
            [resource, "id" | "name"] => file.declared.top(resource).map(|_| Self::Text),
            _ => None,
        }
    }
}
