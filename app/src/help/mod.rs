//! What each error means and what to do.

mod api;

use leptos::prelude::*;
use stackyard_domain::Error;
use stackyard_domain::help::{self as service, Topic};
use stackyard_ui::{Code, PlainTitle, TextLink};

use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

pub use api::{ApiField, ApiOperation, ApiPart, ApiReference, reference};

/// `/help`.
///
/// # Errors
/// None.
pub async fn index(_visit: Visit) -> Answer {
    Ok(Page::plain("Help", || {
        let rows = service::all()
            .iter()
            .map(|topic| {
                view! {
                    <li class="border-b border-line py-3 last:border-b-0">
                        <h2 class="font-medium">
                            <TextLink href=paths::help(topic.tag)>{topic.title}</TextLink>
                        </h2>
                        <p class="mt-0.5 text-[12px] leading-[18px] text-ink-muted">
                            <Code text=topic.tag />
                        </p>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        let steps = service::DECISION
            .iter()
            .map(|(name, text)| {
                view! {
                    <li class="py-1">
                        <span class="font-medium">{*name}</span>
                        ": "
                        <span class="text-ink-muted">{*text}</span>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <PlainTitle title="Help" />
            <p class="mt-1 text-ink-muted">
                "What each error means and what to do. "
                <TextLink href=paths::help("api") inline=true>
                    "How scripts and services use the API"
                </TextLink>
            </p>
            <ul class="mt-4 max-w-[760px] border-t border-line">{rows}</ul>
            <section class="mt-8 max-w-[760px]">
                <h2 id="decision" class="text-[14px] leading-5 font-semibold">"How a request is decided"</h2>
                <ol class="mt-1 list-decimal pl-5">{steps}</ol>
            </section>
        }
    }))
}

/// `/help/{tag}`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such error.
pub async fn topic(visit: Visit) -> Answer {
    let Topic { tag, title, meaning, what_to_do } = service::topic(&visit.param("tag")).ok_or(Error::NotFound)?;
    Ok(Page::plain(*title, move || {
        let steps = what_to_do.iter().map(|step| view! { <li class="py-1">{*step}</li> }).collect::<Vec<_>>();
        view! {
            <PlainTitle title=*title />
            <p class="mt-1">
                <Code text=*tag />
            </p>
            <div class="max-w-[760px]">
                <p class="mt-4 text-ink-muted">{*meaning}</p>
                <h2 class="mt-6 text-[14px] leading-5 font-semibold">"What to do"</h2>
                <ul class="mt-1 list-disc pl-5 text-ink-muted">{steps}</ul>
                <p class="mt-6 text-[12px]">
                    <TextLink href="/help">"All errors"</TextLink>
                </p>
            </div>
        }
    }))
}
