//! Microsoft's description of the resource types that we use, in one version each.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::Value;

/// Types whose description Microsoft's tool does not print. Their version is pinned, their bodies are not checked.
pub const UNDESCRIBED: [(&str, &str); 3] = [
    ("Microsoft.Insights/actionGroups", "2023-01-01"),
    ("Microsoft.Insights/metricAlerts", "2018-03-01"),
    ("Microsoft.Insights/scheduledQueryRules", "2022-06-15"),
];

/// The types we know.
pub struct Library {
    types: BTreeMap<String, ResourceType>,
}

/// A resource type in the version that we use.
pub struct ResourceType {
    /// Such as `Microsoft.ServiceBus/namespaces/topics`.
    pub name: String,
    /// Such as `2024-01-01`.
    pub version: String,
    /// Where it can be deployed, such as `ResourceGroup`.
    pub(crate) scopes: String,
    pub(crate) body: Object,
    models: BTreeMap<String, Model>,
}

pub(crate) enum Model {
    Object(Object),
    /// One of several objects; a property tells which.
    OneOf {
        discriminator: String,
        base: Vec<Property>,
        elements: Vec<Object>,
    },
}

#[derive(Clone)]
pub(crate) struct Object {
    pub(crate) properties: Vec<Property>,
    /// The type of properties that have other names, where such are allowed.
    pub(crate) additional: Option<String>,
}

#[derive(Clone)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    /// `minLength` and its like.
    pub(crate) limits: Vec<(String, i64)>,
}

/// What a type's text means (`types/README.md`).
pub(crate) enum Shape<'a> {
    Array(&'a str),
    Text,
    Int,
    Bool,
    Any,
    Model(&'a Model),
    /// One of these literals; `open` if others are taken as well.
    Literals {
        allowed: Vec<&'a str>,
        open: bool,
    },
}

impl Library {
    /// Reads the descriptions that lie beside this package's manifest.
    ///
    /// # Errors
    ///
    /// One of them cannot be read.
    pub fn load() -> io::Result<Self> {
        Self::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("types"))
    }

    fn read(folder: &Path) -> io::Result<Self> {
        let mut types = BTreeMap::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let entries: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
                let described = ResourceType::of(&entries).ok_or_else(|| {
                    let message = format!("{} describes no resource type", path.display());
                    io::Error::new(io::ErrorKind::InvalidData, message)
                })?;
                types.insert(described.name.to_ascii_lowercase(), described);
            }
        }
        Ok(Self { types })
    }

    /// The description of a type, if we have it. Names do not distinguish case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ResourceType> {
        self.types.get(&name.to_ascii_lowercase())
    }
}

impl ResourceType {
    fn of(entries: &Value) -> Option<Self> {
        let (resource, models) = entries.as_array()?.split_first()?;
        let (name, version) = resource["name"].as_str()?.split_once('@')?;
        let named = |entry: &Value| Some((entry["name"].as_str()?.to_owned(), Model::of(entry)));
        Some(Self {
            name: name.to_owned(),
            version: version.to_owned(),
            scopes: resource["writableScopes"].as_str()?.to_owned(),
            body: Object::of(&resource["bodyType"]),
            models: models.iter().filter_map(named).collect(),
        })
    }

    pub(crate) fn shape<'a>(&'a self, kind: &'a str) -> Shape<'a> {
        if let Some(element) = kind.strip_suffix("[]") {
            return Shape::Array(element);
        }
        match kind {
            "string" => return Shape::Text,
            "int" => return Shape::Int,
            "bool" => return Shape::Bool,
            "any" => return Shape::Any,
            _ => {}
        }
        if let Some(model) = self.models.get(kind) {
            return Shape::Model(model);
        }
        let (open, allowed): (Vec<_>, Vec<_>) = kind.split(" | ").partition(|it| *it == "string");
        // One word alone is a literal, or a name that the tool did not resolve: it cannot be told which.
        if allowed.len() < 2 && open.is_empty() {
            return Shape::Any;
        }
        Shape::Literals { allowed, open: !open.is_empty() }
    }
}

impl Model {
    fn of(entry: &Value) -> Self {
        if entry["$type"] != "DiscriminatedObject" {
            return Self::Object(Object::of(entry));
        }
        Self::OneOf {
            discriminator: entry["discriminator"].as_str().unwrap_or_default().to_owned(),
            base: properties(&entry["baseProperties"]),
            elements: entry["elements"].as_array().into_iter().flatten().map(Object::of).collect(),
        }
    }
}

impl Object {
    fn of(entry: &Value) -> Self {
        let additional = entry["additionalPropertiesType"].as_str().map(str::to_owned);
        Self { properties: properties(&entry["properties"]), additional }
    }

    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

fn properties(entries: &Value) -> Vec<Property> {
    let property = |entry: &Value| {
        let flags = entry["flags"].as_str().unwrap_or_default();
        let has = |flag: &str| flags.split(", ").any(|it| it == flag);
        let modifiers = entry["modifiers"].as_str().unwrap_or_default();
        let limit = |text: &str| {
            let (name, value) = text.split_once(": ")?;
            Some((name.to_owned(), value.parse().ok()?))
        };
        Some(Property {
            name: entry["name"].as_str()?.to_owned(),
            kind: entry["type"].as_str()?.to_owned(),
            required: has("Required"),
            read_only: has("ReadOnly"),
            limits: modifiers.split(", ").filter_map(limit).collect(),
        })
    };
    entries.as_array().into_iter().flatten().filter_map(property).collect()
}
