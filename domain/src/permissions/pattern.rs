//! Patterns: everything, one value, or a regular expression that must match the whole value (rules §3).

use regex::{Regex, RegexBuilder};
use stackyard_model::permission::PATTERN_MAX;
use stackyard_model::quote::is_control;
use stackyard_model::{Dimension, PatternKind};

/// A pattern that cannot be used, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong and how to mend it.
    pub message: String,
    /// The character at which it is, counted from 1.
    pub column: Option<u32>,
}

impl PatternError {
    fn whole(message: impl Into<String>) -> Self {
        Self { message: message.into(), column: None }
    }
}

/// A pattern ready to be compared with values.
#[derive(Debug, Clone)]
pub enum Matcher {
    /// `*`: everything, a missing value included.
    Any,
    /// The value itself.
    Exact(Box<str>),
    /// The value itself, whatever the case of its ASCII letters.
    ExactFolded(Box<str>),
    /// The whole value, by a regular expression.
    Regex(Regex),
    /// The whole value, by a regular expression that does not see the case of letters.
    RegexFolded(Regex),
}

/// Most bytes of a compiled pattern (rules §3).
pub(crate) const COMPILED_MAX: usize = 64 * 1024;
/// Most bytes of the states that matching builds; beyond it matching is slower, not wrong.
pub(crate) const STATES_MAX: usize = 16 * 1024;

/// The long s and the Kelvin sign: Unicode folds them to `s` and `k`, hosts of repositories do not.
const LOOK_ALIKES: [char; 2] = ['\u{17f}', '\u{212a}'];

impl Matcher {
    /// Reads `pattern` for a dimension. Environments are compared without case.
    ///
    /// # Errors
    /// What is wrong with the pattern, and where.
    pub fn new(pattern: &str, dimension: Dimension) -> Result<Self, PatternError> {
        let folds = dimension == Dimension::Environment;
        match PatternKind::of(pattern) {
            PatternKind::Any => Ok(Self::Any),
            PatternKind::Exact if folds => Ok(Self::ExactFolded(pattern.into())),
            PatternKind::Exact => Ok(Self::Exact(pattern.into())),
            PatternKind::Regex if folds => anchored(pattern, true).map(Self::RegexFolded),
            PatternKind::Regex => anchored(pattern, false).map(Self::Regex),
        }
    }

    /// Whether the value fits. A missing value fits only `*`.
    #[must_use]
    pub fn matches(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Any, _) => true,
            (_, None) => false,
            (Self::Exact(wanted), Some(value)) => **wanted == *value,
            (Self::ExactFolded(wanted), Some(value)) => wanted.eq_ignore_ascii_case(value),
            (Self::Regex(regex), Some(value)) => regex.is_match(value),
            (Self::RegexFolded(regex), Some(value)) => !value.contains(LOOK_ALIKES) && regex.is_match(value),
        }
    }
}

/// Checks a pattern as it is saved.
///
/// # Errors
/// What is wrong with it, and where.
pub fn check_pattern(pattern: &str) -> Result<PatternKind, PatternError> {
    if pattern.is_empty() {
        return Err(PatternError::whole("Write a pattern, or * for everything."));
    }
    if pattern.chars().count() > PATTERN_MAX {
        return Err(PatternError::whole(format!("A pattern has at most {PATTERN_MAX} characters.")));
    }
    if pattern.chars().any(is_control) || pattern.trim() != pattern {
        return Err(PatternError::whole(
            "Spaces at the ends and control characters match nothing. Take them out.",
        ));
    }
    Matcher::new(pattern, Dimension::Branch)?;
    Matcher::new(pattern, Dimension::Environment)?;
    Ok(PatternKind::of(pattern))
}

/// Compiles the pattern alone first, so that an unbalanced `)` cannot close the group, then whole.
fn anchored(pattern: &str, folds: bool) -> Result<Regex, PatternError> {
    let read = unescaped(pattern);
    simple(pattern, &read)?;
    build(&read, folds).map_err(|error| explain(pattern, &read, &error))?;
    build(&format!(r"\A(?:{read})\z"), folds).map_err(|error| match error {
        // A comment of `(?x)` that swallows the end, for one.
        regex::Error::Syntax(_) => {
            PatternError::whole("This pattern cannot be matched whole. Leave out (?x).")
        }
        other => explain(pattern, &read, &other),
    })
}

