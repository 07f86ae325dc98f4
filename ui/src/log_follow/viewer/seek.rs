//! Searching.

use std::rc::Rc;

use super::{Viewer, pixels};
use crate::log_follow::search::Search;
use crate::log_follow::{answer, reach};

impl Viewer {
    /// To the next line with what is in the field, or to the one before.
    pub(super) fn seek(self: &Rc<Self>, next: bool) {
        let words = self.parts.field.value();
        if words.is_empty() {
            self.forget();
        } else if self.search.borrow().words == words {
            self.step(next);
        } else {
            *self.search.borrow_mut() = Search::of(words.clone());
            let viewer = Rc::clone(self);
            leptos::task::spawn_local(async move {
                let answer = viewer.ask(&viewer.about.find, &[("q", &words)]).await;
                // Something else was searched for meanwhile, or nothing.
                if viewer.search.borrow().words == words {
                    let (lines, more) = answer.map(|answer| answer::matches(&answer)).unwrap_or_default();
                    viewer.search.borrow_mut().found(lines, more, viewer.sight().start);
                    viewer.step(true);
                }
            });
        }
    }

    /// The search is over.
    pub(super) fn forget(self: &Rc<Self>) {
        *self.search.borrow_mut() = Search::default();
        self.parts.found.set_text_content(None);
        self.draw_again();
    }

    fn step(self: &Rc<Self>, next: bool) {
        self.search.borrow_mut().step(next);
        self.parts.found.set_text_content(Some(&self.search.borrow().told()));
        let current = self.search.borrow().current();
        if current > 0 {
            self.parts.follow.set_checked(false);
            self.scroll(reach::middle(current, pixels(self.parts.lines.client_height())));
        }
        self.draw_again();
    }
}
