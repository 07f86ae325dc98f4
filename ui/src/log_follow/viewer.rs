//! The box of lines in the browser.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::answer::{self, Line};
use super::search::Search;
use super::{GROWN, reach};
use crate::ask::ask;
use crate::dom::{listen, part};
use crate::number::counted;

mod draw;
mod seek;

/// Chunks that are kept; those far away go first.
const KEPT: usize = 40;
/// As near to its end, in pixels, a box counts as scrolled to it.
const END: u64 = 40;

/// What is shown, and where it is asked for.
pub(super) struct About {
    pub(super) url: String,
    pub(super) find: String,
    pub(super) workspace: String,
    pub(super) deployment: String,
    /// The line that is seen first; 0 for the last ones.
    pub(super) from: u64,
}

/// What the server made for it.
struct Parts {
    whole: HtmlElement,
    made: HtmlElement,
    field: HtmlInputElement,
    found: HtmlElement,
    follow: HtmlInputElement,
    count: HtmlElement,
    /// The box. Its lines stand between two spaces as high as the lines that are not there.
    lines: HtmlElement,
    above: Element,
    below: Element,
}

struct Viewer {
    about: About,
    parts: Parts,
    awake: Cell<bool>,
    total: Cell<u64>,
    there: RefCell<Range<u64>>,
    /// Chunks by their numbers.
    chunks: RefCell<Vec<(u64, Vec<Line>)>>,
    /// Chunks that are on their way.
    asked: RefCell<Vec<u64>>,
    /// The line of the address.
    marked: Cell<u64>,
    search: RefCell<Search>,
    /// Scrolled by us, not by somebody.
    moved: Cell<bool>,
}

/// Loads the first lines; when they are there the box takes the place of what the server made.
pub(super) fn open(root: &Element, about: About) -> Option<()> {
    let viewer = Rc::new(Viewer {
        about,
        parts: Parts {
            whole: part(root, "[data-log=box]")?,
            made: part(root, "[data-log=made]")?,
            field: part(root, "[data-log=field]")?,
            found: part(root, "[data-log=found]")?,
            follow: part(root, "[data-log=follow]")?,
            count: part(root, "[data-log=count]")?,
            lines: part(root, "[data-log=lines]")?,
            above: part(root, "[data-log=above]")?,
            below: part(root, "[data-log=below]")?,
        },
        awake: Cell::new(false),
        total: Cell::new(0),
        there: RefCell::new(1..1),
        chunks: RefCell::default(),
        asked: RefCell::default(),
        marked: Cell::new(addressed()),
        search: RefCell::default(),
        moved: Cell::new(false),
    });
    viewer.load(reach::chunk(viewer.first()));
    let parts = &viewer.parts;
    let scrolled = Rc::clone(&viewer);
    listen(&parts.lines, "scroll", move |_| scrolled.scrolled());
    let followed = Rc::clone(&viewer);
    listen(&parts.follow, "change", move |_| followed.follow());
    let grown = Rc::clone(&viewer);
    listen(&window(), GROWN, move |_| grown.look());
    let led = Rc::clone(&viewer);
    listen(&window(), "hashchange", move |_| led.lead(addressed()));
    let typed = Rc::clone(&viewer);
    listen(&parts.field, "keydown", move |event| {
        let key = event.unchecked_ref::<KeyboardEvent>();
        match key.key().as_str() {
            "Enter" => {
                event.prevent_default();
                typed.seek(!key.shift_key());
            }
            "Escape" => typed.forget(),
            _ => {}
        }
    });
    for (name, next) in [("[data-log=previous]", false), ("[data-log=next]", true)] {
        let pressed = Rc::clone(&viewer);
        let button: HtmlElement = part(root, name)?;
        listen(&button, "click", move |_| pressed.seek(next));
    }
    Some(())
}

