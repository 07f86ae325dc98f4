//! What pages of the log are narrowed by, as one word of an event: category, kind of actor and outcome.
//!
//! Any choice of the three is a set of such words, and the newest events of one word are one short walk along an index.

use stackyard_model::activity::{ActivityFilter, ActorType, Category, Outcome};

/// The word of an event.
pub(super) fn word(category: Category, actor: ActorType, outcome: Outcome) -> String {
    format!("{}.{}.{}", category.as_str(), actor.as_str(), outcome.as_str())
}

/// The outcome that a word says.
pub(super) fn outcome(word: &str) -> Option<Outcome> {
    word.rsplit('.').next()?.parse().ok()
}

/// What is chosen; none means any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Facets {
    pub(super) category: Option<Category>,
    pub(super) actor: Option<ActorType>,
    pub(super) outcome: Option<Outcome>,
}

impl Facets {
    /// What a filter chooses. Words that nobody knows choose nothing.
    pub(super) fn of(filter: &ActivityFilter) -> Self {
        Self {
            category: filter.category.parse().ok(),
            actor: filter.actor.parse().ok(),
            outcome: filter.outcome.parse().ok(),
        }
    }

    /// Whether nothing is left out.
    pub(super) fn all(&self) -> bool {
        *self == Self::default()
    }

    /// Every word that fits.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for category in Category::ALL.iter().filter(|one| self.category.is_none_or(|wanted| wanted == **one))
        {
            for actor in ActorType::ALL.iter().filter(|one| self.actor.is_none_or(|wanted| wanted == **one)) {
                for outcome in
                    Outcome::ALL.iter().filter(|one| self.outcome.is_none_or(|wanted| wanted == **one))
                {
                    words.push(word(*category, *actor, *outcome));
                }
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_all_three_is_one_word() {
        let facets = Facets {
            category: Some(Category::Lock),
            actor: Some(ActorType::Run),
            outcome: Some(Outcome::Denied),
        };
        assert_eq!(facets.words(), ["lock.run.denied"]);
        assert_eq!(outcome("lock.run.denied"), Some(Outcome::Denied));
    }

    #[test]
    fn what_is_not_chosen_may_be_anything() {
        let facets = Facets { outcome: Some(Outcome::Failed), ..Facets::default() };
        assert_eq!(facets.words().len(), Category::ALL.len() * ActorType::ALL.len());
        assert!(Facets::default().all() && !facets.all());
    }
}
