//! Whose password a form is about, for programs that keep passwords.

use leptos::prelude::*;

/// The address of the account whose password is set: not shown, but filled in by those who fill in forms.
#[component]
pub(super) fn WhosePassword(
    /// The address.
    email: String,
) -> impl IntoView {
    view! {
        <input
            type="text"
            name="username"
            value=email
            autocomplete="username"
            class="hidden"
            tabindex="-1"
            readonly
        />
    }
}
