//! Several lines of text. The only place where the tag is written: this version of Leptos does not escape what
//! stands inside it on the server.

use leptos::prelude::*;

use crate::field::join;
use crate::input::Control;
use crate::markup;

/// Several lines of text. Inside a [`Field`](crate::Field) it takes name, value, error and description from it.
#[component]
pub fn TextArea(
    /// Its name, when it stands alone.
    #[prop(optional, into)]
    name: Option<String>,
    /// What it holds, when it stands alone.
    #[prop(optional, into)]
    value: Option<String>,
    /// Its label for readers, when it stands alone.
    #[prop(optional, into)]
    label: Option<String>,
    /// How many lines are seen at first.
    #[prop(optional, default = 2)]
    rows: u32,
    /// Most characters.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let control = Control::here(name, value);
    let base = if control.invalid {
        "min-h-16 py-2 resize-y w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
    } else {
        "min-h-16 py-2 resize-y w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
    };
    let invalid = control.aria_invalid();
    // A parser drops one line break right after the tag, so one is put there for it.
    let mut text = String::from("\n");
    markup::escape_into(&mut text, &control.value.unwrap_or_default());
    view! {
        <textarea
            id=control.id
            name=control.name
            rows=rows
            class=join(base, control.gap)
            aria-label=label
            aria-describedby=control.described_by
            aria-invalid=invalid
            maxlength=maxlength
            placeholder=placeholder
            required=required
            inner_html=text
        ></textarea>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn what_was_typed_stays_text_and_is_escaped_once() {
        let hostile = "</textarea><script>alert(1)</script> & \"x\" &amp;";
        let html = render(|| view! { <TextArea name="d" value=hostile /> });
        let expected = ">\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot; &amp;amp;</textarea>";
        assert!(html.contains(expected), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn a_first_empty_line_is_kept() {
        let html = render(|| view! { <TextArea name="d" value="\nsecond" /> });
        assert!(html.contains(">\n\nsecond<"), "{html}");
    }
}
