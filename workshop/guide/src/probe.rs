//! Asking the machine: programs that may be missing, slow, or of another kind than expected.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that has not answered by then will not.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(10);

/// What a program prints, without the surrounding blanks; `None` if it is missing, fails or hangs.
pub fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let begun = Instant::now();
    loop {
        match child.try_wait().ok()? {
            Some(_) => break,
            None if begun.elapsed() > PATIENCE => {
                child.kill().ok()?;
                child.wait().ok()?;
                return None;
            }
            None => std::thread::sleep(GLANCE),
        }
    }
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// The numbers of a version such as `rustc 1.95.0 (…)` or `1.90`.
pub fn version(text: &str) -> Option<[u32; 3]> {
    let word =
        text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = word.split(['.', '-']).map(|part| part.parse().ok());
    Some([
        numbers.next()??,
        numbers.next().flatten().unwrap_or(0),
        numbers.next().flatten().unwrap_or(0),
    ])
}

/// The free kilobytes and the kind of file system, as `df -PTk` tells them.
pub fn free_space(df: &str) -> Option<(String, u64)> {
    let fields: Vec<&str> = df.lines().last()?.split_whitespace().collect();
    // The device may hold blanks; the sizes stand behind it, counted from the mount point.
    let percent = fields.iter().rposition(|field| field.ends_with('%'))?;
    let kind = percent.checked_sub(4).and_then(|index| fields.get(index))?;
    Some(((*kind).to_owned(), fields.get(percent - 1)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_programs_say() {
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), Some([1, 95, 0]));
        assert_eq!(version("1.90"), Some([1, 90, 0]));
        assert_eq!(version("rustc 1.97.0-nightly (x)"), Some([1, 97, 0]));
        assert_eq!(version("no such command"), None);
        assert!(version("1.100.0") > version("1.90"));
    }

    #[test]
    fn free_space_is_read_from_df() {
        let linux = "Filesystem Type 1024-blocks Used Available Capacity Mounted on\n\
                     /dev/vda ext4 264000000 25000000 70000000 27% /\n";
        assert_eq!(free_space(linux), Some(("ext4".into(), 70_000_000)));
        assert_eq!(free_space("df: no such option"), None);
    }

    #[test]
    fn a_program_that_is_not_there_says_nothing() {
        assert_eq!(said("no-program-has-this-name", &[]), None);
    }
}
