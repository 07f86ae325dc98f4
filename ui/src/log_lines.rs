//! Lines of a terminal's log, numbered, in the colours of the theme.

use std::fmt::Write as _;

use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use stackyard_model::ansi::{self, Style};
use stackyard_model::deployment::LogLine;

use crate::log_ink::classes;
use crate::markup::escape_into;

/// A piece of a log. Each line can be led to by its number: `#L123`.
#[component]
pub fn LogLines(
    /// The lines, one after the other.
    lines: Vec<LogLine>,
    /// Numbers of lines that were searched for, ascending.
    found: Vec<u64>,
) -> impl IntoView {
    let mut html = String::with_capacity(lines.len().saturating_mul(160));
    let mut state = Style::default();
    for line in &lines {
        write_line(&mut html, line, found.binary_search(&line.number).is_ok(), &mut state);
    }
    view! {
        <div
            class="log focus-inset overflow-x-auto bg-surface-sunken py-2 font-mono text-[12px] leading-5"
            role="log"
            aria-label="Log"
            aria-live="off"
            tabindex="0"
        >
            {InertElement::new(html)}
        </div>
    }
    .into_any()
}

/// Writes a line: the most frequent part of its page. Only text of the log is escaped; the rest is the kit's own.
fn write_line(html: &mut String, line: &LogLine, found: bool, state: &mut Style) {
    let number = line.number;
    let class = if found { r#" class="bg-warn-soft""# } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(html, r##"<p id="L{number}"{class}><a href="#L{number}" tabindex="-1">{number}</a><span>"##);
    for span in ansi::line(state, &line.text) {
        let class = classes(span.ink);
        if class.is_empty() {
            escape_into(html, &span.text);
        } else {
            let _ = write!(html, r#"<span class="{class}">"#);
            escape_into(html, &span.text);
            html.push_str("</span>");
        }
    }
    if line.cut {
        html.push_str(r#"<span class="text-ink-faint"> … the line goes on</span>"#);
    }
    html.push_str("</span></p>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    fn html(texts: &[&str], found: Vec<u64>) -> String {
        let lines = texts
            .iter()
            .zip(7..)
            .map(|(text, number)| LogLine { number, text: (*text).to_owned(), cut: false })
            .collect();
        render(|| view! { <LogLines lines found /> })
    }

    #[test]
    fn lines_have_their_numbers_and_the_colours_of_the_theme() {
        let html = html(&["\u{1b}[1;31mError:\u{1b}[0m no", "next"], vec![8]);
        assert!(
            html.contains(r##"<p id="L7"><a href="#L7" tabindex="-1">7</a><span><span class="text-danger font-semibold">Error:</span> no</span></p>"##),
            "{html}"
        );
        assert!(html.contains(r##"<p id="L8" class="bg-warn-soft"><a href="#L8" tabindex="-1">8</a>"##), "{html}");
    }

    #[test]
    fn what_a_log_says_stays_text() {
        let html = html(&["<script>alert(1)</script>\u{1b}]8;;javascript:alert(1)\u{7}\"&"], vec![]);
        assert!(html.contains("&lt;script&gt;") && html.contains("&quot;&amp;"), "{html}");
        assert!(!html.contains("<script") && !html.contains("javascript"), "{html}");
    }
}
