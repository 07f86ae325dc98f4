//! What the server answers, read.

use stackyard_model::ansi::{Span, Style, line};
use wasm_bindgen::JsValue;

use crate::json;

/// A line of the log.
#[derive(PartialEq, Eq)]
pub(super) struct Line {
    pub(super) spans: Vec<Span>,
    /// Whether there is more of it.
    pub(super) cut: bool,
}

/// Lines, and how many there are.
pub(super) struct Window {
    pub(super) lines: Vec<Line>,
    pub(super) total: u64,
    pub(super) done: bool,
}

pub(super) fn window(answer: &JsValue) -> Window {
    let mut state = Style::default();
    let lines = json::list(answer, "lines").into_iter().map(|one| Line {
        spans: line(&mut state, &json::text(&one, "text")),
        cut: json::get(&one, "cut").is_truthy(),
    });
    Window {
        lines: lines.collect(),
        total: number(&json::get(answer, "total")),
        done: json::get(answer, "done").is_truthy(),
    }
}

/// The numbers of lines that were found, and whether there are more.
pub(super) fn matches(answer: &JsValue) -> (Vec<u64>, bool) {
    let lines = json::list(answer, "lines").into_iter().map(|line| number(&line)).collect();
    (lines, json::get(answer, "more").is_truthy())
}

fn number(value: &JsValue) -> u64 {
    // Numbers of JavaScript are whole up to 2^53; no log has so many lines.
    value.as_f64().unwrap_or(0.0).max(0.0) as u64
}
