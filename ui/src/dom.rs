//! The page as a script sees it, where an island wires what the server made.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Document, Element, Event, EventTarget, NodeList};

/// Hears an event for as long as the target lives.
pub(crate) fn listen(target: &EventTarget, event: &str, heard: impl Fn(Event) + 'static) {
    let heard = Closure::<dyn Fn(Event)>::new(heard).into_js_value();
    // Fails for what is no function.
    let _ = target.add_event_listener_with_callback(event, heard.unchecked_ref());
}

/// The part of an element that a selector leads to.
pub(crate) fn part<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}

/// A new element with a class and a text.
pub(crate) fn make(page: &Document, name: &str, class: &str, text: &str) -> Option<Element> {
    let element = page.create_element(name).ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    if !text.is_empty() {
        element.set_text_content(Some(text));
    }
    Some(element)
}

/// A new element at the end of another one.
pub(crate) fn add(parent: &Element, name: &str, class: &str, text: &str) -> Option<Element> {
    let element = make(&parent.owner_document()?, name, class, text)?;
    parent.append_child(&element).ok()?;
    Some(element)
}

/// The elements of a list.
pub(crate) fn elements(list: &NodeList) -> Vec<Element> {
    (0..list.length()).filter_map(|place| list.get(place)?.dyn_into().ok()).collect()
}
