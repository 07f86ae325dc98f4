//! Controls. All are uncontrolled: what the server knew stands in `value`, what was typed travels with the form.

use leptos::prelude::*;

use crate::field::{FieldLayout, FieldParts, join};
use crate::form::Wrong;

/// What every control takes from the field around it, or from its own properties when it stands alone.
pub(crate) struct Control {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) value: Option<String>,
    pub(crate) described_by: Option<String>,
    pub(crate) invalid: bool,
    pub(crate) gap: &'static str,
}

impl Control {
    pub(crate) fn here(name: Option<String>, value: Option<String>) -> Self {
        match use_context::<FieldParts>() {
            Some(parts) => Self {
                id: Some(parts.id),
                name: name.or(Some(parts.name)),
                value: value.or(Some(parts.value)),
                described_by: parts.described_by,
                invalid: parts.invalid,
                gap: if parts.layout == FieldLayout::Beside { "" } else { "mt-1" },
            },
            None => Self { id: None, name, value, described_by: None, invalid: false, gap: "" },
        }
    }

    /// Whether the control takes the focus when the page opens: where something is wrong, wrong ones do, of which
    /// browsers take the first; else the one that asks for it.
    pub(crate) fn takes_focus(&self, asks: bool) -> bool {
        self.invalid || (asks && !Wrong::anywhere())
    }

    pub(crate) fn aria_invalid(&self) -> Option<&'static str> {
        self.invalid.then_some("true")
    }
}

/// How high and how set a text control is.
pub(crate) fn control_class(mono: bool, invalid: bool, large: bool) -> &'static str {
    match (large, invalid, mono) {
        (false, false, false) => {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
        }
        (false, false, true) => {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px]"
        }
        (false, true, false) => {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
        }
        (false, true, true) => {
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px]"
        }
        (true, false, false) => {
            "h-9 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
        }
        (true, false, true) => {
            "h-9 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px]"
        }
        (true, true, false) => {
            "h-9 max-md:h-10 w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px]"
        }
        (true, true, true) => {
            "h-9 max-md:h-10 w-full min-w-0 rounded-[5px] border border-danger bg-surface-raised px-2.5 font-mono text-[12px] text-ink max-md:text-[16px]"
        }
    }
}

/// A line of text. Inside a [`Field`](crate::Field) it takes name, value, error and description from it.
#[component]
pub fn TextInput(
    /// Its name, when it stands alone.
    #[prop(optional, into)]
    name: Option<String>,
    /// What it holds, when it stands alone.
    #[prop(optional, into)]
    value: Option<String>,
    /// Its label for readers, when it stands alone.
    #[prop(optional, into)]
    label: Option<String>,
    /// `email`, `password`, `search`, `text`.
    #[prop(optional, default = "text")]
    kind: &'static str,
    /// Machine words: mono, no spell-check.
    #[prop(optional)]
    mono: bool,
    /// 36 px high: first run.
    #[prop(optional)]
    large: bool,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// What browsers may fill in (`username`, `current-password`, `off`).
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// Fewest characters.
    #[prop(optional, into)]
    minlength: Option<u32>,
    /// Most characters.
    #[prop(optional, into)]
    maxlength: Option<u32>,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Cannot be typed into.
    #[prop(optional)]
    disabled: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let control = Control::here(name, value);
    let base = control_class(mono, control.invalid, large);
    let class = join(&join(base, control.gap), class);
    let invalid = control.aria_invalid();
    let autofocus = control.takes_focus(autofocus);
    let no_help = mono || kind == "email";
    view! {
        <input
            type=kind
            id=control.id
            name=control.name
            value=control.value
            class=class
            aria-label=label
            aria-describedby=control.described_by
            aria-invalid=invalid
            placeholder=placeholder
            autocomplete=autocomplete.or(mono.then_some("off"))
            spellcheck=no_help.then_some("false")
            autocapitalize=no_help.then_some("none")
            required=required
            minlength=minlength
            maxlength=maxlength
            autofocus=autofocus
            disabled=disabled
        />
    }
}

/// A line of text with fixed words before it, as one box: the path of a slug.
#[component]
pub fn PrefixedInput(
    /// The fixed words.
    #[prop(into)]
    prefix: String,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let control = Control::here(None, None);
    let class = if control.invalid {
        "mt-1 flex rounded-[5px] overflow-hidden border border-danger bg-surface-raised ring-within"
    } else {
        "mt-1 flex rounded-[5px] overflow-hidden border border-control bg-surface-raised ring-within"
    };
    let invalid = control.aria_invalid();
    let autofocus = control.takes_focus(false);
    view! {
        <div class=class>
            <span class="flex items-center border-r border-line bg-surface-sunken px-2.5 font-mono text-[12px] text-ink-muted max-sm:hidden">
                {prefix}
            </span>
            <input
                id=control.id
                name=control.name
                value=control.value
                class="h-9 min-w-0 grow bg-transparent px-2.5 font-mono text-[12px] outline-none max-md:h-10 max-md:text-[16px]"
                autofocus=autofocus
                aria-describedby=control.described_by
                aria-invalid=invalid
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                required=required
            />
        </div>
    }
}

/// A search field with its symbol.
#[component]
pub fn SearchInput(
    /// Its name.
    #[prop(into)]
    name: String,
    /// Its label for readers.
    #[prop(into)]
    label: String,
    /// What is searched for now.
    #[prop(optional, into)]
    value: String,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// 28 px instead of 32.
    #[prop(optional)]
    small: bool,
    /// Classes of the box, its width among them.
    #[prop(optional, default = "relative min-w-0 grow basis-72")]
    class: &'static str,
) -> impl IntoView {
    use crate::icon::{Glyph, Icon};
    let (place, input) = if small {
        (
            "pointer-events-none absolute top-1.5 left-2.5 text-ink-faint max-md:top-3",
            "h-7 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[12px] text-ink max-md:text-[16px] pl-8 max-md:pl-9",
        )
    } else {
        (
            "pointer-events-none absolute top-2 left-2.5 text-ink-faint max-md:top-3",
            "h-8 max-md:h-10 w-full min-w-0 rounded-[5px] border border-control hover:border-ink-muted bg-surface-raised px-2.5 text-[13px] text-ink max-md:text-[16px] pl-8 max-md:pl-9",
        )
    };
    view! {
        <div class=class>
            <span class=place>
                <Glyph icon=Icon::Search />
            </span>
            <input type="search" name=name value=value aria-label=label placeholder=placeholder class=input />
        </div>
    }
}
