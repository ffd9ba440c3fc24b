//! What charts share: where an axis ends, and how high a value is drawn.

/// The next number that looks good at the end of an axis: 2, 4, 6, 8 or 10 times a power of ten.
pub(super) fn nice(value: u64) -> u64 {
    let mut power = 1_u64;
    while power.saturating_mul(10) < value {
        power = power.saturating_mul(10);
    }
    let steps = [2, 4, 6, 8, 10].map(|step| power.saturating_mul(step));
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

/// A value as a part of the axis.
#[expect(clippy::cast_precision_loss, reason = "a pixel is coarser than the loss")]
pub(super) fn ratio(value: u64, top: u64) -> f64 {
    value as f64 / top.max(1) as f64
}

/// A line of the axis.
pub(super) struct Tick {
    pub y: f64,
    pub value: u64,
}

/// Three lines: nothing, half, and `top`, drawn `height` above `base`.
pub(super) fn ticks(top: u64, base: f64, height: f64) -> Vec<Tick> {
    let tick = |value| Tick { y: base - height * ratio(value, top), value };
    [0, top / 2, top].map(tick).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_highest_value() {
        let ends: Vec<_> = [0, 1, 9, 10, 144, 940, 9_007_199_254_740_992].map(nice).into();
        assert_eq!(ends, [2, 2, 10, 10, 200, 1000, 10_000_000_000_000_000]);
    }
}