/// Refuses operations between classes: they take long to work out, and nobody needs them for a branch's name.
fn simple(typed: &str, read: &str) -> Result<(), PatternError> {
    use regex_syntax::ast::{self, ClassSetBinaryOp, Visitor};
    struct Simple;
    impl Visitor for Simple {
        type Output = ();
        type Err = usize;
        fn finish(self) -> Result<(), usize> {
            Ok(())
        }
        fn visit_class_set_binary_op_pre(&mut self, operation: &ClassSetBinaryOp) -> Result<(), usize> {
            Err(operation.span.start.offset)
        }
    }
    // What cannot be parsed is told by the compiler's own error.
    let Ok(tree) = ast::parse::ParserBuilder::new().nest_limit(32).build().parse(read) else { return Ok(()) };
    ast::visit(&tree, Simple).map_err(|offset| PatternError {
        message:
            "Operations between classes (&&, --, ~~) are not supported. Write the characters themselves."
                .to_owned(),
        column: column(typed, offset),
    })
}

/// `\\` is read as `\`: values hold no backslash, and the documentation that people copy prints it doubled.
pub(super) fn unescaped(pattern: &str) -> String {
    pattern.replace(r"\\", r"\")
}

fn build(pattern: &str, folds: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .case_insensitive(folds)
        .size_limit(COMPILED_MAX)
        .dfa_size_limit(STATES_MAX)
        .nest_limit(32)
        .build()
}

fn explain(typed: &str, read: &str, error: &regex::Error) -> PatternError {
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return PatternError::whole("This pattern becomes too large. Repeat less, or write what it matches.");
    }
    let parsed = regex_syntax::ast::parse::ParserBuilder::new().nest_limit(32).build().parse(read);
    let (message, offset) = match parsed {
        Err(error) => (syntax(error.kind()), error.span().start.offset),
        Ok(_) => match regex_syntax::Parser::new().parse(read) {
            Err(regex_syntax::Error::Translate(error)) => (
                "This part is not understood. Write what it stands for.".to_owned(),
                error.span().start.offset,
            ),
            _ => return PatternError::whole("This is not a regular expression that can be used."),
        },
    };
    PatternError { message, column: column(typed, offset) }
}

/// The character of the pattern as typed that stands at byte `offset` of the pattern as read.
fn column(typed: &str, offset: usize) -> Option<u32> {
    let mut read = 0;
    let mut characters = 0_u32;
    let mut rest = typed;
    while read < offset {
        let doubled = rest.starts_with(r"\\");
        let c = rest.chars().next()?;
        read += c.len_utf8();
        characters += if doubled { 2 } else { 1 };
        rest = rest.get(if doubled { 2 } else { c.len_utf8() }..)?;
    }
    Some(characters + 1)
}

