//! Takes `//` comments out of JSON: the sample of the official emulator has them.

/// Replaces comments outside strings by spaces, so that places in error messages stay right.
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped, mut comment) = (false, false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if comment && character != '\n' {
            out.push(' ');
            continue;
        }
        comment = !quoted && character == '/' && characters.peek() == Some(&'/');
        quoted ^= character == '"' && !escaped;
        escaped = quoted && character == '\\' && !escaped;
        out.push(if comment { ' ' } else { character });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_what_looks_like_them_in_strings_stays() {
        let text = r#"{ // a "comment"
            "url": "http://x\"//y", // end
            "slash": "\\" // "
        }"#;
        let stripped = strip(text);
        let json: serde_json::Value = serde_json::from_str(&stripped).unwrap();
        assert_eq!(json, serde_json::json!({"url": "http://x\"//y", "slash": "\\"}));
        assert_eq!(stripped.len(), text.len());
    }
}
