//! Controls that choose: select, checkbox, switch, radio rows, files.

use leptos::prelude::*;

use crate::button::{ButtonKind, ButtonSize, button_class};
use crate::field::join;
use crate::icon::{Glyph, Icon};
use crate::input::{Control, control_class};
use crate::written::{Opening, written};

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What travels with the form.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Choice {
    /// A choice.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// One of several. Inside a [`Field`](crate::Field) the chosen one is the field's value.
#[component]
pub fn Select(
    /// What can be chosen.
    choices: Vec<Choice>,
    /// Its name, when it stands alone.
    #[prop(optional, into)]
    name: Option<String>,
    /// What is chosen, when it stands alone.
    #[prop(optional, into)]
    value: Option<String>,
    /// Its label for readers, when it stands alone.
    #[prop(optional, into)]
    label: Option<String>,
    /// As wide as its words and 28 px high, for toolbars.
    #[prop(optional)]
    small: bool,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let control = Control::here(name, value);
    let base = if small {
        "h-7 max-md:h-10 w-auto pr-7 min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[12px] text-ink max-md:text-[16px]"
    } else {
        control_class(false, control.invalid, false)
    };
    let class = join(&join(base, control.gap), class);
    let invalid = control.aria_invalid();
    let autofocus = control.takes_focus(autofocus);
    let chosen = control.value.unwrap_or_default();
    let options = written(choices.into_iter().map(|choice| {
        let selected = (choice.value == chosen).then_some("");
        Opening::new("<option").with("value", &choice.value).maybe("selected", selected).text(&choice.label, "</option>")
    }));
    view! {
        <select
            id=control.id
            name=control.name
            class=class
            aria-label=label
            aria-describedby=control.described_by
            aria-invalid=invalid
            autofocus=autofocus
        >
            {options}
        </select>
    }
}

/// A box to tick, with its words. Sends `value` when it is ticked and nothing otherwise.
#[component]
pub fn Checkbox(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// What is sent.
    #[prop(optional, into, default = "true".to_owned())]
    value: String,
    /// Whether it is ticked.
    #[prop(optional)]
    checked: bool,
    /// Whether it cannot be changed.
    #[prop(optional)]
    disabled: bool,
    /// Draw it as a switch: for what takes effect, not for what is picked.
    #[prop(optional)]
    switch: bool,
    /// Classes of the label.
    #[prop(optional, default = "flex min-h-6 items-center gap-2.5")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <label class=class>
            <input
                type="checkbox"
                role=switch.then_some("switch")
                name=name
                value=value
                checked=checked
                disabled=disabled
            />
            <span>{children()}</span>
        </label>
    }
}

/// A switch with its words.
#[component]
pub fn Switch(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Whether it is on.
    #[prop(optional)]
    checked: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <Checkbox name checked switch=true class="flex items-center gap-2">
            {children()}
        </Checkbox>
    }
}

/// Radios in one box, each with its consequence. The narrowest comes first.
#[component]
pub fn ChoiceRows(
    /// What is chosen, in words; for readers when `show_legend` is off.
    #[prop(into)]
    legend: String,
    /// Whether the legend is shown.
    #[prop(optional)]
    show_legend: bool,
    /// Inside another box: no edge of its own, only a line above.
    #[prop(optional)]
    inset: bool,
    children: Children,
) -> impl IntoView {
    let class = if inset {
        "border-t border-line"
    } else {
        "overflow-hidden rounded-[5px] border border-line-strong bg-surface-raised"
    };
    let legend_class = if show_legend {
        "float-left w-full px-3 pt-2 pb-1 text-[12px] leading-4 text-ink-faint"
    } else {
        "sr-only"
    };
    view! {
        <fieldset class=class>
            <legend class=legend_class>{legend}</legend>
            {children()}
        </fieldset>
    }
}

/// One radio of [`ChoiceRows`]: what it is, and what follows from it.
#[component]
pub fn ChoiceRow(
    /// The name that all rows of the box share.
    #[prop(into)]
    name: String,
    /// What is sent.
    #[prop(into)]
    value: String,
    /// Whether it is chosen.
    #[prop(optional)]
    checked: bool,
    /// Whether it is the first of its box.
    #[prop(optional)]
    first: bool,
    /// What follows from it, in one line.
    #[prop(optional, into)]
    consequence: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = if first {
        "flex items-start gap-2.5 px-3 py-2 has-[:checked]:bg-accent-soft"
    } else {
        "flex items-start gap-2.5 px-3 py-2 border-t border-line has-[:checked]:bg-accent-soft"
    };
    view! {
        <label class=class>
            <input type="radio" name=name value=value class="mt-0.5" checked=checked />
            <span class="min-w-0 grow">
                <span class="flex flex-wrap items-center gap-x-2 gap-y-1">{children()}</span>
                {consequence
                    .map(|text| view! { <span class="mt-0.5 block text-[12px] leading-4 text-ink-muted">{text}</span> })}
            </span>
        </label>
    }
}

/// Radios side by side in one box: the theme.
#[component]
pub fn Segmented(
    /// What is chosen.
    #[prop(into)]
    legend: String,
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What is chosen now.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let last = choices.len().saturating_sub(1);
    let radios = choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let class = match index {
                0 => {
                    "flex h-8 cursor-pointer items-center px-3 text-[12px] text-ink-muted hover:text-ink has-[:checked]:bg-hover has-[:checked]:font-medium has-[:checked]:text-ink ring-within max-md:h-10 rounded-l-[4px]"
                }
                index if index == last => {
                    "flex h-8 cursor-pointer items-center px-3 text-[12px] text-ink-muted hover:text-ink has-[:checked]:bg-hover has-[:checked]:font-medium has-[:checked]:text-ink ring-within max-md:h-10 border-l border-line rounded-r-[4px]"
                }
                _ => {
                    "flex h-8 cursor-pointer items-center px-3 text-[12px] text-ink-muted hover:text-ink has-[:checked]:bg-hover has-[:checked]:font-medium has-[:checked]:text-ink ring-within max-md:h-10 border-l border-line"
                }
            };
            let checked = choice.value == value;
            view! {
                <label class=class>
                    <input type="radio" name=name.clone() value=choice.value class="sr-only" checked=checked />
                    {choice.label}
                </label>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <fieldset class="min-w-0">
            <legend class="text-[13px] font-medium">{legend}</legend>
            <div class="mt-1 inline-flex rounded-[5px] border border-line-strong">{radios}</div>
        </fieldset>
    }
}

/// A file to choose. The form around it must send files.
#[component]
pub fn FileInput(
    /// The words on the button.
    #[prop(optional, into, default = "Choose a file".to_owned())]
    words: String,
    /// Its name, when it stands alone.
    #[prop(optional, into)]
    name: Option<String>,
    /// The kinds that the browser offers first.
    #[prop(optional, default = "image/png,image/jpeg,image/gif,image/webp")]
    accept: &'static str,
) -> impl IntoView {
    let control = Control::here(name, None);
    let invalid = control.aria_invalid();
    view! {
        <label class=button_class(ButtonKind::Plain, ButtonSize::Small, "relative ring-within cursor-pointer")>
            <Glyph icon=Icon::Image />
            {words}
            <input
                type="file"
                id=control.id
                name=control.name
                accept=accept
                aria-describedby=control.described_by
                aria-invalid=invalid
                class="sr-only"
            />
        </label>
    }
}