fn syntax(kind: &regex_syntax::ast::ErrorKind) -> String {
    use regex_syntax::ast::ErrorKind as Kind;
    match kind {
        Kind::GroupUnclosed => r"This ( is never closed. Close it with ), or write \( to mean the character.",
        Kind::GroupUnopened => r"This ) closes nothing. Open it with (, or write \) to mean the character.",
        Kind::ClassUnclosed => r"This [ is never closed. Close it with ], or write \[ to mean the character.",
        Kind::ClassRangeInvalid => "The ends of this range are the wrong way round. Write the lower one first, such as [a-z].",
        Kind::RepetitionMissing => r"There is nothing before this to repeat. Write . before it to mean any character, or \ before it to mean the character itself.",
        Kind::RepetitionCountUnclosed => r"This { is never closed. Close it with }, or write \{ to mean the character.",
        Kind::RepetitionCountInvalid => "The first number of a repetition is at most the second.",
        Kind::RepetitionCountDecimalEmpty | Kind::DecimalEmpty | Kind::DecimalInvalid => "A repetition wants a number, such as {2} or {1,3}.",
        Kind::EscapeUnexpectedEof => r"A \ at the end means nothing. Take it out.",
        Kind::EscapeUnrecognized => r"This \ stands before a character that needs none. Take it out.",
        Kind::UnsupportedLookAround => "Looking ahead or behind is not supported. Write what may match instead.",
        Kind::UnsupportedBackreference => "References to groups are not supported. Write what may match instead.",
        Kind::NestLimitExceeded(_) => "This is nested too deeply.",
        Kind::FlagUnrecognized | Kind::FlagDuplicate { .. } | Kind::FlagUnexpectedEof | Kind::FlagDanglingNegation | Kind::FlagRepeatedNegation { .. } => {
            "These flags are not understood. Leave them out."
        }
        _ => "This is not understood here. Write \\ before it to mean the character itself.",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Matcher::new(pattern, Dimension::Branch).unwrap().matches(Some(value))
    }

    #[test]
    fn a_pattern_matches_the_whole_value_only() {
        assert!(matches("main|develop", "main") && matches("main|develop", "develop"));
        for value in ["main-attacker", "xmain", "my-develop", "develop2", "main\n", "\nmain"] {
            assert!(!matches("main|develop", value), "{value:?}");
            assert!(!matches("^(main|develop)$", value), "{value:?}");
            assert!(!matches("^main|develop$", value), "{value:?}");
        }
        assert!(matches("prod.*", "prod-eu") && !matches("prod.*", "preprod"));
        assert!(!matches("(?m)^main$", "x\nmain"));
    }

    #[test]
    fn a_dot_of_an_exact_pattern_is_a_dot() {
        assert!(matches("plan.yaml", "plan.yaml") && !matches("plan.yaml", "planxyaml"));
        assert!(!matches("main", "Main"));
    }

    #[test]
    fn the_doubled_backslash_of_the_documentation_is_read_as_one() {
        for pattern in [r".*\.yml$", r".*\\.yml$"] {
            assert!(matches(pattern, "deploy.yml") && !matches(pattern, "deployxyml"), "{pattern}");
        }
    }

    #[test]
    fn an_unbalanced_group_cannot_close_ours() {
        for pattern in ["x)|(", "a)|(?:b", ")(", "(?x)a #", "(?x)main # \\"] {
            assert!(check_pattern(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn errors_say_what_where_and_how_to_mend_it() {
        let error = check_pattern("^main|(hotfix/.*$").unwrap_err();
        assert_eq!(error.column, Some(7));
        assert_eq!(
            error.message,
            r"This ( is never closed. Close it with ), or write \( to mean the character."
        );
        assert_eq!(check_pattern(r"a\\.b|(").unwrap_err().column, Some(7));
        assert_eq!(check_pattern("ä(").unwrap_err().column, Some(2));
        assert!(
            check_pattern("").is_err()
                && check_pattern(" main").is_err()
                && check_pattern("a\u{0}*").is_err()
        );
        assert!(check_pattern(&"x".repeat(257)).is_err());
        assert!(check_pattern("[z-a]").unwrap_err().message.contains("wrong way round"));
        assert!(check_pattern(r"\w{500}").unwrap_err().message.contains("too large"));
        assert!(check_pattern(&"(".repeat(200)).is_err());
        assert!(check_pattern("(?=x)").is_err());
    }

    #[test]
    fn a_missing_value_fits_only_everything() {
        for (pattern, fits) in [("*", true), (".*", false), ("prod", false), ("()", false)] {
            let matcher = Matcher::new(pattern, Dimension::Environment).unwrap();
            assert_eq!(matcher.matches(None), fits, "{pattern}");
        }
    }

    #[test]
    fn look_alikes_of_letters_are_not_the_letters() {
        for (pattern, value) in
            [("stag.*", "\u{17f}taging"), ("k8s-prod", "\u{212a}8s-prod"), ("staging", "\u{17f}taging")]
        {
            assert!(
                !Matcher::new(pattern, Dimension::Environment).unwrap().matches(Some(value)),
                "{pattern}"
            );
        }
        assert!(Matcher::new("*", Dimension::Environment).unwrap().matches(Some("\u{17f}taging")));
    }

    #[test]
    fn operations_between_classes_are_refused_at_their_place() {
        assert_eq!(check_pattern("x[a-z&&[^b]]").unwrap_err().column, Some(3));
        assert!(check_pattern("a&&b.*").is_ok());
    }

    #[test]
    fn environments_are_compared_without_case() {
        for pattern in ["Prod", "prod", "pro[d]"] {
            assert!(
                Matcher::new(pattern, Dimension::Environment).unwrap().matches(Some("PROD")),
                "{pattern}"
            );
        }
    }

    proptest! {
        /// The slow, obvious meaning: some alternative is the whole value.
        #[test]
        fn alternatives_match_exactly_their_values(words in prop::collection::vec("[a-z/-]{1,6}", 1..5), value in "[a-z/-]{0,8}") {
            let pattern = format!("{}|{}", words.join("|"), words.join("|"));
            prop_assert_eq!(matches(&pattern, &value), words.contains(&value));
        }

        #[test]
        fn checking_never_panics_and_what_passes_compiles(pattern in ".{0,40}") {
            if check_pattern(&pattern).is_ok() {
                for dimension in [Dimension::Workflow, Dimension::Environment] {
                    prop_assert!(Matcher::new(&pattern, dimension).is_ok());
                }
            }
        }

        /// Whatever the pattern, wrapping it must not let a line end slip in at either end.
        #[test]
        fn no_pattern_without_line_ends_matches_a_value_with_one(pattern in "[a-z|()$^]{1,12}", value in "[a-z]{0,6}") {
            if check_pattern(&pattern).is_ok() && pattern != "*" {
                let with_end = format!("{value}\n");
                prop_assert!(!matches(&pattern, &with_end));
            }
        }
    }
}
