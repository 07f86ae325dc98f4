//! Dialogs. Each is a page of its own: the shell around it is inert, closing is a link, sending is a form.

use leptos::prelude::*;

use crate::button::{ButtonKind, IconButton, LinkButton, SubmitButton};
use crate::icon::Icon;

/// How wide a dialog is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DialogWidth {
    /// 620 px: forms.
    #[default]
    Form,
    /// 440 px: confirms.
    Confirm,
}

/// An open dialog over the page that it belongs to. Give it to [`Shell`](crate::Shell) as `dialog`, so that what is
/// behind it is inert. Its children are a [`Form`](crate::Form) of [`DialogBody`] and [`DialogFoot`].
#[component]
pub fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Where closing leads.
    #[prop(into)]
    close: String,
    /// What it is about, after the heading: "to acme/infra in Acme Platform".
    #[prop(optional, into)]
    about: ViewFnOnce,
    /// How wide.
    #[prop(optional)]
    width: DialogWidth,
    children: Children,
) -> impl IntoView {
    let class = match width {
        DialogWidth::Form => {
            "fixed inset-x-0 top-0 z-50 m-auto max-h-dvh w-full overflow-y-auto bg-surface-raised shadow-[var(--shadow-dialog)] sm:top-[8vh] sm:mb-[8vh] sm:max-h-[84vh] sm:w-[620px] sm:rounded-[8px]"
        }
        DialogWidth::Confirm => {
            "fixed inset-x-0 top-0 z-50 m-auto max-h-dvh w-full overflow-y-auto bg-surface-raised shadow-[var(--shadow-dialog)] sm:top-[8vh] sm:mb-[8vh] sm:max-h-[84vh] sm:w-[440px] sm:rounded-[8px]"
        }
    };
    view! {
        <div class="fixed inset-0 z-40 bg-scrim" aria-hidden="true"></div>
        <dialog open class=class aria-labelledby="dialog-title" aria-modal="true">
            <div class="flex items-start gap-4 px-4 pt-4 pb-3 sm:px-6 sm:pt-5">
                <div class="min-w-0 grow">
                    <h2 id="dialog-title" class="text-[16px] leading-6 font-semibold wrap-words">
                        {title}
                    </h2>
                    {about.run()}
                </div>
                <IconButton icon=Icon::X label="Close" href=close id="dialog-close" class="-mt-1 -mr-2" />
            </div>
            {children()}
        </dialog>
    }
}

/// The fields of a dialog.
#[component]
pub fn DialogBody(children: Children) -> impl IntoView {
    view! { <div class="border-t border-line px-4 py-2 sm:px-6">{children()}</div> }
}

/// What a dialog's form would change, on sunken ground.
#[component]
pub fn DialogNote(
    /// Its heading.
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="border-t border-line bg-surface-sunken px-4 py-3 sm:px-6" aria-labelledby="dialog-note">
            <div class="grid gap-x-4 gap-y-1 sm:grid-cols-[124px_minmax(0,1fr)]">
                <h3 id="dialog-note" class="text-[12px] leading-5 font-medium">
                    {title}
                </h3>
                <div class="text-[12px] leading-5 text-ink-muted">{children()}</div>
            </div>
        </section>
    }
}

/// The foot of a dialog: what is wrong on the left, cancel and the one primary button on the right.
#[component]
pub fn DialogFoot(children: Children) -> impl IntoView {
    view! {
        <div class="sticky bottom-0 flex items-center justify-end gap-2 border-t border-line bg-surface-raised px-4 py-3 sm:px-6">
            <crate::form::FormErrors class="mr-auto text-[12px] text-danger" />
            {children()}
        </div>
    }
}

/// The foot of a confirm, whose danger is the last button: Enter at once does nothing.
#[component]
pub fn ConfirmFoot(
    /// Where cancelling leads.
    #[prop(into)]
    cancel: String,
    /// What is done, verb first: "Revoke token".
    #[prop(into)]
    submit: String,
    /// The dialog has a field to begin in, so cancelling is not where one begins.
    #[prop(optional)]
    field: bool,
) -> impl IntoView {
    view! {
        <DialogFoot>
            <LinkButton href=cancel autofocus=!field>
                "Cancel"
            </LinkButton>
            <SubmitButton kind=ButtonKind::DangerSolid>{submit}</SubmitButton>
        </DialogFoot>
    }
}

/// A part of a form that is folded away: "More".
#[component]
pub fn Fold(
    /// The word that opens it.
    #[prop(into)]
    title: String,
    /// What is set inside, said while it is closed.
    #[prop(optional, into)]
    summary: String,
    /// Open at first.
    #[prop(optional)]
    open: bool,
    children: Children,
) -> impl IntoView {
    use crate::icon::Glyph;
    view! {
        <details open=open class="group pt-1 pb-3">
            <summary class="focus-inset flex min-h-8 items-center gap-1.5 rounded-[4px] text-[13px] font-medium hover:text-accent">
                {title}
                <Glyph icon=Icon::ChevRight class="w-4 h-4 text-ink-faint group-open:[transform:rotate(90deg)]" />
                <span class="ml-auto text-[12px] font-normal text-ink-faint group-open:hidden">{summary}</span>
            </summary>
            {children()}
        </details>
    }
}
