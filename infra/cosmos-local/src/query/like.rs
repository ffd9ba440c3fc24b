//! LIKE: `%` is any text, `_` any character, `[a-f]` one of a set, `[^a-f]` one outside it.

enum Token {
    AnyText,
    AnyCharacter,
    Character(char),
    Set {
        ranges: Vec<(char, char)>,
        excluded: bool,
    },
}

/// Whether a text matches a pattern. Takes time of at most their lengths multiplied.
pub fn matches(text: &str, pattern: &str, escape: Option<char>) -> bool {
    let (text, pattern): (Vec<char>, _) = (text.chars().collect(), tokens(pattern, escape));
    let (mut at, mut token) = (0, 0);
    // Where to go on when the latest `%` has to take one more character.
    let mut retry = None;
    while at < text.len() {
        match pattern.get(token) {
            Some(Token::AnyText) => {
                token += 1;
                retry = Some((at, token));
            }
            Some(single) if single.accepts(text[at]) => {
                at += 1;
                token += 1;
            }
            _ => match retry {
                None => return false,
                Some((start, after)) => {
                    (at, token) = (start + 1, after);
                    retry = Some((start + 1, after));
                }
            },
        }
    }
    pattern[token..]
        .iter()
        .all(|token| matches!(token, Token::AnyText))
}

impl Token {
    fn accepts(&self, character: char) -> bool {
        match self {
            Self::AnyText => false,
            Self::AnyCharacter => true,
            Self::Character(wanted) => *wanted == character,
            Self::Set { ranges, excluded } => {
                let within = ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&character));
                within != *excluded
            }
        }
    }
}

fn tokens(pattern: &str, escape: Option<char>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        tokens.push(match character {
            _ if Some(character) == escape => Token::Character(rest.next().unwrap_or(character)),
            '%' => Token::AnyText,
            '_' => Token::AnyCharacter,
            '[' => match rest.as_str().split_once(']') {
                Some((set, after)) => {
                    rest = after.chars();
                    set_token(set)
                }
                None => Token::Character('['),
            },
            _ => Token::Character(character),
        });
    }
    tokens
}

fn set_token(set: &str) -> Token {
    let (excluded, set) = match set.strip_prefix('^') {
        Some(set) => (true, set),
        None => (false, set),
    };
    let characters: Vec<char> = set.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = &characters[..];
    while let [from, after @ ..] = rest {
        if let ['-', to, after @ ..] = after {
            ranges.push((*from, *to));
            rest = after;
        } else {
            ranges.push((*from, *from));
            rest = after;
        }
    }
    Token::Set { ranges, excluded }
}
