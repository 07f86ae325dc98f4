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
