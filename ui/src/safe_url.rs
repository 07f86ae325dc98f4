//! Links that somebody else chose. `href` is not a place for arbitrary text: `javascript:` runs there.

use std::fmt;

use leptos::prelude::*;

use crate::button::link_class;
use crate::icon::{Glyph, Icon};

/// An address that a link may carry: `https`, `http`, `mailto`, or a path of this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeUrl(Box<str>);

impl SafeUrl {
    /// Reads an address. None for any other scheme, for `//host`, for backslashes (browsers read them as slashes),
    /// and for whitespace and control characters, which browsers drop before they look at the scheme.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return None;
        }
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let has_scheme = ["https://", "http://", "mailto:"].iter().any(|scheme| {
            text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && text.len() > scheme.len()
        });
        (is_path || has_scheme).then(|| Self(text.into()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads out of this site.
    #[must_use]
    pub fn leaves(&self) -> bool {
        !self.0.starts_with('/')
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A link out of the product, with the arrow that says so. What is no [`SafeUrl`] is shown as plain text.
#[component]
pub fn ExtLink(
    /// The address, as somebody gave it.
    #[prop(into)]
    href: String,
    /// Whether it stands in a sentence.
    #[prop(optional)]
    inline: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    match SafeUrl::parse(&href) {
        Some(url) => view! {
            <a
                href=url.as_str().to_owned()
                class=link_class(inline, class)
                rel="noopener noreferrer nofollow"
                referrerpolicy="no-referrer"
            >
                {children()}
                {url.leaves().then(|| view! { <Glyph icon=Icon::External class="ml-1 inline w-3 h-3" /> })}
            </a>
        }
        .into_any(),
        None => view! { <span>{children()}</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn only_harmless_addresses_are_links() {
        for good in [
            "https://github.com/acme/infra/actions/runs/20931",
            "HTTP://ci.acme.example/",
            "mailto:ida@acme.example",
            "/why/01K9V3T6QM4Z",
            "/",
        ] {
            assert!(SafeUrl::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "blob:https://acme.example/1",
            "file:///etc/passwd",
            "//evil.example/x",
            "/\\evil.example",
            "\\\\evil.example",
            "https:\\\\evil.example",
            "https://",
            "https:evil",
            "relative/path",
            "?next=x",
        ] {
            assert_eq!(SafeUrl::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_bad_address_is_text() {
        let html = render(|| view! { <ExtLink href="javascript:alert(1)">"run"</ExtLink> });
        assert!(!html.contains("<a") && html.contains("run"), "{html}");
        let html = render(|| view! { <ExtLink href="https://ci.example/\"onx=1">"run"</ExtLink> });
        assert!(!html.contains("\"onx"), "{html}");
    }
}
