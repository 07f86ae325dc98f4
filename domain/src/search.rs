//! Searching in the store: every word anywhere in a folded line that was written for it.

use stackyard_model::text::fold;

/// Most words that are searched for.
const WORDS: usize = 8;

/// What is searched for as LIKE patterns, one a word, escaped with `\`; without what a database cannot take, and not
/// longer than anybody types.
pub(crate) fn patterns(typed: &str) -> Vec<String> {
    let usable: String = typed.chars().filter(|c| *c != '\0').take(200).collect();
    fold(&usable).split_whitespace().take(WORDS).map(contains).collect()
}

/// A LIKE pattern for "contains this very text".
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_searched_for_as_they_are_written() {
        assert_eq!(patterns(" Prod  eks_100%\0"), ["%prod%", r"%eks\_100\%%"]);
        assert!(patterns("  ").is_empty());
        assert_eq!(patterns(&"a ".repeat(90)).len(), WORDS);
    }
}
