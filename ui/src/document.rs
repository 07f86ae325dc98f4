//! The page around everything: head, theme, sprite.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use leptos::tachys::view::Position;
use stackyard_model::account::Theme;

use crate::icon::sprite;
use crate::written::Opening;

/// Bytes that most pages stay below.
const TYPICAL: usize = 128 * 1024;

/// A whole HTML page. Everything that `children` shows is loaded by now, so it is written at once, into one text: as a
/// stream of parts, every element would have texts of its own first. The sprite with the symbols that it drew comes last.
#[component]
pub fn Document(
    /// The style sheet's path.
    #[prop(into)]
    css: String,
    /// What the browser calls it.
    #[prop(into)]
    title: String,
    /// The theme that the reader chose.
    #[prop(optional, default = Theme::System)]
    theme: Theme,
    /// What else belongs into the head: the icon, the scripts that wake islands.
    #[prop(optional, into)]
    head: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let mut html = String::with_capacity(TYPICAL);
    children().to_html_with_buf(&mut html, &mut Position::FirstChild, true, false, Vec::new());
    let symbols = sprite(&html);
    let body = InertElement::new(html);
    // By hand: what stands between erased children would be read as a part of the title.
    let title = Opening::new("<title").text(&title, "</title>");
    let theme = match theme {
        Theme::System => None,
        Theme::Light | Theme::Dark => Some(theme.as_str()),
    };
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {title}
                <link rel="stylesheet" href=css />
                {head.run()}
            </head>
            <body>{body} {symbols}</body>
        </html>
    }
}

/// The link that brings the keyboard past the navigation.
#[component]
pub(crate) fn SkipLink() -> impl IntoView {
    view! {
        <a
            href="#main"
            class="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface-raised focus:p-2"
        >
            "Skip to content"
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icon::{Glyph, Icon};
    use crate::testing::render;

    fn page(theme: Theme) -> String {
        render(|| {
            view! {
                <Document css="/a.css" title="A <title>" theme>
                    <Glyph icon=Icon::Lock />
                    <Glyph icon=Icon::Gear />
                </Document>
            }
        })
    }

    #[test]
    fn the_sprite_holds_what_was_asked_for_and_nothing_else() {
        let html = page(Theme::System);
        for id in ["i-lock", "i-gear"] {
            assert_eq!(html.matches(&format!("<symbol id=\"{id}\"")).count(), 1, "{html}");
        }
        assert!(!html.contains("i-trash") && html.contains("</svg>") && html.ends_with("</html>"), "{html}");
    }

    #[test]
    fn the_title_is_text_alone() {
        let html = page(Theme::System);
        assert!(html.contains("<title>A &lt;title&gt;</title>"), "{html}");
    }

    #[test]
    fn the_theme_is_the_readers() {
        assert!(!page(Theme::System).contains("data-theme"));
        assert!(page(Theme::Dark).contains("data-theme=\"dark\""));
    }
}
