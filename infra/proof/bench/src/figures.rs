//! Medians and units.

use std::time::Duration;

/// The middle of what was measured; of an even number, the upper one of the two.
pub fn median<T: Copy + PartialOrd>(measured: &[T]) -> T {
    let mut sorted = measured.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).expect("times and rates are ordered"));
    sorted[sorted.len() / 2]
}

/// Operations per second.
pub fn per_second(operations: u64, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let operations = operations as f64;
    operations / took.as_secs_f64()
}

pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

pub fn microseconds(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

/// 12345 as `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn rate(per_second: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive rate")]
    let whole = per_second.round() as u64;
    format!("{}/s", thousands(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&[9, 1, 5]), 5);
        assert_eq!(median(&[4, 3, 2, 1]), 3);
    }

    #[test]
    fn large_numbers_are_grouped_by_thousands() {
        assert_eq!(
            [thousands(7), thousands(1_000), thousands(1_234_567)],
            ["7", "1,000", "1,234,567"]
        );
    }
}
