//! Numbers out of rounds: the machine is shared, so floor and subject take turns and medians count.

/// The value below which the share `q` of all values lies. Zero for none.
pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index of a list that fits into memory"
    )]
    let index = (values.len().saturating_sub(1) as f64 * q).round() as usize;
    values.get(index).copied().unwrap_or_default()
}

/// The value in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(&mut values.into_iter().collect::<Vec<_>>(), 0.5)
}

/// What floor and subject took in rounds that took turns.
#[derive(Default)]
pub struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    /// One round of each.
    pub fn add(&mut self, floor: f64, subject: f64) {
        self.0.push((floor, subject));
    }

    /// The median floor.
    pub fn floor(&self) -> f64 {
        median(self.0.iter().map(|(floor, _)| *floor))
    }

    /// The median subject.
    pub fn subject(&self) -> f64 {
        median(self.0.iter().map(|(_, subject)| *subject))
    }

    /// The median of the rounds' ratios: what disturbs the machine for a while disturbs both of a round.
    pub fn ratio(&self) -> f64 {
        median(self.0.iter().map(|(floor, subject)| subject / floor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_of_the_list() {
        let mut values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(quantile(&mut values, 0.5).to_bits(), 3.0_f64.to_bits());
        assert_eq!(quantile(&mut values, 0.99).to_bits(), 5.0_f64.to_bits());
        assert_eq!(quantile(&mut [], 0.5).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_disturbance_of_both_leaves_the_ratio_alone() {
        let mut pairs = Pairs::default();
        for slowness in [1.0, 9.0, 1.0, 2.0, 40.0] {
            pairs.add(2.0 * slowness, 3.0 * slowness);
        }
        assert_eq!(pairs.ratio().to_bits(), 1.5_f64.to_bits());
    }
}
