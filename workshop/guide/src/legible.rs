//! A value as Rust prints it for debugging, as people read it: JSON as JSON, and an item on a line of its own where
//! one line is too short.

use similar::{ChangeTag, TextDiff};

/// What fits beside a sign in a report.
const WIDTH: usize = 66;

/// Names that say nothing to whom it may concern: `Number(4)` is 4.
const WRAPPERS: [&str; 8] =
    ["Array", "Bool", "EventId", "Number", "Object", "StreamId", "String", "Version"];

/// The lines in which two values differ, with their surroundings: the first with `-`, the second with `+`.
pub fn differing(expected: &str, found: &str) -> Vec<String> {
    let (Some(one), Some(other)) = (parsed(expected), parsed(found)) else {
        return vec![format!("- {expected}"), format!("+ {found}")];
    };
    if one.fits(0) && other.fits(0) {
        return vec![format!("- {}", one.line()), format!("+ {}", other.line())];
    }
    let (one, other) = (one.broken(0), other.broken(0));
    let diff = TextDiff::from_lines(&one, &other);
    let mut lines = Vec::new();
    for change in diff.grouped_ops(1).iter().flatten().flat_map(|op| diff.iter_changes(op)) {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        lines.push(format!("{sign} {}", change.value().trim_end()));
    }
    lines
}

/// The value on a line; as it is if it was not printed for debugging.
pub fn on_a_line(said: &str) -> String {
    parsed(said).map_or_else(|| said.to_owned(), |value| value.line())
}

fn parsed(said: &str) -> Option<Value> {
    let mut parser = Parser { rest: said.trim() };
    let value = parser.value()?;
    parser.rest.trim().is_empty().then_some(value)
}

enum Value {
    Word(String),
    /// Such as `Message {`, the items with their keys, and `}`.
    Group {
        open: String,
        items: Vec<(Option<String>, Value)>,
        close: char,
    },
}

impl Value {
    fn line(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Group { open, items, close } => {
                let items: Vec<String> = items.iter().map(item).collect();
                let space = if open.ends_with(" {") && !items.is_empty() { " " } else { "" };
                format!("{open}{space}{}{space}{close}", items.join(", "))
            }
        }
    }

    fn fits(&self, indent: usize) -> bool {
        indent + self.line().chars().count() <= WIDTH
    }

    /// The value with each of its items on a line, and theirs too where they do not fit.
    fn broken(&self, indent: usize) -> String {
        let Self::Group { open, items, close } = self else {
            return self.line();
        };
        if let (')', [(None, only)]) = (close, items.as_slice()) {
            return format!("{open}{}{close}", only.broken(indent));
        }
        let mut text = format!("{open}\n");
        let inner = indent + 2;
        for (key, value) in items {
            let key = key.as_ref().map_or(String::new(), |key| format!("{key}: "));
            let fits = value.fits(inner + key.len());
            let value = if fits { value.line() } else { value.broken(inner) };
            text.extend([&" ".repeat(inner), &key, &value, ",\n"]);
        }
        text.extend([&*" ".repeat(indent), &close.to_string()]);
        text
    }
}

