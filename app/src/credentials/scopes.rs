//! What a credential may be used for, to be chosen and to be read.

use leptos::prelude::*;
use stackyard_model::credential::Scope;
use stackyard_ui::Checkbox;

/// Scopes that are listed by their words before the rest is counted.
const LISTED: usize = 3;

/// "may groups:read, locks:read and 2 more".
pub(super) fn summary(scopes: &[Scope]) -> String {
    if scopes.len() == Scope::ALL.len() {
        return "may do everything".to_owned();
    }
    let words: Vec<_> = scopes.iter().take(LISTED).map(Scope::as_str).collect();
    match scopes.len().saturating_sub(LISTED) {
        0 => format!("may {}", words.join(", ")),
        more => format!("may {} and {more} more", words.join(", ")),
    }
}

/// A box for each scope.
#[component]
pub(super) fn ScopeBoxes(
    /// The words of those that are ticked.
    chosen: Vec<String>,
    /// What is wrong with the choice.
    wrong: Option<String>,
) -> impl IntoView {
    let boxes = Scope::ALL
        .iter()
        .enumerate()
        .map(|(index, scope)| {
            let checked = chosen.iter().any(|word| word == scope.as_str());
            view! {
                <Checkbox
                    name=format!("scopes[{index}]")
                    value=scope.as_str()
                    checked
                    class="flex min-h-6 items-start gap-2.5 py-1"
                >
                    <span class="block">{scope.label()}</span>
                    <span class="block font-mono text-[11px] leading-4 text-ink-muted">{scope.as_str()}</span>
                </Checkbox>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="border-t border-line py-3">
            <fieldset>
                <legend class="text-[13px] font-medium">"May be used to"</legend>
                <div class="mt-1 grid gap-x-4 sm:grid-cols-2">{boxes}</div>
                {wrong
                    .map(|message| {
                        view! {
                            <p class="mt-1 text-[12px] leading-4 text-danger" role="alert">
                                {message}
                            </p>
                        }
                    })}
            </fieldset>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_scopes_are_named_and_the_rest_counted() {
        assert_eq!(summary(&[Scope::GroupsRead]), "may groups:read");
        assert_eq!(
            summary(&[Scope::GroupsRead, Scope::LocksRead, Scope::LocksWrite, Scope::ActivityRead]),
            "may groups:read, locks:read, locks:write and 1 more"
        );
        assert_eq!(summary(Scope::ALL), "may do everything");
    }
}
