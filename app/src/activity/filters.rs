//! What narrows the log: an ordinary GET form.

use leptos::prelude::*;
use stackyard_model::activity::{ActivityFilter, ActorType, Category, Outcome};
use stackyard_model::repository::RepositoryName;
use stackyard_ui::{
    ButtonKind, Choice, Field, FieldLayout, Hidden, Now, SearchForm, SearchInput, Select, SubmitButton, TextInput, TextLink,
};

#[component]
pub(super) fn Filters(filter: ActivityFilter, repositories: Vec<RepositoryName>, path: String) -> impl IntoView {
    let any = || Choice::new("", "Any");
    let outcomes = Outcome::ALL.iter().map(|word| Choice::new(word.as_str(), word.label()));
    let categories = Category::ALL.iter().map(|word| Choice::new(word.as_str(), word.label()));
    let actors = ActorType::ALL.iter().map(|word| Choice::new(word.as_str(), word.label()));
    let repositories = repositories.into_iter().map(|repository| Choice::new(repository.id, repository.name));
    let select = |name: &'static str, label: &'static str, value: String, choices: Vec<Choice>| {
        view! {
            <Field name label value layout=FieldLayout::Small>
                <Select choices />
            </Field>
        }
    };
    let ActivityFilter { category, actor, outcome, repository, q, within, from, until, before: _ } = filter;
    let now = Now::here();
    let first = from.and_then(|at| now.whole_day(at, false)).unwrap_or_default();
    let last = until.and_then(|at| now.whole_day(at, true)).unwrap_or_default();
    let on = [&category, &actor, &outcome, &repository, &q].into_iter().any(|value| !value.is_empty())
        || from.is_some()
        || until.is_some();
    // A choice of hours stays while one searches in them, unless days are chosen.
    let kept = [("from", from, &first), ("until", until, &last)]
        .into_iter()
        .filter(|(_, _, day)| day.is_empty())
        .filter_map(|(name, at, _)| Some(view! { <Hidden name value=at?.to_rfc3339_seconds() /> }))
        .collect::<Vec<_>>();
    let day = |name: &'static str, label: &'static str, value: String| {
        view! {
            <Field name label value layout=FieldLayout::Small>
                <TextInput placeholder="2026-11-25" />
            </Field>
        }
    };
    let within = within.then(|| view! { <Hidden name="within" value="1" /> });
    view! {
        <SearchForm
            action=path.clone()
            class="grid grid-cols-2 gap-x-3 gap-y-3 px-4 py-3 md:px-6 md:max-xl:grid-cols-4 xl:grid-cols-[minmax(0,1fr)] xl:py-4"
        >
            {kept}
            {within}
            <SearchInput
                name="q"
                label="Search the log"
                value=q
                placeholder="Any words"
                class="relative min-w-0 max-xl:[grid-column:1/-1]"
            />
            {select("outcome", "Outcome", outcome, std::iter::once(any()).chain(outcomes).collect())}
            {select("category", "Category", category, std::iter::once(any()).chain(categories).collect())}
            {select("actor", "Actor", actor, std::iter::once(any()).chain(actors).collect())}
            {select("repository", "Repository", repository, std::iter::once(any()).chain(repositories).collect())}
            {day("first", "From", first)}
            {day("last", "To", last)}
            <div class="flex items-center gap-3 max-xl:[grid-column:1/-1]">
                <SubmitButton kind=ButtonKind::Plain>"Apply"</SubmitButton>
                {on.then(|| view! { <TextLink href=path class="text-[12px]">"Clear"</TextLink> })}
            </div>
        </SearchForm>
    }
    .into_any()
}
