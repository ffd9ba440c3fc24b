//! Values against types.

use tree_sitter::Node;

use crate::kinds::Kind;
use crate::source::named;
use crate::types::{Model, Object, Property, ResourceType, Shape};
use crate::{File, Report};

pub(crate) struct Values<'a, 'r> {
    pub(crate) file: &'a File<'a>,
    pub(crate) described: &'a ResourceType,
    pub(crate) report: &'r mut Report,
}

impl<'a> Values<'a, '_> {
    fn fault(&mut self, node: Node<'_>, message: String) {
        self.report.findings.push(self.file.source.at(node, message));
    }

    /// Compares an object; properties named in `skip` are somebody else's.
    pub(crate) fn object(&mut self, node: Node<'a>, object: &'a Object, skip: &[&str]) {
        let properties = self.file.source.properties(node);
        let mut computed = false;
        for property in &properties {
            let Some(name) = property.name else {
                computed = true;
                if let Some(kind) = &object.additional {
                    self.value(property.value, kind);
                }
                continue;
            };
            match (object.property(name), &object.additional) {
                _ if skip.contains(&name) => {}
                (Some(described), _) if described.read_only => {
                    self.fault(property.key, format!("`{name}` is read-only"));
                }
                (Some(described), _) => {
                    self.value(property.value, &described.kind);
                    self.limits(property.value, described);
                }
                (None, Some(kind)) => self.value(property.value, kind),
                (None, None) => self.fault(property.key, format!("unknown property `{name}`")),
            }
        }
        let given = |name: &str| properties.iter().any(|it| it.name == Some(name));
        for required in object.properties.iter().filter(|it| it.required && !it.read_only) {
            let name = &required.name;
            if !computed && !skip.contains(&name.as_str()) && !given(name) {
                self.fault(node, format!("missing required property `{name}`"));
            }
        }
    }

    fn value(&mut self, node: Node<'a>, kind: &'a str) {
        let described = self.described;
        match node.kind() {
            "parenthesized_expression" => {
                if let Some(inner) = named(node).first() {
                    self.value(*inner, kind);
                }
                return;
            }
            "ternary_expression" => {
                for arm in named(node).into_iter().skip(1) {
                    self.value(arm, kind);
                }
                return;
            }
            "identifier" => {
                if let Some(value) = self.variable(node) {
                    self.value(value, kind);
                    return;
                }
            }
            _ => {}
        }
        match described.shape(kind) {
            Shape::Any => {}
            Shape::Array(element) => self.array(node, element),
            Shape::Text => self.plain(node, Kind::Text),
            Shape::Int => self.plain(node, Kind::Int),
            Shape::Bool => self.plain(node, Kind::Bool),
            Shape::Literals { allowed, open } => self.literal(node, &allowed, open),
            Shape::Model(model) => {
                self.plain(node, Kind::Object);
                if node.kind() == "object" {
                    self.model(node, model);
                }
            }
        }
    }

    /// The value of a variable that is written out: it is checked where it is used.
    fn variable(&self, node: Node<'a>) -> Option<Node<'a>> {
        let name = self.file.source.text(node);
        let variable = self.file.declared.variables.iter().find(|it| it.name == name)?;
        variable
            .value
            .filter(|it| matches!(it.kind(), "object" | "array" | "string" | "number" | "boolean"))
    }

    fn array(&mut self, node: Node<'a>, element: &'a str) {
        match node.kind() {
            "array" => {
                for item in named(node) {
                    self.value(item, element);
                }
            }
            "for_statement" => {
                if let Some(item) = named(node).pop() {
                    self.value(item, element);
                }
            }
            "call_expression" if self.file.source.text(node).starts_with("concat(") => {
                for part in named(node).get(1).copied().map(named).unwrap_or_default() {
                    match part.kind() {
                        "identifier" => match self.variable(part) {
                            Some(value) => self.array(value, element),
                            None => self.plain(part, Kind::Array),
                        },
                        _ => self.array(part, element),
                    }
                }
            }
            _ => self.plain(node, Kind::Array),
        }
    }

    fn plain(&mut self, node: Node<'a>, wanted: Kind) {
        if let Some(kind) = Kind::of(self.file, node)
            && kind != wanted
        {
            self.fault(node, format!("expected {wanted}, got {kind}"));
        }
    }

    fn literal(&mut self, node: Node<'a>, allowed: &[&str], open: bool) {
        self.plain(node, Kind::Text);
        let Some(text) = self.file.source.plain(node) else { return };
        if allowed.contains(&text) {
            return;
        }
        let list: Vec<String> = allowed.iter().map(|it| format!("`{it}`")).collect();
        let message = format!("`{text}` is not one of {}", list.join(", "));
        if open {
            self.report.notes.push(self.file.source.at(node, message));
        } else {
            self.fault(node, message);
        }
    }

    fn model(&mut self, node: Node<'a>, model: &'a Model) {
        match model {
            Model::Object(object) => self.object(node, object, &[]),
            Model::OneOf { discriminator, base, elements } => {
                let base_names: Vec<&str> = base.iter().map(|it| it.name.as_str()).collect();
                let Some(which) = self.file.source.property(node, discriminator) else {
                    self.fault(node, format!("missing required property `{discriminator}`"));
                    return;
                };
                let Some(text) = self.file.source.plain(which) else { return };
                let kind = |it: &'a Object| it.property(discriminator).map(|it| it.kind.as_str());
                if let Some(element) = elements.iter().find(|it| kind(it) == Some(text)) {
                    self.object(node, element, &base_names);
                } else {
                    let allowed: Vec<&str> = elements.iter().filter_map(kind).collect();
                    self.literal(which, &allowed, false);
                }
            }
        }
    }

    fn limits(&mut self, node: Node<'a>, property: &Property) {
        let source = self.file.source;
        let text =
            source.plain(node).map(|it| i64::try_from(it.chars().count()).unwrap_or(i64::MAX));
        let number = source.text(node).parse::<i64>().ok();
        for (limit, bound) in &property.limits {
            let broken = match limit.as_str() {
                "minLength" => text.is_some_and(|it| it < *bound),
                "maxLength" => text.is_some_and(|it| it > *bound),
                "minValue" => number.is_some_and(|it| it < *bound),
                "maxValue" => number.is_some_and(|it| it > *bound),
                _ => false,
            };
            if broken {
                self.fault(node, format!("`{}` has the {limit} {bound}", property.name));
            }
        }
    }
}