fn item((key, value): &(Option<String>, Value)) -> String {
    key.as_ref().map_or_else(|| value.line(), |key| format!("{key}: {}", value.line()))
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('"') {
            return self.text().map(Value::Word);
        }
        let name = self.name().to_owned();
        let close = match self.rest.chars().next() {
            Some('{') => '}',
            Some('[') => ']',
            Some('(') => ')',
            _ if name.is_empty() => return None,
            _ if name == "Null" => return Some(Value::Word("null".into())),
            _ => return Some(Value::Word(name)),
        };
        self.group(&name, close)
    }

    /// What stands before a bracket, or all there is: a colon is part of a time unless a blank follows.
    fn name(&mut self) -> &str {
        let ends = |(at, sign): (usize, char)| match sign {
            ':' => self.rest[at + 1..].starts_with(' '),
            _ => matches!(sign, ',' | '{' | '}' | '[' | ']' | '(' | ')' | '"'),
        };
        let at = self.rest.char_indices().find(|&sign| ends(sign)).map(|(at, _)| at);
        let (name, rest) = self.rest.split_at(at.unwrap_or(self.rest.len()));
        self.rest = rest;
        name.trim()
    }

    /// A text, in quotes unless it holds some itself.
    fn text(&mut self) -> Option<String> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find(|&(_, sign)| {
            let ends = sign == '"' && !escaped;
            escaped = sign == '\\' && !escaped;
            ends
        });
        let (text, rest) = self.rest.split_at(end?.0 + 1);
        self.rest = rest;
        let plain = text.contains("\\\"").then(|| text[1..text.len() - 1].replace("\\\"", "\""));
        Some(plain.unwrap_or_else(|| text.to_owned()))
    }

    fn group(&mut self, name: &str, close: char) -> Option<Value> {
        let (bracket, rest) = self.rest.split_at(1);
        self.rest = rest;
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start().trim_start_matches(',').trim_start();
            if let Some(rest) = self.rest.strip_prefix(close) {
                self.rest = rest;
                break;
            }
            items.push(self.item()?);
        }
        if !WRAPPERS.contains(&name) {
            let space = if close == '}' && !name.is_empty() { " " } else { "" };
            return Some(Value::Group { open: format!("{name}{space}{bracket}"), items, close });
        }
        match (close, items.len()) {
            (')', 1) => items.pop().map(|(_, value)| value),
            _ => Some(Value::Group { open: bracket.to_owned(), items, close }),
        }
    }

    fn item(&mut self) -> Option<(Option<String>, Value)> {
        let first = self.value()?;
        match self.rest.trim_start().strip_prefix(':') {
            None => Some((None, first)),
            Some(rest) => {
                self.rest = rest;
                Some((Some(first.line()), self.value()?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_shown_as_json() {
        let said = r#"(Array [Number(4), Null], Object {"0": Bool(true), "at": String("x:1")})"#;
        assert_eq!(on_a_line(said), r#"([4, null], {"0": true, "at": "x:1"})"#);
    }

    #[test]
    fn names_of_the_domain_stay_and_names_of_types_go() {
        let said = r#"[Applied(1), Unfilled { stream: StreamId("meter:1"), version: Version(2) }]"#;
        let shown = r#"[Applied(1), Unfilled { stream: "meter:1", version: 2 }]"#;
        assert_eq!(on_a_line(said), shown);
    }

    #[test]
    fn a_text_with_quotes_stands_without_its_own() {
        assert_eq!(on_a_line(r#"["A {\"total\":144}"]"#), r#"[A {"total":144}]"#);
    }

    #[test]
    fn a_time_is_one_word() {
        let said = "Some(2020-04-02 0:00:00.0 +00:00:00)";
        assert_eq!(on_a_line(said), said);
    }

    #[test]
    fn of_a_long_value_only_what_differs_is_shown() {
        let document = |readings: &str| {
            format!(
                r#"Object {{"id": String("meters@1:meter:1"), "projection": String("meters@1"), "view": Object {{"readings": Array [{readings}]}}, "checkpoint": Object {{"0": Number(1)}}}}"#
            )
        };
        let lines = differing(&document("Number(4)"), &document("Number(4), Number(4)"));
        let shown = [
            r#"    "projection": "meters@1","#,
            r#"-   "view": {"readings": [4]},"#,
            r#"+   "view": {"readings": [4, 4]},"#,
            r#"    "checkpoint": {"0": 1},"#,
        ];
        assert_eq!(lines, shown);
    }

    #[test]
    fn what_is_no_value_is_left_as_it_is() {
        assert_eq!(differing("a) b", "1"), ["- a) b", "+ 1"]);
    }
}
