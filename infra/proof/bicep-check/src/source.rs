//! A Bicep file, parsed.

use std::io;
use std::path::{Path, PathBuf};

use tree_sitter::{Node, Parser, Tree};

use crate::Finding;

/// A Bicep file, parsed.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    text: String,
    tree: Tree,
}

impl Source {
    /// Reads and parses a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        Ok(Self::parse(path, text))
    }

    /// Parses a text as if it were in this file.
    ///
    /// # Panics
    ///
    /// The grammar was built for another tree-sitter: a mistake in the manifest.
    #[must_use]
    pub fn parse(path: &Path, text: String) -> Self {
        let mut parser = Parser::new();
        parser
            .set_language(&tree_sitter_bicep::LANGUAGE.into())
            .expect("the grammar fits the version of tree-sitter that it is built with");
        let tree = parser.parse(&text, None).expect("only a cancelled parser gives no tree");
        Self { path: path.to_owned(), text, tree }
    }

    /// The whole file.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// What a node says, as it is written.
    #[must_use]
    pub fn text(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    /// A plain string's content; nothing if the node is something else, or has interpolations or escapes.
    #[must_use]
    pub fn plain(&self, node: Node<'_>) -> Option<&str> {
        if node.kind() != "string" {
            return None;
        }
        match named(node).as_slice() {
            [] => Some(""),
            [only] if only.kind() == "string_content" => Some(self.text(*only)),
            _ => None,
        }
    }

    /// A fault at a node.
    #[must_use]
    pub fn at(&self, node: Node<'_>, message: impl Into<String>) -> Finding {
        let start = node.start_position();
        let before = &self.text[node.start_byte() - start.column..node.start_byte()];
        Finding {
            file: self.path.clone(),
            line: start.row + 1,
            column: before.chars().count() + 1,
            message: message.into(),
        }
    }

    /// Where the parser was lost.
    #[must_use]
    pub fn syntax_errors(&self) -> Vec<Finding> {
        let mut errors = Vec::new();
        self.collect_errors(self.root(), &mut errors);
        errors
    }

    fn collect_errors(&self, node: Node<'_>, errors: &mut Vec<Finding>) {
        if node.is_missing() {
            errors.push(self.at(node, format!("syntax error: `{}` is missing", node.kind())));
        } else if node.is_error() {
            let near = self.text[node.start_byte()..].split_whitespace().next().unwrap_or_default();
            errors.push(self.at(node, format!("syntax error near `{near}`")));
        } else if node.has_error() {
            for child in children(node) {
                self.collect_errors(child, errors);
            }
        }
    }

    /// The properties of an object, in the order in which they stand.
    #[must_use]
    pub fn properties<'a>(&'a self, object: Node<'a>) -> Vec<Property<'a>> {
        let property = |node: Node<'a>| {
            let parts = named(node);
            let (key, value) = (*parts.first()?, *parts.last()?);
            if node.kind() != "object_property" || parts.len() < 2 {
                return None;
            }
            let name = match key.kind() {
                "string" => self.plain(key),
                _ => Some(self.text(key)),
            };
            Some(Property { name, key, value })
        };
        named(object).into_iter().filter_map(property).collect()
    }

    /// The value of a property of an object.
    #[must_use]
    pub fn property<'a>(&'a self, object: Node<'a>, name: &str) -> Option<Node<'a>> {
        let mut properties = self.properties(object).into_iter();
        properties.find(|property| property.name == Some(name)).map(|property| property.value)
    }

    /// The value at a path of properties, such as `properties.resource.id`.
    #[must_use]
    pub fn descend<'a>(&'a self, object: Node<'a>, path: &str) -> Option<Node<'a>> {
        path.split('.').try_fold(object, |node, name| {
            (node.kind() == "object").then(|| self.property(node, name)).flatten()
        })
    }
}

/// A property of an object.
#[derive(Clone, Copy)]
pub struct Property<'a> {
    /// Its name; nothing if the name is computed.
    pub name: Option<&'a str>,
    /// Where the name stands.
    pub key: Node<'a>,
    /// What it is set to.
    pub value: Node<'a>,
}

/// The children that are not punctuation, comments left out.
#[must_use]
pub fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let children = node.named_children(&mut cursor);
    children.filter(|child| !matches!(child.kind(), "comment" | "diagnostic_comment")).collect()
}

/// All children.
#[must_use]
pub fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).collect()
}

/// The node and all below it, in the order in which they stand.
#[must_use]
pub fn all(node: Node<'_>) -> Vec<Node<'_>> {
    let mut found = vec![node];
    for child in named(node) {
        found.extend(all(child));
    }
    found
}
