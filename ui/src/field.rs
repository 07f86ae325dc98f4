//! A field: label, control, hint, error. The control inside finds its name, value and error here.

use leptos::context::Provider;
use leptos::prelude::*;

use crate::form::Wrong;

/// How label and control stand to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldLayout {
    /// The label above.
    #[default]
    Stacked,
    /// The label beside, in dialogs.
    Beside,
    /// A small label above: panels.
    Small,
    /// A small muted label above: confirms and reasons.
    Quiet,
}

/// What a field tells the control inside it.
#[derive(Debug, Clone)]
pub(crate) struct FieldParts {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) layout: FieldLayout,
    pub(crate) invalid: bool,
    pub(crate) described_by: Option<String>,
}

/// One labelled control with its hint and its error.
#[component]
pub fn Field(
    /// The field's name in the form; its error is found by it.
    #[prop(into)]
    name: String,
    /// What it is called.
    #[prop(into)]
    label: String,
    /// Its id, when two forms of a page have a field of the same name.
    #[prop(optional, into)]
    id: Option<String>,
    /// What it holds.
    #[prop(optional, into)]
    value: String,
    /// A faint word after the label: "optional".
    #[prop(optional, into)]
    note: Option<String>,
    /// What to know before typing.
    #[prop(optional, into)]
    hint: Option<String>,
    /// How it is laid out.
    #[prop(optional)]
    layout: FieldLayout,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let errors = Wrong::at(&name);
    let invalid = !errors.is_empty();
    let hint_id = format!("{id}-h");
    let error_id = format!("{id}-e");
    let described_by = match (&hint, invalid) {
        (Some(_), true) => Some(format!("{error_id} {hint_id}")),
        (Some(_), false) => Some(hint_id.clone()),
        (None, true) => Some(error_id.clone()),
        (None, false) => None,
    };
    let parts =
        FieldParts { id: id.clone(), name, value: value.clone(), layout, invalid, described_by };
    let beside = layout == FieldLayout::Beside;
    let message_class = if beside { "mt-1.5 text-[12px] leading-4" } else { "mt-1 text-[12px] leading-4" };
    let hint_class = if beside {
        "mt-1.5 text-[12px] leading-4 text-ink-muted"
    } else {
        "mt-1 text-[12px] leading-4 text-ink-muted"
    };
    let below = (
        invalid.then(|| {
            let problems = errors
                .into_iter()
                .map(|error| {
                    let typed = error.column.map_or_else(String::new, |_| value.clone());
                    view! { <FieldProblem message=error.message column=error.column typed /> }
                })
                .collect::<Vec<_>>();
            view! {
                <div id=error_id class=message_class role="alert">
                    {problems}
                </div>
            }
        }),
        hint.map(|hint| {
            view! {
                <p id=hint_id class=hint_class>
                    {hint}
                </p>
            }
        }),
    );
    let control = view! { <Provider value=parts>{children()}</Provider> };
    let label = view! {
        <label for=id class=label_class(layout)>
            {label}
            {note.map(|note| view! { <span class="ml-1.5 font-normal text-ink-faint">{note}</span> })}
        </label>
    };
    if beside {
        let class = join("grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[124px_minmax(0,1fr)]", class);
        view! {
            <div class=class>
                {label}
                <div class="min-w-0">{control} {below}</div>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class=class>
                {label} {control} {below}
            </div>
        }
        .into_any()
    }
}

pub(crate) const fn label_class(layout: FieldLayout) -> &'static str {
    match layout {
        FieldLayout::Stacked => "flex text-[13px] font-medium",
        FieldLayout::Beside => "text-[13px] leading-8 font-medium max-sm:leading-5",
        FieldLayout::Small => "block text-[12px] font-medium",
        FieldLayout::Quiet => "text-[12px] text-ink-muted",
    }
}

pub(crate) fn join(base: &str, extra: &str) -> String {
    if extra.is_empty() { base.to_owned() } else { format!("{base} {extra}") }
}

/// What is wrong and how to mend it; for a text with a place, the text again with a caret under the column.
#[component]
pub(crate) fn FieldProblem(message: String, column: Option<u32>, typed: String) -> impl IntoView {
    let place = column.and_then(|column| Caret::find(&typed, column));
    match place {
        Some(Caret { before, at, after, indent, column }) => view! {
            <pre
                class="rounded-[4px] border border-danger-line bg-danger-soft px-2.5 py-1.5 font-mono overflow-x-auto text-ink-muted"
                aria-hidden="true"
            >
                {before}
                <span class="font-semibold text-danger underline decoration-2 underline-offset-[3px]">{at}</span>
                {format!("{after}\n{indent}")}
                <span class="text-danger">"^"</span>
                " "
                <span class="font-sans text-danger">{format!("column {column}")}</span>
            </pre>
            <p class="mt-1.5 text-danger">
                <span class="sr-only">{format!("Column {column}: ")}</span>
                {message}
            </p>
        }
        .into_any(),
        None => view! { <p class="text-danger">{message}</p> }.into_any(),
    }
}

/// A text around one of its columns.
struct Caret {
    before: String,
    at: String,
    after: String,
    indent: String,
    column: u32,
}

impl Caret {
    /// Splits the text at a column counted from 1; the end of the text is a column too.
    fn find(text: &str, column: u32) -> Option<Self> {
        let index = usize::try_from(column).ok()?.checked_sub(1)?;
        if text.is_empty() || index > text.chars().count() {
            return None;
        }
        Some(Self {
            before: text.chars().take(index).collect(),
            at: text.chars().skip(index).take(1).collect(),
            after: text.chars().skip(index + 1).collect(),
            indent: " ".repeat(index),
            column,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;
    use crate::form::Form;
    use crate::input::TextInput;
    use stackyard_model::{FieldError, FieldErrors};

    fn branch(errors: FieldErrors, value: &'static str) -> String {
        render(|| view! {
            <Form action="/x" errors>
                <Field name="branch" label="Branch" value hint="The file name alone.">
                    <TextInput mono=true />
                </Field>
            </Form>
        })
    }

    #[test]
    fn label_hint_and_error_belong_to_the_control() {
        let html = branch(FieldErrors::default(), "main");
        assert!(html.contains("for=\"branch\"") && html.contains("id=\"branch\""), "{html}");
        assert!(html.contains("aria-describedby=\"branch-h\"") && !html.contains("aria-invalid"), "{html}");
        let html = branch(FieldErrors::one("branch", "Too long."), "main");
        assert!(html.contains("aria-describedby=\"branch-e branch-h\"") && html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("role=\"alert\"") && html.contains("Too long.") && html.contains("value=\"main\""), "{html}");
        let html = branch(FieldErrors::one("workflow", "Too long."), "main");
        assert!(!html.contains("Too long."), "{html}");
    }

    #[test]
    fn the_caret_stands_under_the_column() {
        let error = |column| {
            FieldErrors(vec![FieldError { field: "branch".into(), message: "Never closed.".into(), column: Some(column) }])
        };
        let html = branch(error(7), "^main|(x");
        assert!(html.contains(">(<") && html.contains("x\n      ") && html.contains("column 7"), "{html}");
        let html = branch(error(9), "^main|(x");
        assert!(html.contains("column 9"), "the end has a column: {html}");
        for outside in [0, 10, u32::MAX] {
            let html = branch(error(outside), "^main|(x");
            assert!(!html.contains("<pre") && html.contains("Never closed."), "{html}");
        }
    }
}
