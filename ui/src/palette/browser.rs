//! The palette in the browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlTemplateElement, KeyboardEvent,
    MouseEvent,
};

use super::DIALOG;
use super::results::Results;
use crate::ask::{REST, ask};
use crate::dom::{listen, part};

/// What opens a palette, and the palette while it is open.
struct Opener {
    link: HtmlElement,
    url: String,
    workspace: String,
    open: RefCell<Option<Rc<Open>>>,
}

/// An open palette.
struct Open {
    dialog: HtmlDialogElement,
    input: HtmlInputElement,
    results: Results,
    /// Counts what was typed: an answer to an older text is late.
    typed: Cell<u32>,
    /// What was typed for which the results are.
    answered: Cell<u32>,
    /// Enter was pressed before the answer was there.
    going: Cell<bool>,
}

/// Hears presses and keys, and names the keys as this machine does.
pub(super) fn wake(root: &Element, url: String, workspace: String) -> Option<()> {
    let link: HtmlElement = part(root, "a")?;
    let keys: HtmlElement = part(root, "kbd")?;
    let platform = window().navigator().platform().unwrap_or_default();
    let apple = platform.starts_with("Mac") || platform.starts_with("iP");
    keys.set_text_content(Some(if apple { "⌘K" } else { "Ctrl K" }));
    let opener = Rc::new(Opener { link, url, workspace, open: RefCell::default() });
    let pressed = Rc::clone(&opener);
    listen(&opener.link, "click", move |event| {
        let mouse = event.unchecked_ref::<MouseEvent>();
        // Another tab, another window: as for any link.
        if !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key()) {
            event.prevent_default();
            pressed.open();
        }
    });
    listen(&window(), "keydown", move |event| opener.hear(&event));
    Some(())
}

impl Opener {
    /// ⌘K or Ctrl+K.
    fn hear(self: &Rc<Self>, event: &Event) {
        let key = event.unchecked_ref::<KeyboardEvent>();
        let wanted = (key.meta_key() || key.ctrl_key()) && !key.shift_key() && !key.alt_key();
        if !wanted || !key.key().eq_ignore_ascii_case("k") {
            return;
        }
        let open = self.open.borrow().clone();
        if let Some(open) = open {
            event.prevent_default();
            open.dialog.close();
            return;
        }
        // Not seen at this width, or behind a dialog that is the page.
        let seen = self.link.offset_parent().is_some();
        if seen && self.link.closest("[inert]").is_ok_and(|inert| inert.is_none()) {
            event.prevent_default();
            self.open();
        }
    }

    fn open(self: &Rc<Self>) -> Option<()> {
        let page = document();
        let made: HtmlTemplateElement = page.get_element_by_id(DIALOG)?.dyn_into().ok()?;
        let dialog: HtmlDialogElement =
            made.content().first_element_child()?.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
        page.body()?.append_child(&dialog).ok()?;
        let open = Rc::new(Open {
            input: part(&dialog, "input")?,
            results: Results::new(part(&dialog, "ul")?, part(&dialog, "[role=status]")?),
            dialog,
            typed: Cell::new(0),
            answered: Cell::new(u32::MAX),
            going: Cell::new(false),
        });
        let closed = (Rc::clone(self), open.dialog.clone());
        listen(&open.dialog, "close", move |_| {
            closed.0.open.borrow_mut().take();
            closed.1.remove();
        });
        let outside = open.dialog.clone();
        listen(&open.dialog, "click", move |event| {
            if event.target().as_ref() == Some(outside.as_ref()) {
                outside.close();
            }
        });
        if let Some(button) = part::<HtmlElement>(&open.dialog, "button") {
            let closing = open.dialog.clone();
            listen(&button, "click", move |_| closing.close());
        }
        let (asking, typing) = (Rc::clone(self), Rc::clone(&open));
        listen(&open.input, "input", move |_| {
            typing.typed.set(typing.typed.get() + 1);
            let (asking, typing, at) = (Rc::clone(&asking), Rc::clone(&typing), typing.typed.get());
            set_timeout(move || asking.ask(typing, at), REST);
        });
        let keys = Rc::clone(&open);
        listen(&open.input, "keydown", move |event| keys.press(&event));
        let (pointed, gone) = (Rc::clone(&open), Rc::clone(&open));
        open.results.on_pointer(move |place| pointed.choose(place), move |place| gone.go(place));
        open.dialog.show_modal().ok()?;
        let _ = open.input.focus();
        *self.open.borrow_mut() = Some(Rc::clone(&open));
        self.ask(open, 0);
        Some(())
    }

    /// Asks about what is typed, unless something else was typed since.
    fn ask(self: &Rc<Self>, open: Rc<Open>, at: u32) {
        if open.typed.get() != at {
            return;
        }
        let opener = Rc::clone(self);
        leptos::task::spawn_local(async move {
            let q = open.input.value();
            let pairs = [("workspace", opener.workspace.as_str()), ("q", q.as_str())];
            let Ok(answer) = ask(&opener.url, pairs).await else { return };
            if open.typed.get() == at {
                open.results.show(&answer);
                open.answered.set(at);
                open.choose(0);
                if open.going.get() {
                    open.go(0);
                }
            }
        });
    }
}

impl Open {
    fn press(&self, event: &Event) {
        let count = self.results.count();
        match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
            "ArrowDown" if count > 0 => self.choose((self.results.at() + 1) % count),
            "ArrowUp" if count > 0 => self.choose((self.results.at() + count - 1) % count),
            "Enter" if self.answered.get() == self.typed.get() => self.go(self.results.at()),
            "Enter" => self.going.set(true),
            _ => {
                self.going.set(false);
                return;
            }
        }
        event.prevent_default();
    }

    fn choose(&self, place: usize) {
        let id = self.results.choose(place);
        let _ = self.input.set_attribute("aria-expanded", if id.is_some() { "true" } else { "false" });
        let _ = match id {
            Some(id) => self.input.set_attribute("aria-activedescendant", &id),
            None => self.input.remove_attribute("aria-activedescendant"),
        };
    }

    fn go(&self, place: usize) {
        if let Some(href) = self.results.href(place) {
            self.dialog.close();
            // A path of this site, which cannot be refused.
            let _ = window().location().set_href(&href);
        }
    }
}
