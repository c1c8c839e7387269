//! Rounds, in which contenders take turns.

use std::time::Duration;

/// Rounds of which medians are taken.
#[derive(Debug, Clone)]
pub struct Rounds {
    /// How often a contender's process is started.
    pub starts: usize,
    /// How many rounds it makes each time.
    pub rounds: usize,
    /// How long a round is.
    pub length: Duration,
}

/// In which order so many contenders make their rounds. Each time another one begins, and every
/// second time they go the other way round, so that nobody always comes after the same one.
pub fn turns(contenders: usize, number: usize) -> impl Iterator<Item = usize> {
    (0..contenders).map(move |turn| {
        let place = (turn + number) % contenders;
        if number.is_multiple_of(2) { place } else { contenders - 1 - place }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_have_their_turn_each_time_and_nobody_always_comes_after_the_same_one() {
        for contenders in 3..=4 {
            let rounds: Vec<Vec<usize>> = (0..15).map(|number| turns(contenders, number).collect()).collect();
            for round in &rounds {
                assert_eq!(round.iter().collect::<BTreeSet<_>>().len(), contenders, "{round:?}");
            }
            for who in 0..contenders {
                let pairs = rounds.iter().flat_map(|round| round.windows(2)).filter(|pair| pair[1] == who);
                assert!(pairs.map(|pair| pair[0]).collect::<BTreeSet<_>>().len() > 1, "{who} of {contenders}");
            }
        }
    }
}
