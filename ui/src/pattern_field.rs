//! A field for a pattern: says live whether it is *any*, *exact* or *regex*, and asks the server whether it is valid.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::prelude::*;
use stackyard_model::PatternKind;

use crate::ask::AskedInput;

/// The control of a pattern field. The kind is told from the words alone; whether the pattern is valid comes from
/// `check`, which is sent `pattern=…` as a form and answers JSON: `null`, or an object with `message` and `column`.
#[island]
pub(crate) fn PatternInput(
    /// Its id; the error's is the same with `-e`.
    id: String,
    /// Its name in the form.
    name: String,
    /// What it holds.
    value: String,
    /// Where validity is asked.
    check: String,
    /// The id of the hint.
    hint_id: String,
    /// What was wrong when the form was last sent; empty for nothing.
    message: String,
    /// The place of that, counted from 1; 0 for none.
    column: u32,
) -> impl IntoView {
    let came_back_wrong = !message.is_empty();
    let (problem, set_problem) = signal(Problem { message, column, pattern: value.clone() });
    let asked = AskedInput::new(value.clone(), check, "pattern", move |answer, asked| {
        set_problem.set(problem_of(&answer, asked));
    });
    let pattern = asked.text;
    let wrong = move || !problem.with(|problem| problem.message.is_empty());
    let input_class = move || {
        if wrong() {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px] pr-16"
        } else {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px] pr-16"
        }
    };
    let kind = move || pattern.with(|pattern| kind_of(pattern));
    let kind_class = move || {
        if wrong() {
            "block text-[12px] leading-4 text-danger"
        } else if kind() == PatternKind::Regex {
            "block text-[12px] leading-4 text-accent"
        } else {
            "block text-[12px] leading-4 text-ink-muted"
        }
    };
    let error_id = format!("{id}-e");
    let described_by = format!("{error_id} {hint_id}");
    let placed = move || problem.with(|problem| problem.place().is_some());
    let part = move |pick: fn((String, String, String)) -> String| {
        move || problem.with(|problem| problem.place().map(pick).unwrap_or_default())
    };
    let indent = move || problem.with(|problem| " ".repeat(problem.index()));
    let place = move || problem.with(|problem| format!("column {}", problem.column));
    view! {
        <div class="relative">
            <input
                node_ref=asked.node
                id=id
                name=name
                value=value
                class=input_class
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder="*"
                autofocus=came_back_wrong
                aria-invalid=move || wrong().then_some("true")
                aria-describedby=described_by
                on:input=asked.typed
            />
            <span class="pointer-events-none absolute top-2 right-2.5 max-md:top-3">
                <output class=kind_class>{move || kind().label()}</output>
            </span>
        </div>
        <div id=error_id class="text-[12px] leading-4" role="alert">
            <pre
                class=move || {
                    if placed() {
                        "mt-1.5 rounded-[4px] border border-danger-line bg-danger-soft px-2.5 py-1.5 font-mono overflow-x-auto text-ink-muted"
                    } else {
                        "hidden"
                    }
                }
                aria-hidden="true"
            >
                <span>{part(|(before, _, _)| before)}</span>
                <span class="font-semibold text-danger underline decoration-2 underline-offset-[3px]">
                    {part(|(_, at, _)| at)}
                </span>
                <span>{part(|(_, _, after)| after)}</span>
                "\n"
                <span>{indent}</span>
                <span class="text-danger">"^ "</span>
                <span class="font-sans text-danger">{place}</span>
            </pre>
            <p class=move || if wrong() { "mt-1.5 text-danger" } else { "hidden" }>
                {move || problem.with(|problem| problem.message.clone())}
            </p>
        </div>
    }
}

/// An empty field means `*` (rules §3).
fn kind_of(pattern: &str) -> PatternKind {
    if pattern.is_empty() { PatternKind::Any } else { PatternKind::of(pattern) }
}

/// What is wrong with a pattern, and with which.
#[derive(Debug, Clone)]
struct Problem {
    message: String,
    column: u32,
    pattern: String,
}

impl Problem {
    fn index(&self) -> usize {
        usize::try_from(self.column).unwrap_or(0).saturating_sub(1)
    }

    /// The pattern before, at and after the column. None when the column is not in the pattern.
    fn place(&self) -> Option<(String, String, String)> {
        if self.column == 0 || self.message.is_empty() || self.index() > self.pattern.chars().count() {
            return None;
        }
        let mut rest = self.pattern.chars();
        let before = rest.by_ref().take(self.index()).collect();
        let at = rest.by_ref().take(1).collect();
        Some((before, at, rest.collect()))
    }
}

/// The answer of `check` about a pattern.
fn problem_of(answer: &wasm_bindgen::JsValue, pattern: String) -> Problem {
    let field = |name: &str| js_sys::Reflect::get(answer, &name.into()).ok();
    let message = field("message").and_then(|message| message.as_string()).unwrap_or_default();
    // A column is at most 257, so nothing is lost.
    let column = field("column").and_then(|column| column.as_f64()).unwrap_or(0.0) as u32;
    Problem { message, column, pattern }
}

/// A pattern of a permission: label, control with its live kind, hint, error.
#[cfg(feature = "ssr")]
#[component]
pub fn PatternField(
    /// Its name in the form; its error is found by it.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// What it holds.
    #[prop(into)]
    value: String,
    /// The server function that checks a pattern: takes `pattern`, answers an optional error as JSON.
    #[prop(into)]
    check: String,
    /// What to know before typing.
    #[prop(into)]
    hint: String,
) -> impl IntoView {
    let error = crate::form::Wrong::at(&name).into_iter().next();
    let (message, column) =
        error.map_or((String::new(), 0), |error| (error.message, error.column.unwrap_or(0)));
    let hint_id = format!("{name}-h");
    view! {
        <div class="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[124px_minmax(0,1fr)]">
            <label for=name.clone() class="text-[13px] leading-8 font-medium max-sm:leading-5">
                {label}
            </label>
            <div class="min-w-0">
                <PatternInput id=name.clone() name value check hint_id=hint_id.clone() message column />
                <p id=hint_id class="mt-1.5 text-[12px] leading-4 text-ink-muted">
                    {hint}
                </p>
            </div>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::form::Form;
    use crate::testing::render;
    use stackyard_model::{FieldError, FieldErrors};

    fn drawn(value: &'static str, errors: FieldErrors) -> String {
        render(|| {
            view! {
                <Form action="/x" errors>
                    <PatternField name="branch" label="Branch" value check="/check" hint="The branch." />
                </Form>
            }
        })
    }

    #[test]
    fn the_kind_is_said_without_a_script() {
        for (value, kind) in [("", ">any<"), ("*", ">any<"), ("main", ">exact<"), ("a|b", ">regex<")] {
            assert!(drawn(value, FieldErrors::default()).contains(kind), "{value}");
        }
    }

    #[test]
    fn an_error_is_shown_at_its_column() {
        let error = FieldError { field: "branch".into(), message: "Never closed.".into(), column: Some(7) };
        let html = drawn("^main|(<x", FieldErrors(vec![error]));
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("Never closed."), "{html}");
        assert!(html.contains(">^main|<") && html.contains(">(<") && html.contains(">&lt;x<"), "{html}");
        assert!(html.contains(">      <") && html.contains("column 7"), "{html}");
    }
}
