//! Machine words: ids, file names, branches, keys, patterns. Mono, and broken at their joints.

use leptos::prelude::*;

use crate::markup;
use crate::written::Opening;

/// A machine word, 12 px mono in ink, breaking after `/ - | _ .` where it must.
#[component]
pub fn Code(
    /// The word.
    #[prop(into)]
    text: String,
    /// Classes instead of the usual ones; `wrap-words` among them lets the middle of a word break last.
    #[prop(optional, default = "font-mono text-[12px] wrap-words text-ink")]
    class: &'static str,
) -> impl IntoView {
    Opening::new("<span").with("class", class).html(&markup::machine(&text), "</span>")
}

/// A text with what stands in backticks as machine words: a line of Markdown as the API answers it.
#[component]
pub fn Marked(
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    pieces(&text)
        .into_iter()
        .map(|(is_code, piece)| {
            if is_code { view! { <Code text=piece /> }.into_any() } else { piece.to_owned().into_any() }
        })
        .collect::<Vec<_>>()
}

/// What stands between fences of as many backticks is code; a fence that is never closed is text.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut found = Vec::new();
    let (mut plain, mut rest) = (0, 0);
    while let Some((start, width)) = fence(text, rest) {
        let from = start + width;
        rest = from;
        let mut look = from;
        while let Some((end, closing)) = fence(text, look) {
            look = end + closing;
            if closing == width {
                found.extend(text.get(plain..start).filter(|piece| !piece.is_empty()).map(|piece| (false, piece)));
                let inside = text.get(from..end).unwrap_or_default();
                let padded = inside.strip_prefix(' ').and_then(|inside| inside.strip_suffix(' '));
                found.push((true, padded.filter(|_| width > 1).unwrap_or(inside)));
                (plain, rest) = (look, look);
                break;
            }
        }
    }
    found.extend(text.get(plain..).filter(|piece| !piece.is_empty()).map(|piece| (false, piece)));
    found
}

/// The next run of backticks from a byte on: where it stands, and how many they are.
fn fence(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let start = rest.find('`')?;
    let width = rest.get(start..)?.bytes().take_while(|byte| *byte == b'`').count();
    Some((from + start, width))
}

/// Several lines to copy or to read: a workflow, a reply. Scrolls sideways and can be reached by keyboard.
#[component]
pub fn CodeBlock(
    /// What it is, for readers that cannot see it.
    #[prop(into)]
    label: String,
    /// The lines.
    #[prop(into)]
    text: String,
    /// Break long lines instead of scrolling.
    #[prop(optional)]
    wrap: bool,
) -> impl IntoView {
    let class = if wrap {
        "mt-1 overflow-x-auto rounded-[4px] border border-line bg-surface-sunken p-3 font-mono text-[11px] leading-[18px] whitespace-pre-wrap wrap-words text-ink-muted"
    } else {
        "overflow-x-auto p-3 pr-12 font-mono text-[12px] leading-5"
    };
    view! {
        <pre class=class tabindex="0" aria-label=label>
            {text}
        </pre>
    }
}

/// An id shortened to its beginning and its last three characters, whole in its title: never without its end.
#[component]
pub fn ShortId(
    /// The whole id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let short = shorten(&id);
    view! {
        <span class="font-mono text-[12px]" title=id>
            {short}
        </span>
    }
}

/// `perm_2Nf7…8Kd` for `perm_2Nf7Qd1mV8sXa3LrT0yKe5Zu98Kd`. Short words stay whole.
#[must_use]
pub fn shorten(id: &str) -> String {
    let head = id.find('_').map_or(4, |at| at + 5);
    let tail = id.chars().count().saturating_sub(3);
    if tail <= head + 1 {
        return id.to_owned();
    }
    let start: String = id.chars().take(head).collect();
    let end: String = id.chars().skip(tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn what_is_fenced_is_code() {
        for (text, wanted) in [
            ("plain", vec![(false, "plain")]),
            ("a `b` c", vec![(false, "a "), (true, "b"), (false, " c")]),
            ("`` a`b `` c", vec![(true, "a`b"), (false, " c")]),
            ("it’s `open", vec![(false, "it’s `open")]),
            ("`a``b`", vec![(true, "a``b")]),
            ("", vec![]),
        ] {
            assert_eq!(pieces(text), wanted, "{text}");
        }
    }

    #[test]
    fn ids_keep_their_prefix_and_their_end() {
        assert_eq!(shorten("perm_2Nf7Qd1mV8sXa3LrT0yKe5Zu98Kd"), "perm_2Nf7…8Kd");
        assert_eq!(shorten("run"), "run");
        assert_eq!(shorten("ééééééééééééé"), "éééé…ééé");
    }

    #[test]
    fn a_hostile_word_stays_text() {
        let html = render(|| view! { <Code text="<img src=x onerror=alert(1)>" /> });
        assert!(html.contains("&lt;img") && !html.contains("<img"), "{html}");
    }
}
