//! What many figures come to.

/// The middle of some figures; the mean of the two middle ones where their number is even.
///
/// # Panics
/// If there are none.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len() % 2 == 1 { figures[middle] } else { f64::midpoint(figures[middle - 1], figures[middle]) }
}

/// The smallest figure that at least this share of all does not exceed.
///
/// # Panics
/// If there are none.
pub fn percentile(sorted: &[u64], share: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_does_not_care_for_the_order_or_for_a_stray_figure() {
        assert_eq!(median([3.0, 1000.0, 1.0]), 3.0);
        assert_eq!(median([4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median([7.0]), 7.0);
    }

    #[test]
    fn a_percentile_is_a_figure_that_was_there() {
        let figures: Vec<u64> = (1..=200).collect();
        assert_eq!(percentile(&figures, 0.5), 100);
        assert_eq!(percentile(&figures, 0.99), 198);
        assert_eq!(percentile(&figures, 1.0), 200);
        assert_eq!(percentile(&[5], 0.0), 5);
    }
}
