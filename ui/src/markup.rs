//! Text that is written as HTML by hand, where a view would break words apart or not escape them.
//! Everything that goes through `inner_html` in this crate is made here.

use stackyard_model::PatternKind;
use stackyard_model::permission::SPECIAL;

/// Adds `text` to `out` as HTML text: nothing in it is a tag or an entity.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let Some(entity) = entity(byte) else { continue };
        out.push_str(text.get(written..at).unwrap_or_default());
        out.push_str(entity);
        written = at + 1;
    }
    out.push_str(text.get(written..).unwrap_or_default());
}

/// What stands for a byte that HTML would read. All of them are ASCII, so each is a character of its own.
const fn entity(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    }
}

fn escape_char(out: &mut String, c: char) {
    match u8::try_from(c).ok().and_then(entity) {
        Some(entity) => out.push_str(entity),
        None => out.push(c),
    }
}

/// A machine word that may break after `/ - | _ .`, never at its end.
pub(crate) fn machine(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        escape_char(&mut out, c);
        if matches!(c, '/' | '-' | '|' | '_' | '.') && chars.peek().is_some() {
            out.push_str("<wbr>");
        }
    }
    out
}

/// A pattern: a regular expression's meaningful characters in `<b>`, so that the accent marks them.
pub(crate) fn pattern(text: &str) -> String {
    if PatternKind::of(text) != PatternKind::Regex {
        return machine(text);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut marked = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let special = c == '.' || SPECIAL.contains(&c);
        if special != marked {
            out.push_str(if special { "<b>" } else { "</b>" });
            marked = special;
        }
        escape_char(&mut out, c);
        if c == '\\'
            && let Some(escaped) = chars.next()
        {
            escape_char(&mut out, escaped);
        }
        let may_break = matches!(c, '|' | ')' | '/' | '-' | '_');
        if may_break && chars.peek().is_some() {
            if marked {
                out.push_str("</b>");
                marked = false;
            }
            out.push_str("<wbr>");
        }
    }
    if marked {
        out.push_str("</b>");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_words_break_after_their_joints() {
        assert_eq!(machine("atmos-plan.yaml"), "atmos-<wbr>plan.<wbr>yaml");
        assert_eq!(machine("acme/infra/"), "acme/<wbr>infra/");
    }

    #[test]
    fn meaningful_characters_are_marked() {
        assert_eq!(pattern("^(main|develop)$"), "<b>^(</b>main<b>|</b><wbr>develop<b>)</b><wbr><b>$</b>");
        assert_eq!(pattern(".*-prod"), "<b>.*</b>-<wbr>prod");
        assert_eq!(pattern("a\\.yaml"), "a<b>\\.</b>yaml");
        assert_eq!(
            pattern("(hotfix|release)/.*"),
            "<b>(</b>hotfix<b>|</b><wbr>release<b>)</b><wbr>/<wbr><b>.*</b>"
        );
        assert_eq!(pattern("main.x"), "main.<wbr>x", "an exact pattern's dot is a dot");
        assert_eq!(pattern("x\\"), "x<b>\\</b>");
    }

    #[test]
    fn only_what_html_would_read_is_written_otherwise() {
        let escaped = |text: &str| {
            let mut out = String::new();
            escape_into(&mut out, text);
            out
        };
        assert_eq!(escaped("a<b>&\"c\" – ü"), "a&lt;b&gt;&amp;&quot;c&quot; – ü");
        assert_eq!(escaped("<"), "&lt;");
        assert_eq!(escaped("ünder <ö"), "ünder &lt;ö");
        assert_eq!(escaped(""), "");
    }

    #[test]
    fn nothing_that_people_type_becomes_a_tag() {
        let hostile = "</span><script>alert(1)</script>&amp;\"'";
        for html in [machine(hostile), pattern(hostile), pattern(&format!("{hostile}.*"))] {
            assert!(
                !html.contains("<script") && !html.contains("</span>") && !html.contains("</script"),
                "{html}"
            );
            assert!(html.contains("&amp;amp;"), "an entity stays what was typed: {html}");
        }
    }
}
