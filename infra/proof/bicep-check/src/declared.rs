//! What a file declares.

use tree_sitter::Node;

use crate::source::{Source, named};

/// What a file declares at its top, and the resources inside resources.
pub struct Declared<'a> {
    /// `subscription`, or `resourceGroup` unless the file says otherwise.
    pub scope: &'a str,
    /// Parameters.
    pub parameters: Vec<Named<'a>>,
    /// Variables; the value is theirs.
    pub variables: Vec<Named<'a>>,
    /// Outputs.
    pub outputs: Vec<Named<'a>>,
    /// Resources, those inside others too.
    pub resources: Vec<Resource<'a>>,
    /// Modules.
    pub modules: Vec<Module<'a>>,
}

/// A parameter, a variable or an output.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name stands.
    pub node: Node<'a>,
    /// Its type as it is written; variables have none.
    pub kind: Option<&'a str>,
    /// Its value, or a parameter's default.
    pub value: Option<Node<'a>>,
    /// Whether `@description` stands before it.
    pub described: bool,
}

/// A resource.
pub struct Resource<'a> {
    /// The name it has in the file.
    pub symbol: &'a str,
    /// Where that name stands.
    pub node: Node<'a>,
    /// Where its type stands.
    pub type_node: Node<'a>,
    /// The whole type, that of the resources around it included.
    pub kind: String,
    /// The version; inherited inside another resource.
    pub version: String,
    /// Whether it is there already, and only referred to.
    pub existing: bool,
    /// The object, inside of `if` and `for`.
    pub body: Option<Node<'a>>,
    /// Whether it stands in a loop.
    pub repeated: bool,
    /// The place in the list of the resource around it.
    pub parent: Option<usize>,
}

/// A use of another file.
pub struct Module<'a> {
    /// The name it has in the file.
    pub symbol: &'a str,
    /// Where that name stands.
    pub node: Node<'a>,
    /// Where the path stands.
    pub path: Node<'a>,
    /// The object, inside of `if` and `for`.
    pub body: Option<Node<'a>>,
}

impl<'a> Declared<'a> {
    /// Reads a file.
    #[must_use]
    pub fn of(source: &'a Source) -> Self {
        let mut declared = Self {
            scope: "resourceGroup",
            parameters: Vec::new(),
            variables: Vec::new(),
            outputs: Vec::new(),
            resources: Vec::new(),
            modules: Vec::new(),
        };
        let mut described = false;
        for node in named(source.root()) {
            match node.kind() {
                "target_scope_assignment" => {
                    let scope = named(node).into_iter().find_map(|it| source.plain(it));
                    declared.scope = scope.unwrap_or(declared.scope);
                }
                "parameter_declaration" => {
                    declared.parameters.extend(declaration(source, node, described));
                }
                "variable_declaration" => {
                    declared.variables.extend(declaration(source, node, described));
                }
                "output_declaration" => {
                    declared.outputs.extend(declaration(source, node, described));
                }
                "resource_declaration" => declared.resource(source, node, None),
                "module_declaration" => declared.modules.extend(module(source, node)),
                _ => {}
            }
            described = node.kind() == "decorators" && source.text(node).contains("@description(");
        }
        declared
    }

    /// A resource by the name it has at the top of the file.
    #[must_use]
    pub fn top(&self, symbol: &str) -> Option<&Resource<'a>> {
        self.resources.iter().find(|it| it.parent.is_none() && it.symbol == symbol)
    }

    /// A resource inside another.
    #[must_use]
    pub fn inside(&self, outer: &Resource<'_>, symbol: &str) -> Option<&Resource<'a>> {
        let place = self.resources.iter().position(|it| it.node == outer.node)?;
        self.resources.iter().find(|it| it.parent == Some(place) && it.symbol == symbol)
    }

    fn resource(&mut self, source: &'a Source, node: Node<'a>, parent: Option<usize>) {
        let parts = named(node);
        let [symbol, type_node, ..] = parts.as_slice() else { return };
        let written = source.plain(*type_node).unwrap_or_default();
        let (kind, version) = written.split_once('@').unwrap_or((written, ""));
        let (kind, version) = match parent.and_then(|place| self.resources.get(place)) {
            Some(outer) if !kind.contains('.') => {
                let version = if version.is_empty() { &outer.version } else { version };
                (format!("{}/{kind}", outer.kind), version.to_owned())
            }
            _ => (kind.to_owned(), version.to_owned()),
        };
        let (body, repeated) = body(node);
        let place = self.resources.len();
        self.resources.push(Resource {
            symbol: source.text(*symbol),
            node: *symbol,
            type_node: *type_node,
            kind,
            version,
            existing: crate::source::children(node).iter().any(|it| it.kind() == "existing"),
            body,
            repeated,
            parent,
        });
        for inner in body.map(nested).unwrap_or_default() {
            self.resource(source, inner, Some(place));
        }
    }
}

/// The resources that stand directly in an object.
pub(crate) fn nested(object: Node<'_>) -> Vec<Node<'_>> {
    let wrapped = named(object).into_iter().flat_map(|it| match it.kind() {
        "object_property" => named(it),
        _ => vec![it],
    });
    wrapped.filter(|it| it.kind() == "resource_declaration").collect()
}

/// The object of a declaration, through `if` and `for`, and whether there was a `for`.
fn body(declaration: Node<'_>) -> (Option<Node<'_>>, bool) {
    let (mut node, mut repeated) = (declaration, false);
    loop {
        let Some(last) = named(node).pop() else { return (None, repeated) };
        match last.kind() {
            "object" => return (Some(last), repeated),
            "for_statement" => repeated = true,
            "if_statement" => {}
            _ => return (None, repeated),
        }
        node = last;
    }
}

fn declaration<'a>(source: &'a Source, node: Node<'a>, described: bool) -> Option<Named<'a>> {
    let parts = named(node);
    let name = *parts.first()?;
    let kind = parts.iter().find(|it| it.kind() == "type").map(|it| source.text(*it));
    let value = parts.iter().skip(1).rfind(|it| it.kind() != "type").copied();
    Some(Named { name: source.text(name), node: name, kind, value, described })
}

fn module<'a>(source: &'a Source, node: Node<'a>) -> Option<Module<'a>> {
    let parts = named(node);
    let (symbol, path) = (*parts.first()?, *parts.get(1)?);
    Some(Module { symbol: source.text(symbol), node: symbol, path, body: body(node).0 })
}
