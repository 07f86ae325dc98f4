//! The figures as they are printed.

/// What a figure may be.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// At most so many times the floor.
    AtMost(f64),
    /// At least such a share of the floor.
    AtLeast(f64),
}

/// One figure with its floor.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// What the values are in.
    pub unit: &'static str,
    /// What it came to.
    pub value: f64,
    /// What the floor is.
    pub floor_name: &'static str,
    /// What the floor came to.
    pub floor: f64,
    /// Value by floor.
    pub ratio: f64,
    /// What the ratio may be.
    pub limit: Limit,
    /// What the value itself may be. Holding it is enough: the ratio says the same of slower machines.
    pub goal: Option<f64>,
}

impl Figure {
    /// A value that has a budget of its own: the budget is the floor.
    pub fn budget(name: &'static str, unit: &'static str, value: f64, budget: f64) -> Self {
        let ratio = value / budget;
        let limit = Limit::AtMost(1.0);
        Self { name, unit, value, floor_name: "budget", floor: budget, ratio, limit, goal: None }
    }

    /// Whether it is within its limit.
    pub fn holds(&self) -> bool {
        match self.limit {
            Limit::AtMost(most) => self.ratio <= most || self.goal.is_some_and(|goal| self.value <= goal),
            Limit::AtLeast(least) => self.ratio >= least || self.goal.is_some_and(|goal| self.value >= goal),
        }
    }

    /// One line.
    pub fn line(&self) -> String {
        let (sign, limit) = match self.limit {
            Limit::AtMost(most) => ('≤', most),
            Limit::AtLeast(least) => ('≥', least),
        };
        let goal = self.goal.map_or_else(String::new, |goal| format!(", or {sign} {goal} {}", self.unit));
        let verdict = if self.holds() { "ok" } else { "over" };
        format!(
            "{:<46} {:>9} {:<6} {:>6.2} × {:<23} {:>9}   limit {sign} {limit}{goal}: {verdict}",
            self.name,
            short(self.value),
            self.unit,
            self.ratio,
            self.floor_name,
            short(self.floor),
        )
    }
}

/// Three digits are what a noisy machine knows.
pub fn short(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

/// A line beside the figures, without a limit.
pub fn note(name: &str, text: &str) {
    println!("  {name:<44} {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(ratio: f64, value: f64, limit: Limit, goal: Option<f64>) -> Figure {
        Figure { name: "", unit: "ms", value, floor_name: "", floor: value / ratio, ratio, limit, goal }
    }

    #[test]
    fn a_figure_holds_by_its_ratio_or_by_itself() {
        assert!(figure(2.0, 9.0, Limit::AtMost(2.3), Some(0.6)).holds());
        assert!(figure(3.0, 0.5, Limit::AtMost(2.3), Some(0.6)).holds());
        assert!(!figure(3.0, 0.7, Limit::AtMost(2.3), Some(0.6)).holds());
        assert!(!figure(0.4, 4000.0, Limit::AtLeast(0.48), Some(5000.0)).holds());
        assert!(figure(0.4, 6000.0, Limit::AtLeast(0.48), Some(5000.0)).holds());
        assert!(!figure(0.5, 6000.0, Limit::AtLeast(0.6), None).holds());
    }

    #[test]
    fn the_line_says_the_limit_and_whether_it_holds() {
        let line = Figure::budget("memory", "MB", 75.0, 60.0).line();
        assert!(line.contains("1.25 × budget") && line.ends_with("limit ≤ 1: over"), "{line}");
    }
}
