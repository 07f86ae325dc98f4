//! Buttons, and links that look like them.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// How much weight a button has. One primary button a view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// Anything else.
    #[default]
    Plain,
    /// Hardly there: cancel, dismiss.
    Ghost,
    /// Opens or begins something that takes away.
    Danger,
    /// The same as text, inside rows.
    DangerGhost,
    /// The last confirm, nowhere else.
    DangerSolid,
}

/// How large a button is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// 28 px: page headers, rows.
    Small,
    /// 32 px.
    #[default]
    Normal,
    /// 36 px: first run.
    Large,
}

const BASE: &str =
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-[5px] font-medium whitespace-nowrap select-none";

const ICON_BUTTON: &str = "inline-flex w-8 h-8 shrink-0 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink";
const ICON_BUTTON_SMALL: &str = "inline-flex w-6 h-6 shrink-0 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink";

/// The classes of a button, for what is not one but looks like it (a label, a summary).
#[must_use]
pub fn button_class(kind: ButtonKind, size: ButtonSize, extra: &str) -> String {
    let size = match size {
        ButtonSize::Small => "h-7 px-2.5 text-[12px] max-md:h-8",
        ButtonSize::Normal => "h-8 px-3 text-[13px] max-md:h-9",
        ButtonSize::Large => "h-9 px-4 text-[13px] max-md:h-10",
    };
    let kind = match kind {
        ButtonKind::Primary => "border border-transparent bg-accent-solid text-on-accent hover:bg-accent-hover",
        ButtonKind::Plain => {
            "border border-line-strong bg-surface-raised text-ink hover:bg-hover hover:border-control"
        }
        ButtonKind::Ghost => "border border-transparent text-ink-muted hover:bg-hover hover:text-ink",
        ButtonKind::Danger => "border border-danger-line bg-surface-raised text-danger hover:bg-danger-soft",
        ButtonKind::DangerGhost => "border border-transparent text-danger hover:bg-danger-soft",
        ButtonKind::DangerSolid => "border border-transparent bg-danger-solid text-white hover:opacity-90",
    };
    let mut class = String::with_capacity(BASE.len() + size.len() + kind.len() + extra.len() + 3);
    for part in [BASE, size, kind, extra] {
        if !part.is_empty() {
            if !class.is_empty() {
                class.push(' ');
            }
            class.push_str(part);
        }
    }
    class
}

/// A button for what only a script can do; islands use it. What posts is a [`SubmitButton`], what leads somewhere a
/// [`LinkButton`].
#[component]
pub fn Button(
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its size.
    #[prop(optional)]
    size: ButtonSize,
    /// A symbol before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=button_class(kind, size, class)>
            {icon.map(|icon| view! { <Glyph icon /> })}
            {children()}
        </button>
    }
}

/// The button that sends its form. `name` and `value` say which of several was pressed.
#[component]
pub fn SubmitButton(
    /// Its weight; primary unless said otherwise.
    #[prop(optional, default = ButtonKind::Primary)]
    kind: ButtonKind,
    /// Its size.
    #[prop(optional)]
    size: ButtonSize,
    /// A symbol before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// The field that the button adds to the form.
    #[prop(optional, into)]
    name: Option<String>,
    /// That field's value.
    #[prop(optional, into)]
    value: Option<String>,
    /// The id of the form, when the button stands outside it.
    #[prop(optional, into)]
    form: Option<String>,
    /// The page that answers, when the button only asks: the fields of its form become the address.
    #[prop(optional, into)]
    asks: Option<String>,
    /// What it does, when the words alone do not say to what.
    #[prop(optional, into)]
    label: Option<String>,
    /// Whether it cannot be pressed.
    #[prop(optional)]
    disabled: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let mut class = button_class(kind, size, class);
    if disabled {
        class.push_str(" opacity-50");
    }
    let method = asks.is_some().then_some("get");
    view! {
        <button
            type="submit"
            class=class
            name=name
            value=value
            form=form
            formmethod=method
            formaction=asks
            aria-label=label
            disabled=disabled
        >
            {icon.map(|icon| view! { <Glyph icon /> })}
            {children()}
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// Its size.
    #[prop(optional)]
    size: ButtonSize,
    /// A symbol before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// A symbol after the words.
    #[prop(optional, into)]
    icon_after: Option<Icon>,
    /// What it does, when the words alone do not say to what.
    #[prop(optional, into)]
    label: Option<String>,
    /// Its id, so that what it opens can give the focus back.
    #[prop(optional, into)]
    id: Option<String>,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    autofocus: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href id=id class=button_class(kind, size, class) aria-label=label autofocus=autofocus>
            {icon.map(|icon| view! { <Glyph icon /> })}
            {children()}
            {icon_after.map(|icon| view! { <Glyph icon /> })}
        </a>
    }
}

/// A symbol that is pressed: a link with `href`, else the submit button of the form around it.
#[component]
pub fn IconButton(
    /// The symbol.
    icon: Icon,
    /// What it does, in words; also shown when it is hovered.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(optional, into)]
    href: Option<String>,
    /// Its id, so that what it opens can give the focus back.
    #[prop(optional, into)]
    id: Option<String>,
    /// 24 px instead of 32.
    #[prop(optional)]
    small: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let base = if small { ICON_BUTTON_SMALL } else { ICON_BUTTON };
    let class = if class.is_empty() { base.to_owned() } else { format!("{base} {class}") };
    match href {
        Some(href) => view! {
            <a href=href id=id class=class aria-label=label.clone() title=label>
                <Glyph icon />
            </a>
        }
        .into_any(),
        None => view! {
            <button type="submit" class=class aria-label=label.clone() title=label>
                <Glyph icon />
            </button>
        }
        .into_any(),
    }
}

/// A link: underlined inside a sentence, in the accent alone when it stands by itself.
#[component]
pub fn TextLink(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Whether it stands in a sentence.
    #[prop(optional)]
    inline: bool,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=link_class(inline, class)>
            {children()}
        </a>
    }
}

/// The classes of a link.
#[must_use]
pub fn link_class(inline: bool, extra: &str) -> String {
    let base = if inline {
        "text-accent underline decoration-accent-line underline-offset-[3px] hover:decoration-accent"
    } else {
        "text-accent underline-offset-[3px] hover:underline"
    };
    if extra.is_empty() { base.to_owned() } else { format!("{base} {extra}") }
}
