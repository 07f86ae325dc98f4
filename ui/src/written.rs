//! Views that are written as soon as they are made.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use leptos::tachys::view::Position;

/// Bytes that most rows stay below.
const TYPICAL: usize = 2048;

/// Many views of one kind, the rows of a table, one after the other as HTML: each is made, written and dropped before
/// the next. Kept as views until the page is written, every attribute of every row would get a text of its own first.
#[must_use]
pub fn written<V: IntoView>(views: impl IntoIterator<Item = V>) -> InertElement {
    let views = views.into_iter();
    let mut html = String::with_capacity(views.size_hint().0.saturating_mul(TYPICAL));
    let mut position = Position::FirstChild;
    for view in views {
        view.to_html_with_buf(&mut html, &mut position, true, false, Vec::new());
    }
    InertElement::new(html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn rows_are_written_in_their_order_and_what_people_named_stays_text() {
        let html = render(|| {
            let rows = ["a", "<b>", "c"].into_iter().map(|name| view! { <li title=name>{name}</li> });
            view! { <ul>{written(rows)}</ul> }
        });
        assert_eq!(
            html,
            r#"<ul><li title="a">a</li><li title="&lt;b&gt;">&lt;b&gt;</li><li title="c">c</li></ul>"#
        );
    }

    #[test]
    fn nothing_is_written_of_nothing() {
        let none: [&str; 0] = [];
        let html = render(move || view! { <ul>{written(none)}</ul> });
        assert_eq!(html, "<ul></ul>");
    }
}
