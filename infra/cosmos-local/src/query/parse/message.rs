//! Syntax errors in plain words.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::{Rule, SqlError};

/// Says where reading stopped, what was expected there and what was found.
pub fn of(text: &str, error: &Error<Rule>) -> SqlError {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let found = match word_at(text, at) {
        "" => "the query ends".to_owned(),
        word => format!("found `{word}`"),
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => expectations(positives),
        ErrorVariant::CustomError { message } => message.clone(),
    };
    SqlError::Syntax(format!("{}: expected {expected}; {found}", place(text, at)))
}

/// `line 1, column 8`, columns counted in characters.
pub fn place(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    format!(
        "line {line}, column {}",
        before[line_start..].chars().count() + 1
    )
}

fn word_at(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default().trim_start();
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let end = match rest.find(|c| !is_letter(c)) {
        Some(0) => rest.chars().next().map_or(0, char::len_utf8),
        Some(end) => end,
        None => rest.len(),
    };
    // A word as long as the query helps nobody.
    rest[..end]
        .char_indices()
        .nth(40)
        .map_or(&rest[..end], |(cut, _)| &rest[..cut])
}

fn expectations(rules: &[Rule]) -> String {
    let mut words: Vec<&str> = rules.iter().map(|rule| in_words(*rule)).collect();
    words.sort_unstable();
    words.dedup();
    match words.as_slice() {
        [] => "something else".to_owned(),
        [only] => (*only).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn in_words(rule: Rule) -> &'static str {
    match rule {
        Rule::end | Rule::EOI => "the end",
        Rule::query | Rule::kw_select => "SELECT",
        Rule::distinct | Rule::kw_distinct => "DISTINCT",
        Rule::top | Rule::kw_top => "TOP",
        Rule::all => "`*`",
        Rule::value | Rule::kw_value => "VALUE",
        Rule::kw_as => "AS",
        Rule::from | Rule::kw_from => "FROM",
        Rule::join | Rule::kw_join => "JOIN",
        Rule::filter | Rule::kw_where => "WHERE",
        Rule::group_by | Rule::kw_group => "GROUP BY",
        Rule::having | Rule::kw_having => "HAVING",
        Rule::order_by | Rule::kw_order => "ORDER BY",
        Rule::kw_by => "BY",
        Rule::ascending | Rule::kw_asc | Rule::descending | Rule::kw_desc => "ASC or DESC",
        Rule::window | Rule::kw_offset => "OFFSET … LIMIT",
        Rule::kw_limit => "LIMIT",
        Rule::kw_in | Rule::iterate => "IN",
        Rule::kw_and => "AND",
        Rule::number => "a number",
        Rule::parameter => "a parameter",
        Rule::string | Rule::double | Rule::single => "a string",
        Rule::name | Rule::word | Rule::root | Rule::source => "a name",
        Rule::member | Rule::index | Rule::path => "a property",
        Rule::property => "a property in quotes",
        Rule::not | Rule::minus_sign | Rule::plus_sign | Rule::complement => "a value",
        rule if is_operator(rule) => "an operator",
        _ => "a value",
    }
}

fn is_operator(rule: Rule) -> bool {
    use Rule::{
        add, and, between, bitwise, coalesce, concatenate, conditional, divide, equal, greater,
        greater_or_equal, in_list, less, less_or_equal, like, modulo, multiply, not_equal, or,
        subtract,
    };
    matches!(
        rule,
        add | and
            | between
            | bitwise
            | coalesce
            | concatenate
            | conditional
            | divide
            | equal
            | greater
            | greater_or_equal
            | in_list
            | less
            | less_or_equal
            | like
            | modulo
            | multiply
            | not_equal
            | or
            | subtract
    )
}
