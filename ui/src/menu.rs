//! Menus: `<details>` of one name, so that opening one closes the other, without a script.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use crate::icon::{Icon, glyph_into};
use crate::markup::escape_into;

/// One line of a menu.
#[derive(Debug, Clone)]
pub enum MenuItem {
    /// A place to go.
    Link {
        /// Where it leads; a path of this site.
        href: String,
        /// Its symbol.
        icon: Icon,
        /// Its words.
        label: &'static str,
        /// It begins something that takes away.
        danger: bool,
    },
    /// The hairline before what takes away.
    Line,
}

impl MenuItem {
    /// A place to go.
    #[must_use]
    pub fn link(href: impl Into<String>, icon: Icon, label: &'static str) -> Self {
        Self::Link { href: href.into(), icon, label, danger: false }
    }

    /// A place where something that takes away begins.
    #[must_use]
    pub fn danger(href: impl Into<String>, icon: Icon, label: &'static str) -> Self {
        Self::Link { href: href.into(), icon, label, danger: true }
    }
}

/// The menu of a row, behind a symbol. Written at once rather than as a view: a table has fifty of them, of two dozen
/// elements each.
#[component]
pub fn Menu(
    /// Whose actions: "Settings of acme/infra".
    #[prop(into)]
    label: String,
    /// The symbol.
    #[prop(optional, default = Icon::Dots)]
    icon: Icon,
    /// Shown when the symbol is hovered.
    #[prop(optional, default = "Actions")]
    title: &'static str,
    /// What it offers.
    items: Vec<MenuItem>,
) -> impl IntoView {
    let mut html = String::with_capacity(1024);
    html.push_str(r#"<details name="row-menu" class="menu"><summary aria-label=""#);
    escape_into(&mut html, &label);
    html.push_str(r#"" title=""#);
    escape_into(&mut html, title);
    html.push_str(r#"">"#);
    glyph_into(&mut html, icon, None);
    html.push_str("</summary><div>");
    for item in &items {
        item_into(&mut html, item);
    }
    html.push_str("</div></details>");
    InertElement::new(html)
}

fn item_into(html: &mut String, item: &MenuItem) {
    let MenuItem::Link { href, icon, label, danger } = item else {
        html.push_str("<hr>");
        return;
    };
    html.push_str(r#"<a href=""#);
    escape_into(html, href);
    html.push_str(if *danger { r#"" class="danger">"# } else { r#"">"# });
    glyph_into(html, *icon, None);
    escape_into(html, label);
    html.push_str("</a>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn what_people_named_is_only_text_in_a_menu() {
        let html = render(|| {
            let items = vec![
                MenuItem::link("/a?b=\"><script>&c", Icon::Key, "Permissions"),
                MenuItem::Line,
                MenuItem::danger("/remove", Icon::Trash, "Remove…"),
            ];
            view! { <Menu label="Settings of \"><img onerror=x>" items /> }
        });
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert!(html.contains(r#"aria-label="Settings of &quot;&gt;&lt;img onerror=x&gt;""#), "{html}");
        assert!(html.contains(r#"href="/a?b=&quot;&gt;&lt;script&gt;&amp;c""#), "{html}");
        assert!(html.contains(r#"<hr><a href="/remove" class="danger">"#), "{html}");
    }
}
