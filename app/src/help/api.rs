//! The API, to be read.

use std::sync::Arc;

use leptos::prelude::*;
use stackyard_domain::Error;
use stackyard_ui::{Badge, Code, Marked, PlainTitle, TextLink};

use crate::page::{Answer, Page};
use crate::visit::Visit;

/// The API as the server describes it, from the same document that it serves to programs.
#[derive(Debug, Clone, Default)]
pub struct ApiReference(pub Arc<Vec<ApiPart>>);

/// Operations of one kind of thing.
#[derive(Debug, Clone)]
pub struct ApiPart {
    /// What they are about.
    pub name: String,
    /// The operations.
    pub operations: Vec<ApiOperation>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct ApiOperation {
    /// Its name for programs, unique.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// What it does, in a few words.
    pub title: String,
    /// What else is to be known of it.
    pub text: String,
    /// What stands in its address and headers.
    pub parameters: Vec<ApiField>,
    /// What its body has.
    pub body: Vec<ApiField>,
    /// What its answer's data has.
    pub data: Vec<ApiField>,
}

/// A value that is sent or answered.
#[derive(Debug, Clone)]
pub struct ApiField {
    /// Its name.
    pub name: String,
    /// What it is: "string", "integer, or null".
    pub kind: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub text: String,
}

/// `/help/api`.
///
/// # Errors
/// [`Error::Internal`] when the server gave no description.
pub async fn reference(_visit: Visit) -> Answer {
    let reference = use_context::<ApiReference>();
    let reference = reference.ok_or_else(|| Error::Internal("no reference in the context".to_owned()))?;
    Ok(Page::plain("API", move || {
        let contents = reference.0.iter().map(|part| view! { <Contents part=part.clone() /> }).collect::<Vec<_>>();
        let parts = reference.0.iter().map(|part| view! { <Part part=part.clone() /> }).collect::<Vec<_>>();
        view! {
            <PlainTitle title="API" />
            <div class="max-w-[860px]">
                <p class="mt-1 text-ink-muted">
                    "What the dashboard does with a workspace, for scripts and services. Send an access token or an API key as "
                    <Code text="Authorization: Bearer …" />
                    "; owners and admins make them under Workspace Settings. Bodies and answers are JSON. "
                    <TextLink href="/api/v1/openapi.json" inline=true>
                        "The same as an OpenAPI document"
                    </TextLink> "."
                </p>
                <p class="mt-3 text-ink-muted">
                    "Every answer is an envelope: what is described here is its " <Code text="data" />
                    ". A refusal has " <Code text="errorTag" /> ", which "
                    <TextLink href="/help" inline=true>
                        "the help pages"
                    </TextLink> " explain, and " <Code text="errorMessage" /> ". A list has " <Code text="items" /> " and "
                    <Code text="nextCursor" /> ", which is the " <Code text="cursor" />
                    " of the next page. More than 1,000 requests in a minute are answered 429 until it is over."
                </p>
                <nav class="mt-6" aria-label="Operations">
                    {contents}
                </nav>
                {parts}
            </div>
        }
    }))
}

#[component]
fn Contents(part: ApiPart) -> impl IntoView {
    let links = part
        .operations
        .into_iter()
        .map(|operation| {
            view! {
                <li>
                    <TextLink href=format!("#{}", operation.id) class="inline-block py-1.5">
                        {operation.title}
                    </TextLink>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <p class="mt-3 text-[12px] text-ink-faint">{part.name}</p>
        <ul class="flex flex-wrap gap-x-4">{links}</ul>
    }
}

#[component]
fn Part(part: ApiPart) -> impl IntoView {
    let operations =
        part.operations.into_iter().map(|operation| view! { <Operation operation /> }).collect::<Vec<_>>();
    view! {
        <section class="mt-10">
            <h2 class="text-[16px] leading-6 font-semibold">{part.name}</h2>
            {operations}
        </section>
    }
}

#[component]
fn Operation(operation: ApiOperation) -> impl IntoView {
    let ApiOperation { id, method, path, title, text, parameters, body, data } = operation;
    let paragraphs = text
        .split("\n\n")
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| view! { <p class="mt-1 text-ink-muted"><Marked text=paragraph /></p> })
        .collect::<Vec<_>>();
    view! {
        <article id=id class="mt-5 border-t border-line pt-4">
            <h3 class="font-medium">{title}</h3>
            <p class="mt-1 flex flex-wrap items-center gap-2">
                <Badge>{method}</Badge>
                <Code text=path />
            </p>
            {paragraphs} <Fields title="Parameters" fields=parameters /> <Fields title="Body" fields=body />
            <Fields title="Data of the answer" fields=data />
        </article>
    }
}

#[component]
fn Fields(title: &'static str, fields: Vec<ApiField>) -> impl IntoView {
    if fields.is_empty() {
        return ().into_any();
    }
    let rows = fields
        .into_iter()
        .map(|field| {
            let kind = if field.required { field.kind } else { format!("{}, optional", field.kind) };
            view! {
                <li class="grid gap-x-4 border-t border-line py-1.5 first:border-t-0 sm:grid-cols-[260px_minmax(0,1fr)]">
                    <span class="min-w-0">
                        <Code text=field.name />
                        " "
                        <span class="text-[12px] text-ink-faint">{kind}</span>
                    </span>
                    <span class="min-w-0 text-[12px] leading-5 text-ink-muted wrap-words"><Marked text=field.text.clone() /></span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <h4 class="mt-3 text-[12px] text-ink-faint">{title}</h4>
        <ul class="mt-1">{rows}</ul>
    }
    .into_any()
}
