//! Views that are written as soon as they are made.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;
use leptos::tachys::view::Position;

use crate::markup::escape_into;

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

/// The beginning of an element, written by hand. Elements of which a page has hundreds cost more as views than all of
/// their text: each attribute passes through a text of its own first.
pub(crate) struct Opening(String);

impl Opening {
    /// `<name`, with whatever of its attributes is the kit's own word for word.
    pub(crate) fn new(start: &'static str) -> Self {
        let mut html = String::with_capacity(256);
        html.push_str(start);
        Self(html)
    }

    /// An attribute; what stands in it is escaped.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        for part in [" ", name, "=\""] {
            self.0.push_str(part);
        }
        escape_into(&mut self.0, value);
        self.0.push('"');
        self
    }

    /// An attribute, when there is one.
    pub(crate) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The element around a text.
    pub(crate) fn text(mut self, text: &str, end: &'static str) -> InertElement {
        self.0.push('>');
        escape_into(&mut self.0, text);
        self.0.push_str(end);
        InertElement::new(self.0)
    }

    /// The element around HTML that was written before.
    pub(crate) fn html(mut self, html: &str, end: &'static str) -> InertElement {
        self.0.push('>');
        self.0.push_str(html);
        self.0.push_str(end);
        InertElement::new(self.0)
    }

    /// The element around a view.
    pub(crate) fn around(mut self, view: impl IntoView, end: &'static str) -> InertElement {
        self.0.push('>');
        view.into_view().to_html_with_buf(&mut self.0, &mut Position::FirstChild, true, false, Vec::new());
        self.0.push_str(end);
        InertElement::new(self.0)
    }
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

    #[test]
    fn what_people_named_is_only_text_in_an_element_that_is_opened_by_hand() {
        let html = render(|| {
            let cell = Opening::new("<td").with("title", "\"><b>").maybe("id", None).maybe("class", Some("row"));
            cell.around(view! { <i>"<script>"</i> }, "</td>")
        });
        assert_eq!(html, r#"<td title="&quot;&gt;&lt;b&gt;" class="row"><i>&lt;script&gt;</i></td>"#);
        assert_eq!(render(|| Opening::new("<p").text("<&", "</p>")), "<p>&lt;&amp;</p>");
    }
}
