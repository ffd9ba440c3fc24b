//! A lesson or a page of hints, read by its headings.

/// A page cut at its headings.
pub struct Page<'a> {
    sections: Vec<Section<'a>>,
}

/// A heading and what follows it, up to the next heading.
pub struct Section<'a> {
    /// Number of `#`; 0 for what stands above the first heading.
    pub level: usize,
    pub heading: &'a str,
    /// Of the heading, counted from 1.
    pub line: usize,
    pub text: &'a str,
}

/// Reads the page's headings.
pub fn read(text: &str) -> Page<'_> {
    Page { sections: cut(text).into_iter().map(|(line, text)| section(line, text)).collect() }
}

/// The page cut before each heading, with the number of each part's first line. A `#` inside a fence
/// is no heading.
pub fn cut(text: &str) -> Vec<(usize, &str)> {
    let (mut cuts, mut at, mut in_fence) = (vec![(1, 0)], 0, false);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        in_fence ^= line.trim_start().starts_with("```");
        if !in_fence && line.starts_with('#') && at > 0 {
            cuts.push((index + 1, at));
        }
        at += line.len();
    }
    let ends = cuts.iter().skip(1).map(|(_, at)| *at).chain([text.len()]);
    cuts.iter().zip(ends).map(|((line, start), end)| (*line, &text[*start..end])).collect()
}

fn section(line: usize, text: &str) -> Section<'_> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let level = first.len() - first.trim_start_matches('#').len();
    if level == 0 {
        return Section { level, heading: "", line, text };
    }
    Section { level, heading: first[level..].trim(), line, text: rest }
}

impl<'a> Page<'a> {
    /// All sections in order.
    pub fn sections(&self) -> &[Section<'a>] {
        &self.sections
    }

    /// A value of the front matter, such as `minutes`.
    pub fn front(&self, key: &str) -> Option<&'a str> {
        let above = self.sections.first().filter(|section| section.level == 0)?;
        let (matter, _) = above.text.trim_start().strip_prefix("---")?.split_once("\n---")?;
        let value = matter.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        value.map(str::trim)
    }

    /// The page's first heading: its title and introduction.
    pub fn head(&self) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.level == 1)
    }

    /// The section with this heading.
    pub fn named(&self, heading: &str) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.heading == heading)
    }

    /// The sections that open a step: `## Step 1. One event (8 min)`.
    pub fn steps(&self) -> impl Iterator<Item = (StepHeading<'a>, &Section<'a>)> {
        self.sections.iter().filter_map(|section| Some((section.step()?, section)))
    }

    /// The sections of a step one level deeper: the rungs of its hints.
    pub fn rungs(&self, step: u8) -> Vec<&Section<'a>> {
        let is_step = |section: &&Section| section.step().is_some_and(|found| found.number == step);
        let after = self.sections.iter().skip_while(|section| !is_step(section)).skip(1);
        after.take_while(|section| section.level > 2).filter(|section| section.level == 3).collect()
    }
}

/// What the heading of a step says.
pub struct StepHeading<'a> {
    pub number: u8,
    pub title: &'a str,
    pub minutes: Option<u32>,
}

impl<'a> Section<'a> {
    /// Reads `Step 1. One event, one document (8 min)`.
    pub fn step(&self) -> Option<StepHeading<'a>> {
        let (number, title) = self.heading.strip_prefix("Step ")?.split_once('.')?;
        let number = number.parse().ok()?;
        let timed = title.trim().strip_suffix(" min)").and_then(|title| title.rsplit_once(" ("));
        let minutes = timed.and_then(|(_, minutes)| minutes.parse().ok());
        let title = timed.map_or(title, |(title, _)| title).trim();
        (self.level == 2).then_some(StepHeading { number, title, minutes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = "---\ntitle: Store\nminutes: 40\n---\n\n# 01 Store\n\nIntro.\n\n\
        ## Step 1. One (8 min)\n```sh\n# no heading\n```\n### Rung\nUp.\n## Step 2. Two\n";

    #[test]
    fn the_front_matter_is_read() {
        assert_eq!(read(LESSON).front("minutes"), Some("40"));
        assert_eq!(read("# 01 Store\n").front("minutes"), None);
    }

    #[test]
    fn steps_have_number_title_and_minutes() {
        let page = read(LESSON);
        let steps: Vec<_> = page
            .steps()
            .map(|(step, at)| (step.number, step.title, step.minutes, at.line))
            .collect();
        assert_eq!(steps, [(1, "One", Some(8), 10), (2, "Two", None, 16)]);
    }

    #[test]
    fn the_rungs_of_a_step_end_where_the_next_step_begins() {
        let page = read(LESSON);
        let rungs: Vec<_> = page.rungs(1).iter().map(|rung| (rung.heading, rung.text)).collect();
        assert_eq!(rungs, [("Rung", "Up.\n")]);
        assert_eq!(page.rungs(2).len(), 0);
    }
}
