//! What is searched for in a log, and where it was found.

/// A search, and the line of it that is looked at.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub(super) words: String,
    lines: Vec<u64>,
    /// Whether there are more lines than these.
    more: bool,
    /// Which of the lines is looked at, from 1; 0 before one is.
    at: usize,
    /// Whether the answer is there.
    answered: bool,
}

impl Search {
    /// A search for these words.
    pub(super) fn of(words: String) -> Self {
        Self { words, ..Self::default() }
    }

    /// The lines that were found. The next one is the first of them from the line `sight` on.
    pub(super) fn found(&mut self, lines: Vec<u64>, more: bool, sight: u64) {
        self.at = lines.iter().position(|line| *line >= sight).unwrap_or(0);
        (self.lines, self.more, self.answered) = (lines, more, true);
    }

    /// The line that is looked at; 0 for none.
    pub(super) fn current(&self) -> u64 {
        self.at.checked_sub(1).and_then(|at| self.lines.get(at)).copied().unwrap_or(0)
    }

    /// Goes to the next line, or to the one before, round and round.
    pub(super) fn step(&mut self, next: bool) {
        let count = self.lines.len();
        if count > 0 {
            let by = if next { 0 } else { count.saturating_sub(2) };
            self.at = (self.at + by) % count + 1;
        }
    }

    /// `5 of 9`, `1 of 50+`; nothing before there is an answer.
    pub(super) fn told(&self) -> String {
        match (self.answered, self.lines.len()) {
            (false, _) => String::new(),
            (true, 0) => "None".to_owned(),
            (true, count) => format!("{} of {count}{}", self.at, if self.more { "+" } else { "" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_on_from_what_is_in_sight_and_round() {
        let mut search = Search::of("node".to_owned());
        assert_eq!((search.words.as_str(), search.told().as_str(), search.current()), ("node", "", 0));
        search.found(vec![3, 50, 90], false, 40);
        search.step(true);
        assert_eq!((search.told().as_str(), search.current()), ("2 of 3", 50));
        search.step(true);
        search.step(true);
        assert_eq!((search.told().as_str(), search.current()), ("1 of 3", 3));
        search.step(false);
        assert_eq!(search.current(), 90);
    }

    #[test]
    fn what_is_not_found_or_more_than_shown_is_said() {
        let mut search = Search::of("x".to_owned());
        search.found(vec![], false, 1);
        search.step(true);
        assert_eq!((search.told().as_str(), search.current()), ("None", 0));
        let mut search = Search::of("x".to_owned());
        search.found(vec![1], true, 1);
        search.step(true);
        search.step(false);
        assert_eq!(search.told(), "1 of 1+");
    }
}
