//! `LIKE`: `%` stands for any run of characters, `_` for one.

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Exactly(char),
}

/// A pattern taken apart.
#[derive(Debug)]
pub struct Pattern(Vec<Part>);

impl Pattern {
    /// Reads a pattern; the character after `escape` stands for itself.
    pub fn parse(text: &str, escape: Option<char>) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            parts.push(match character {
                c if Some(c) == escape => match characters.next() {
                    Some(literal) => Part::Exactly(literal),
                    None => return Err("the pattern ends with its escape character".to_owned()),
                },
                '%' => Part::Any,
                '_' => Part::One,
                c => Part::Exactly(c),
            });
        }
        Ok(Self(parts))
    }

    /// Matches by going back to the last `%` only, so that no text takes more than length times length steps.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut part) = (0, 0);
        let mut resume: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(part) {
                Some(Part::Any) => {
                    resume = Some((at, part + 1));
                    part += 1;
                }
                Some(Part::One) => (at, part) = (at + 1, part + 1),
                Some(Part::Exactly(c)) if *c == text[at] => (at, part) = (at + 1, part + 1),
                _ => match resume {
                    Some((from, after)) => {
                        resume = Some((from + 1, after));
                        (at, part) = (from + 1, after);
                    }
                    None => return false,
                },
            }
        }
        self.0[part..].iter().all(|part| *part == Part::Any)
    }
}
