//! One line of the box.

use leptos::prelude::*;
use web_sys::Element;

use super::Viewer;
use crate::dom::{add, make};
use crate::log_follow::reach;
use crate::{log_find, log_ink};

impl Viewer {
    /// A line as `LogLines` writes it; empty while it is not here.
    pub(super) fn line(&self, number: u64) -> Option<Element> {
        let row = make(&document(), "p", "", "")?;
        row.set_id(&format!("L{number}"));
        let search = self.search.borrow();
        if self.marked.get() == number {
            row.set_attribute("data-marked", "").ok()?;
        }
        if search.current() == number {
            row.set_attribute("aria-current", "true").ok()?;
        }
        let place = add(&row, "a", "", &number.to_string())?;
        place.set_attribute("href", &format!("#L{number}")).ok()?;
        place.set_attribute("tabindex", "-1").ok()?;
        let text = add(&row, "span", "", "")?;
        let chunks = self.chunks.borrow();
        let chunk = reach::chunk(number);
        let at = usize::try_from(number - reach::first(chunk)).ok()?;
        let here = chunks.iter().find(|(number, _)| *number == chunk).and_then(|(_, lines)| lines.get(at));
        let Some(line) = here else { return Some(row) };
        for piece in log_find::pieces(&line.spans, &search.words) {
            if piece.found {
                add(&text, "mark", "", piece.text)?;
            } else {
                add(&text, "span", &log_ink::classes(piece.ink), piece.text)?;
            }
        }
        if line.cut {
            add(&text, "span", "text-ink-faint", " … the line goes on")?;
        }
        Some(row)
    }
}
