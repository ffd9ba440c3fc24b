//! The difference insta prints between an expected result and ours, without its frame.

/// Lines for which the unchanged ones around a change are shown too.
const ROOM: usize = 10;

/// What differs, and why it matters.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// Each begins with `-` (expected), `+` (ours) or a blank.
    pub lines: Vec<String>,
    /// The description of the assertion.
    pub why: Option<String>,
}

/// Reads a difference out of what a test printed.
pub fn difference(text: &str) -> Option<Difference> {
    let (_, summary) = text.split_once(" Snapshot Summary ")?;
    let rows = summary.lines().filter_map(row);
    let mut lines = plain(&rows.collect::<Vec<_>>());
    if lines.len() > ROOM {
        lines.retain(|line| line.starts_with(['-', '+']));
    }
    (!lines.is_empty()).then(|| Difference { lines, why: description(summary) })
}

/// `    5       │-  "id": "cart-7:1",` is the sign and what follows it.
fn row(line: &str) -> Option<(char, &str)> {
    let (numbers, row) = line.split_once('│')?;
    numbers.chars().all(|c| c == ' ' || c.is_ascii_digit()).then_some(())?;
    let sign = row.chars().next()?;
    matches!(sign, '-' | '+' | ' ').then(|| (sign, row[1..].trim_end()))
}

/// The rows without the indent that all of them have.
fn plain(rows: &[(char, &str)]) -> Vec<String> {
    let indent = |row: &str| row.len() - row.trim_start().len();
    let filled = rows.iter().filter(|(_, row)| !row.is_empty());
    let common = filled.map(|(_, row)| indent(row)).min().unwrap_or(0);
    rows.iter()
        .map(|(sign, row)| {
            format!("{sign} {}", row.get(common..).unwrap_or_default()).trim_end().into()
        })
        .collect()
}

/// The paragraph between the rule under the expression and the rule above the legend.
fn description(summary: &str) -> Option<String> {
    let is_rule = |line: &str| !line.is_empty() && line.chars().all(|c| c == '─');
    let lines: Vec<&str> = summary.lines().collect();
    let sections: Vec<&[&str]> = lines.split(|line| is_rule(line)).collect();
    let legend = sections.iter().position(|section| {
        section.first().is_some_and(|line| matches!(*line, "-old snapshot" | "+new results"))
    })?;
    let section = sections.get(legend.checked_sub(1)?)?;
    let described = !section.iter().any(|line| {
        line.starts_with("Expression: ")
            || line.starts_with("Snapshot")
            || line.starts_with("Source: ")
    });
    described.then(|| section.join(" ").trim().to_owned()).filter(|text| !text.is_empty())
}
