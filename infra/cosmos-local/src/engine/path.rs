//! Paths of definitions: `/address/city`, `/"odd name"/?`.

/// Splits a path; `None` if it is not one.
pub fn split(path: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('/')?;
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        };
        if name.is_empty() {
            return None;
        }
        names.push(name.to_owned());
        rest = after;
    }
    (!names.is_empty()).then_some(names)
}

/// The scalar that an included path of an indexing policy names: `/a/b/?` is `["a", "b"]`. Paths for
/// everything below (`/*`) and for the items of an array (`/a/[]/?`) name none.
pub fn scalar(path: &str) -> Option<Vec<String>> {
    let names = split(path.strip_suffix("/?")?)?;
    let plain = names.iter().all(|name| name != "[]" && name != "*");
    plain.then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_slashes_outside_quotes() {
        assert_eq!(split("/address/city").unwrap(), ["address", "city"]);
        assert_eq!(split("/\"a/b\"/c").unwrap(), ["a/b", "c"]);
        for wrong in ["", "/", "a", "/a//b", "/a/", "/\"a", "/\"a\"b"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_scalar_paths_name_an_index() {
        assert_eq!(scalar("/a/b/?").unwrap(), ["a", "b"]);
        assert_eq!(scalar("/\"a\"/?").unwrap(), ["a"]);
        for other in ["/*", "/?", "/a/*", "/a/[]/?", "/a"] {
            assert_eq!(scalar(other), None, "{other}");
        }
    }
}
