//! The places that were found.

use std::cell::{Cell, RefCell};

use stackyard_model::palette::is_path;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::dom::{add, listen};
use crate::json;

const PLACE: &str = "flex min-h-8 items-center gap-2.5 rounded-[4px] px-2 max-lg:min-h-10";
const CHOSEN: &str = "flex min-h-8 items-center gap-2.5 rounded-[4px] px-2 max-lg:min-h-10 bg-accent-soft";

/// Places to choose from, one of them chosen.
pub(super) struct Results {
    list: HtmlElement,
    status: HtmlElement,
    places: RefCell<Vec<(Element, String)>>,
    at: Cell<usize>,
}

impl Results {
    pub(super) fn new(list: HtmlElement, status: HtmlElement) -> Self {
        Self { list, status, places: RefCell::default(), at: Cell::new(0) }
    }

    pub(super) fn count(&self) -> usize {
        self.places.borrow().len()
    }

    pub(super) fn at(&self) -> usize {
        self.at.get()
    }

    /// The address of a place.
    pub(super) fn href(&self, place: usize) -> Option<String> {
        self.places.borrow().get(place).map(|(_, href)| href.clone())
    }

    /// Shows what the server answered. What leads out of this site is left out.
    pub(super) fn show(&self, answer: &JsValue) {
        self.list.set_text_content(None);
        let mut places = Vec::new();
        for group in json::list(answer, "groups") {
            let before = places.len();
            for item in json::list(&group, "items") {
                let href = json::text(&item, "href");
                if !is_path(&href) {
                    continue;
                }
                if places.len() == before {
                    self.head(&json::text(&group, "label"));
                }
                if let Some(element) = self.place(places.len(), &item) {
                    places.push((element, href));
                }
            }
        }
        let nothing = if places.is_empty() { "Nothing is called that here. Try fewer letters." } else { "" };
        self.status.set_text_content(Some(nothing));
        self.status.set_class_name(if nothing.is_empty() {
            "sr-only"
        } else {
            "px-4 pb-3 text-[12px] text-ink-muted"
        });
        *self.places.borrow_mut() = places;
    }

    fn head(&self, label: &str) -> Option<()> {
        let head = add(&self.list, "li", "px-2 pt-2 pb-1 text-[11px] leading-4 text-ink-faint", label)?;
        head.set_attribute("role", "presentation").ok()
    }

    fn place(&self, number: usize, item: &JsValue) -> Option<Element> {
        let place = add(&self.list, "li", PLACE, "")?;
        place.set_id(&format!("palette-{number}"));
        place.set_attribute("role", "option").ok()?;
        add(&place, "span", "min-w-0 grow wrap-words", &json::text(item, "label"))?;
        add(&place, "span", "text-[12px] wrap-words text-ink-muted", &json::text(item, "hint"))?;
        Some(place)
    }

    /// Chooses a place and gives its id; none when there are none.
    pub(super) fn choose(&self, place: usize) -> Option<String> {
        self.at.set(place);
        let places = self.places.borrow();
        for (number, (element, _)) in places.iter().enumerate() {
            element.set_class_name(if number == place { CHOSEN } else { PLACE });
            let _ = element.set_attribute("aria-selected", if number == place { "true" } else { "false" });
        }
        let (element, _) = places.get(place)?;
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
        Some(element.id())
    }

    /// What the pointer is over, and what it presses.
    pub(super) fn on_pointer(&self, over: impl Fn(usize) + 'static, pressed: impl Fn(usize) + 'static) {
        let at = |event: &web_sys::Event| -> Option<usize> {
            let target: Element = event.target()?.dyn_into().ok()?;
            target.closest("[role=option]").ok()??.id().strip_prefix("palette-")?.parse().ok()
        };
        listen(&self.list, "mousemove", move |event| {
            if let Some(place) = at(&event) {
                over(place);
            }
        });
        listen(&self.list, "click", move |event| {
            if let Some(place) = at(&event) {
                pressed(place);
            }
        });
    }
}