/// The line of the address, `#L123`; 0 for none.
fn addressed() -> u64 {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix("#L").and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn pixels(value: i32) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

impl Viewer {
    /// Asks about this log.
    async fn ask(&self, url: &str, more: &[(&str, &str)]) -> Result<JsValue, JsValue> {
        let own =
            [("workspace", self.about.workspace.as_str()), ("deployment", self.about.deployment.as_str())];
        ask(url, own.into_iter().chain(more.iter().copied())).await
    }

    fn load(self: &Rc<Self>, chunk: u64) {
        if self.asked.borrow().contains(&chunk) {
            return;
        }
        self.asked.borrow_mut().push(chunk);
        let viewer = Rc::clone(self);
        leptos::task::spawn_local(async move {
            let window = viewer.fetch(chunk).await;
            viewer.asked.borrow_mut().retain(|asked| *asked != chunk);
            // What did not come is asked for when it is in sight again.
            if let Ok(window) = window {
                viewer.take(chunk, window);
            }
        });
    }

    /// All lines of a chunk. Of long lines the server gives fewer at once.
    async fn fetch(&self, chunk: u64) -> Result<answer::Window, JsValue> {
        let mut lines = Vec::new();
        loop {
            let got = u64::try_from(lines.len()).unwrap_or(reach::CHUNK);
            let next = reach::first(chunk) + got;
            let (from, count) = (next.to_string(), reach::CHUNK.saturating_sub(got).to_string());
            let pairs = [("from", from.as_str()), ("count", count.as_str())];
            let mut window = answer::window(&self.ask(&self.about.url, &pairs).await?);
            let came = u64::try_from(window.lines.len()).unwrap_or(reach::CHUNK);
            lines.append(&mut window.lines);
            if came == 0 || got + came >= reach::CHUNK || next + came > window.total {
                return Ok(answer::Window { lines, ..window });
            }
        }
    }

    /// The line that is seen first.
    fn first(&self) -> u64 {
        if self.marked.get() > 0 { self.marked.get() } else { self.about.from }
    }

    /// The last lines again, and how many there are.
    fn look(self: &Rc<Self>) {
        self.load(reach::chunk(self.total.get()));
    }

    fn take(self: &Rc<Self>, chunk: u64, window: answer::Window) {
        let before = self.total.replace(reach::shown(window.total));
        let told = counted(i64::try_from(window.total).unwrap_or(i64::MAX), "line", "lines");
        self.parts.count.set_text_content(Some(&told));
        let changed = self.keep(chunk, window.lines);
        if !self.awake.get() {
            // What the server made says that there is nothing yet.
            if self.total.get() > 0 {
                self.wake(window.done);
            }
            return;
        }
        // Lines that were there stay as they are; somebody may have marked them to copy.
        self.draw_lines(changed);
        if self.total.get() != before {
            self.space();
        }
        if self.parts.follow.checked() {
            self.to_end();
        }
        self.show();
    }

    /// Keeps the lines of a chunk and says which lines are others now: the last one may have been half of one.
    fn keep(&self, chunk: u64, lines: Vec<Line>) -> Range<u64> {
        let mut chunks = self.chunks.borrow_mut();
        let place = chunks.iter().position(|(number, _)| *number == chunk);
        let had = place.map(|place| chunks.swap_remove(place).1).unwrap_or_default();
        let same = had.iter().zip(&lines).take_while(|(old, new)| old == new).count();
        if chunks.len() >= KEPT {
            let far = chunks.iter().enumerate().max_by_key(|(_, (other, _))| other.abs_diff(chunk));
            if let Some((far, _)) = far {
                chunks.swap_remove(far);
            }
        }
        chunks.push((chunk, lines));
        reach::first(chunk) + u64::try_from(same).unwrap_or(0)..reach::first(chunk + 1)
    }

    /// Takes the place of what the server made, and follows the end of a log that is not done.
    fn wake(self: &Rc<Self>, done: bool) {
        self.parts.follow.set_checked(!done && self.first() == 0);
        self.awake.set(true);
        self.parts.whole.set_class_name("");
        self.parts.made.remove();
        let viewer = Rc::clone(self);
        // Once the box is seen it has a height.
        request_animation_frame(move || {
            viewer.space();
            match (viewer.marked.get(), viewer.about.from) {
                (0, 0) => viewer.to_end(),
                (0, from) => viewer.scroll(reach::top(from)),
                (marked, _) => viewer.lead(marked),
            }
            viewer.show();
            if !viewer.parts.field.value().is_empty() {
                viewer.seek(true);
            }
        });
    }

    /// To the line of that number, in the middle.
    fn lead(self: &Rc<Self>, number: u64) {
        self.marked.set(number);
        if number > 0 {
            self.parts.follow.set_checked(false);
            self.scroll(reach::middle(number, pixels(self.parts.lines.client_height())));
        }
        self.draw_again();
    }

    fn follow(self: &Rc<Self>) {
        if self.parts.follow.checked() {
            self.to_end();
            self.show();
        }
    }

    fn scrolled(self: &Rc<Self>) {
        if !self.moved.replace(false) && self.parts.follow.checked() && !self.at_end() {
            self.parts.follow.set_checked(false);
        }
        self.show();
    }

    fn at_end(&self) -> bool {
        pixels(self.parts.lines.scroll_top()) + pixels(self.parts.lines.client_height()) + END
            >= pixels(self.parts.lines.scroll_height())
    }

    fn to_end(&self) {
        self.scroll(self.total.get() * reach::LINE);
    }

    fn scroll(&self, top: u64) {
        let before = self.parts.lines.scroll_top();
        self.parts.lines.set_scroll_top(i32::try_from(top).unwrap_or(i32::MAX));
        // Only what moves is told.
        self.moved.set(self.parts.lines.scroll_top() != before);
    }

    fn sight(&self) -> Range<u64> {
        let (top, height) = (pixels(self.parts.lines.scroll_top()), pixels(self.parts.lines.client_height()));
        reach::in_sight(top, height, self.total.get())
    }

    /// Brings the lines in sight into the page, and asks for those that are not here.
    fn show(self: &Rc<Self>) {
        let sight = self.sight();
        let there = self.there.borrow().clone();
        if let Some(wanted) = reach::to_show(&sight, &there, self.total.get()) {
            self.replace(&there, &wanted);
            *self.there.borrow_mut() = wanted;
            self.space();
        }
        let near = self.there.borrow().clone();
        if near.is_empty() {
            return;
        }
        for chunk in reach::chunk(near.start)..=reach::chunk(near.end - 1) {
            let here = self.chunks.borrow().iter().any(|(number, _)| *number == chunk);
            if !here {
                self.load(chunk);
            }
        }
    }

    /// Lines that stay are not touched.
    fn replace(&self, there: &Range<u64>, wanted: &Range<u64>) {
        for number in there.clone().filter(|number| !wanted.contains(number)) {
            if let Some(line) = element(number) {
                line.remove();
            }
        }
        let mut after: Element = self.parts.above.clone();
        for number in wanted.clone() {
            let line = match element(number).filter(|_| there.contains(&number)) {
                Some(line) => line,
                None => {
                    let Some(line) = self.line(number) else { continue };
                    // Its parent is the box.
                    let _ = after.after_with_node_1(&line);
                    line
                }
            };
            after = line;
        }
    }

    fn draw_lines(&self, lines: Range<u64>) {
        let there = self.there.borrow().clone();
        for number in lines.start.max(there.start)..lines.end.min(there.end) {
            if let (Some(old), Some(new)) = (element(number), self.line(number)) {
                // Its parent is the box.
                let _ = old.replace_with_with_node_1(&new);
            }
        }
    }

    /// All lines that are in the page, since what is marked in them changed.
    fn draw_again(self: &Rc<Self>) {
        let there = self.there.borrow().clone();
        self.draw_lines(there);
        self.show();
    }

    /// Makes room for the lines that are not in the page.
    fn space(&self) {
        let there = self.there.borrow();
        let set = |space: &Element, lines: u64| {
            // Its height is a number.
            let _ = space.set_attribute("height", &(lines * reach::LINE).to_string());
        };
        set(&self.parts.above, there.start.saturating_sub(1));
        set(&self.parts.below, (self.total.get() + 1).saturating_sub(there.end));
    }
}

fn element(number: u64) -> Option<Element> {
    document().get_element_by_id(&format!("L{number}"))
}
