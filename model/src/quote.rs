//! Quoting of values that somebody else chose.
//!
//! A workflow's values come back in error texts, 409 texts and logs, where GitHub's runner acts on `::command`
//! at the start of a line and on `##[command]` anywhere in one, and where the CLI renders Markdown (rules §4).

/// Most characters that are kept of a quoted value.
pub const QUOTED_MAX: usize = 200;

/// The value without control characters, cut at [`QUOTED_MAX`] characters, with `::` and `##[` broken by a
/// zero-width space.
#[must_use]
pub fn plain(value: &str) -> String {
    let mut kept = value.chars().filter(|c| !is_control(*c));
    let mut out = broken(kept.by_ref().take(QUOTED_MAX), value.len().min(QUOTED_MAX * 4));
    if kept.next().is_some() {
        out.push('…');
    }
    out
}

/// A whole text of ours that quotes others, as [`plain`] but not cut; lines stay lines.
#[must_use]
pub fn harmless(text: &str) -> String {
    broken(text.chars().filter(|c| *c == '\n' || !is_control(*c)), text.len())
}

fn broken(text: impl Iterator<Item = char>, length: usize) -> String {
    let mut out = String::with_capacity(length);
    for c in text {
        if (c == ':' && out.ends_with(':')) || (c == '[' && out.ends_with("##")) {
            out.push('\u{200b}');
        }
        out.push(c);
    }
    out
}

/// The value as inline code of Markdown: [`plain`], in a fence longer than any run of backticks inside.
#[must_use]
pub fn code(value: &str) -> String {
    let value = plain(value);
    let mut longest = 0;
    let mut run = 0;
    for c in value.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    if longest == 0 && !value.is_empty() {
        return format!("`{value}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {value} {fence}")
}

/// The text as it stands in HTML, between tags and in attributes. Pages have the kit for that; this is for what is written
/// without it.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Control characters, the separators that some programs take for line ends, and what is not seen or turns text around:
/// format characters, fillers, tags, and blanks that count as letters. What chooses the colour of emoji stays.
#[must_use]
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn workflow_commands_are_broken() {
        assert_eq!(plain("::error::x"), ":\u{200b}:error:\u{200b}:x");
        assert_eq!(plain(":::"), ":\u{200b}:\u{200b}:");
        assert_eq!(plain("a##[add-mask]b"), "a##\u{200b}[add-mask]b");
        assert_eq!(plain("a\n::set-env\r\u{0}b"), "a:\u{200b}:set-envb");
        assert_eq!(plain(":\u{200b}:x"), ":\u{200b}:x");
        assert_eq!(plain("#\u{1}#["), "##\u{200b}[");
    }

    #[test]
    fn what_is_not_seen_is_left_out_and_what_people_write_stays() {
        let unseen = "\u{200b}\u{2028}\u{202e}\u{3164}\u{2800}\u{115f}\u{1160}\u{ffa0}\u{e0001}\u{e0041}\u{206a}\u{34f}\u{fff9}";
        for c in unseen.chars() {
            assert!(is_control(c), "{c:?}");
        }
        assert_eq!(plain(&format!("a{unseen}b")), "ab");
        for name in ["Zoë", "李小龍", "Ольга", "किरण", "김철수", "❤\u{fe0f}", "🇵🇹", "َمحمد", "n\u{303}"]
        {
            assert_eq!(plain(name), name);
        }
    }

    #[test]
    fn long_values_are_cut_and_backticks_are_fenced() {
        assert_eq!(plain(&"x".repeat(500)).chars().count(), QUOTED_MAX + 1);
        assert_eq!(code("main"), "`main`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code(""), "`  `");
    }

    proptest! {
        #[test]
        fn nothing_that_a_runner_acts_on_comes_through(value in ".*") {
            for quoted in [plain(&value), code(&value), harmless(&value)] {
                prop_assert!(!quoted.contains("::") && !quoted.contains("##["));
                prop_assert!(!quoted.chars().any(|c| c != '\n' && c.is_control()));
            }
            for quoted in [plain(&value), code(&value)] {
                prop_assert!(!quoted.contains('\n'));
                prop_assert!(quoted.chars().count() <= 3 * QUOTED_MAX + 8);
            }
        }
    }

    #[test]
    fn in_html_a_name_is_only_text() {
        assert_eq!(html("<b a=\"x\" c='y'>&</b>"), "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;&lt;/b&gt;");
    }
}
