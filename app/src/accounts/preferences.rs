//! What somebody wants for themselves: time zone, theme, where they land.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::account::{Account, Theme};
use stackyard_model::workspace::Membership;
use stackyard_ui::{
    ButtonKind, Choice, ClockTime, Field, Form, FormErrors, Now, Section, Segmented, Select, SubmitButton,
};

use crate::accounts::forms::UpdatePreferences;
use crate::forms::FormState;

/// Where the zones that people live in are.
const CONTINENTS: &[&str] = &[
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

#[component]
pub(super) fn Preferences(
    state: FormState,
    account: Account,
    memberships: Vec<Membership>,
    back: String,
) -> impl IntoView {
    let zone = state.value("time_zone", account.time_zone.as_deref().unwrap_or_default());
    let theme = state.value("theme", account.theme.as_str());
    let default = account.default_workspace.map(|id| id.to_string()).unwrap_or_default();
    let default = state.value("default_workspace", &default);
    let themes = Theme::ALL.iter().map(|theme| Choice::new(theme.as_str(), theme.label())).collect();
    let places = std::iter::once(Choice::new("", "The list of workspaces"))
        .chain(memberships.into_iter().map(|membership| {
            let workspace = membership.workspace;
            Choice::new(workspace.id, workspace.name)
        }))
        .collect();
    view! {
        <Section
            id="preferences"
            title="Preferences"
            lead="For you alone, in every workspace."
            narrow=true
        >
            <Form
                action=UpdatePreferences::url()
                back=format!("{back}#preferences")
                errors=state.errors
                class="flex flex-col gap-5"
            >
                <div class="grid max-w-[560px] gap-5 sm:grid-cols-2">
                    <div>
                        <Field name="time_zone" label="Time zone" value=zone.clone()>
                            <Select choices=zones(&zone) />
                        </Field>
                        <p class="mt-1 text-[12px] leading-4 text-ink-muted">
                            "It is " <ClockTime at=Now::here().at /> " for you now. The exact time on hover stays UTC."
                        </p>
                    </div>
                    <Segmented legend="Theme" name="theme" choices=themes value=theme />
                    <Field
                        name="default_workspace"
                        label="Default workspace"
                        value=default
                        hint="Where you land after signing in."
                    >
                        <Select choices=places />
                    </Field>
                </div>
                <div class="flex items-center gap-3">
                    <SubmitButton kind=ButtonKind::Plain>"Save preferences"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
        </Section>
    }
    .into_any()
}

/// The zones to choose from, `chosen` among them whatever it is.
fn zones(chosen: &str) -> Vec<Choice> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| CONTINENTS.iter().any(|continent| name.starts_with(continent)))
        .chain(["UTC".to_owned()])
        .collect();
    if !chosen.is_empty() && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_owned());
    }
    names.sort_unstable();
    names.dedup();
    let named = names.into_iter().map(|name| Choice::new(name.clone(), name));
    std::iter::once(Choice::new("", "As the browser says")).chain(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_that_is_set_can_be_kept() {
        let zones = |chosen| zones(chosen).into_iter().map(|choice| choice.value).collect::<Vec<_>>();
        let usual = zones("Europe/Lisbon");
        assert!(usual.len() > 300 && usual.first().is_some_and(String::is_empty), "{}", usual.len());
        assert_eq!(usual.iter().filter(|zone| *zone == "Europe/Lisbon").count(), 1);
        assert!(usual.iter().any(|zone| zone == "UTC"));
        assert!(zones("Etc/GMT+3").iter().any(|zone| zone == "Etc/GMT+3"));
    }
}
