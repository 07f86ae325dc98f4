//! The page around everything: head, theme, sprite.

use leptos::prelude::*;
use stackyard_model::account::Theme;

use crate::icon::{Asked, IconSprite};

/// A whole HTML page. Everything in `children` may draw symbols; the sprite that holds them comes last.
#[component]
pub fn Document(
    /// The style sheet's path.
    #[prop(into)]
    css: String,
    /// The theme that the reader chose.
    #[prop(optional, default = Theme::System)]
    theme: Theme,
    /// What else belongs into the head: the title, the scripts that wake islands.
    #[prop(optional, into)]
    head: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let asked = Asked::default();
    provide_context(asked.clone());
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
                <link rel="stylesheet" href=css />
                {head.run()}
            </head>
            <body>{children()} <IconSprite asked /></body>
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
    use futures::StreamExt as _;
    use futures::executor::block_on;

    /// Data that is not there at once.
    async fn later() {
        let mut asked = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut asked, true) {
                return std::task::Poll::Ready(());
            }
            context.waker().wake_by_ref();
            std::task::Poll::Pending
        })
        .await;
    }

    fn page(theme: Theme) -> String {
        let owner = Owner::new();
        owner.with(|| {
            let view = view! {
                <Document css="/a.css" theme>
                    <Glyph icon=Icon::Lock />
                    {Suspend::new(async {
                        later().await;
                        view! { <Glyph icon=Icon::Gear /> }
                    })}
                </Document>
            };
            block_on(view.to_html_stream_in_order().collect::<String>())
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
    fn the_theme_is_the_readers() {
        assert!(!page(Theme::System).contains("data-theme"));
        assert!(page(Theme::Dark).contains("data-theme=\"dark\""));
    }
}
