//! JSON as a page shows it: in the order and with the digits in which it is stored.

/// Longer lists and objects get a line for each item.
const LINE: usize = 76;

/// A JSON text as HTML, indented and with its parts marked. `json` is valid JSON.
pub(super) fn html(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 3);
    // The lists and objects we are in: whether each of their items has a line.
    let mut open: Vec<bool> = Vec::new();
    let mut key = "";
    let mut rest = json.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = rest.split_at(length(rest));
        match first {
            '{' | '[' => {
                open.push(is_tall(rest));
                out.push(first);
                line(&mut out, &open, "");
            }
            '}' | ']' => {
                let tall = open.pop() == Some(true);
                if tall {
                    out.push('\n');
                    out.extend(std::iter::repeat_n("  ", open.len()));
                }
                out.push(first);
            }
            ',' => {
                out.push(',');
                line(&mut out, &open, " ");
            }
            ':' => out.push_str(": "),
            '"' if after.trim_start().starts_with(':') => {
                key = token;
                let system = open.len() == 1 && key.starts_with("\"_");
                mark(&mut out, if system { "system" } else { "key" }, token);
            }
            _ if open.len() == 1 && key.starts_with("\"_") => mark(&mut out, "system", token),
            '"' if open.len() == 1 && matches!(key, "\"id\"" | "\"stream\"") => {
                mark(&mut out, "id", token);
            }
            '"' => mark(&mut out, "text", token),
            _ => mark(&mut out, "number", token),
        }
        rest = after.trim_start();
    }
    out
}

/// The length of the token at the front: a mark, a string, or a number or word.
fn length(rest: &str) -> usize {
    let mut escaped = false;
    let end = |(_, c): &(usize, char)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    };
    match rest.as_bytes().first() {
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(b'"') => rest.char_indices().skip(1).find(end).map_or(rest.len(), |(at, _)| at + 1),
        _ => rest.find([',', '}', ']', ' ', '\n']).unwrap_or(rest.len()).max(1),
    }
}

/// Whether the list or object at the front is long, or holds others.
fn is_tall(rest: &str) -> bool {
    let end = rest[1..].find(['{', '[', '}', ']']).map_or(rest.len(), |at| at + 1);
    end > LINE || rest[end..].starts_with(['{', '['])
}

fn line(out: &mut String, open: &[bool], otherwise: &str) {
    if open.last() == Some(&true) {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", open.len()));
    } else {
        out.push_str(otherwise);
    }
}

fn mark(out: &mut String, class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    out.extend(["<span class=\"j-", class, "\">", &text, "</span>"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(json: &str) -> String {
        let html = html(json);
        let mut texts =
            html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
        texts.by_ref().collect()
    }

    #[test]
    fn what_holds_others_gets_lines_and_what_is_short_stays_on_one() {
        let json = r#"{"id":"m:1:2","data":{"date":"2020-05-01","readings":[{"value":1},{"value":2}]},"meta":{}}"#;
        let expected = "{\n  \"id\": \"m:1:2\",\n  \"data\": {\n    \"date\": \"2020-05-01\",\n    \
            \"readings\": [\n      {\"value\": 1},\n      {\"value\": 2}\n    ]\n  },\n  \"meta\": {}\n}";
        assert_eq!(plain(json), expected);
    }

    #[test]
    fn what_cosmos_db_adds_is_dimmed_and_the_keys_are_marked() {
        let html = html(r#"{"id":"m:1:2","stream":"m:1","data":{"_ts":1},"_ts":2}"#);
        assert_eq!(html.matches("j-id").count(), 2, "{html}");
        assert_eq!(html.matches("j-system").count(), 2, "a key and its value: {html}");
    }

    #[test]
    fn what_was_typed_stays_text() {
        let html = html(r#"{"code":"<script>\"}&"}"#);
        assert!(html.contains(r#"&lt;script&gt;\"}&amp;"#), "{html}");
    }
}
