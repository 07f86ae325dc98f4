//! The pages for what cannot be shown.

use leptos::prelude::*;
use stackyard_domain::Error;
use stackyard_ui::{BrokenTrack, ButtonKind, LinkButton, TextLink};

use crate::page::Page;
use crate::paths;
use crate::visit::Visit;

/// There is nothing, or nothing that this person may know of: one and the same page.
pub(crate) fn nothing(visit: &Visit) -> Page {
    let email = visit.person().map(|person| person.email.clone());
    let trace_id = visit.path().strip_prefix("/why/").map(ToOwned::to_owned);
    Page::wide("Nothing here", move || {
        let is_refusal = trace_id.is_some();
        let why = match trace_id {
            Some(trace_id) => view! {
                "Either no refusal has the id "
                <span class="font-mono text-[12px] text-ink wrap-words">{trace_id}</span>
                ", or it belongs to a workspace that you are not in. Which of the two is not said."
            }
            .into_any(),
            None => {
                "Either the address leads nowhere, or to something that you may not see. Which of the two is not said."
                    .into_any()
            }
        };
        let log = is_refusal.then(|| {
            view! {
                <li class="border-b border-line py-2">
                    "The reasons stand in the job’s log too, above this link: each permission, and the value that it needed."
                </li>
            }
        });
        let who = match email {
            Some(email) => view! {
                "You are signed in as "
                <span class="text-ink">{email}</span>
                ". If your team knows you by another address, sign in with that one."
            }
            .into_any(),
            None => view! {
                "You are not signed in. "
                <TextLink href=paths::SIGN_IN inline=true>
                    "Sign in"
                </TextLink>
                ", then follow the link again."
            }
            .into_any(),
        };
        view! {
            <div class="mx-auto grid max-w-[1168px] grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-6 px-4 py-10 md:px-6 lg:grid-cols-[minmax(0,480px)_minmax(0,360px)]">
                <div>
                    <BrokenTrack />
                    <h1 class="mt-4 text-[20px] leading-7 font-semibold tracking-[-0.01em]">
                        "There is nothing here that you may see"
                    </h1>
                    <p class="mt-1 text-ink-muted">{why}</p>
                    <div class="mt-4 flex flex-wrap gap-2">
                        <LinkButton href=paths::WORKSPACES>"My workspaces"</LinkButton>
                    </div>
                </div>
                <div class="border-line lg:border-l lg:pl-10">
                    <h2 class="text-[12px] font-medium">"What you can do"</h2>
                    <ul class="mt-1 text-[12px] leading-[18px] text-ink-muted">
                        {log}
                        <li class="py-2">{who}</li>
                    </ul>
                </div>
            </div>
        }
    })
}

/// It was refused, or it failed.
pub(crate) fn error(visit: &Visit, error: &Error) -> Page {
    let (title, next) = match error {
        Error::Forbidden(_) | Error::Denied(_) => {
            ("You may not do this", "Ask somebody who may, or go back.")
        }
        Error::Throttled { .. } => ("Too many attempts", "Load the page again after the pause."),
        Error::Invalid(_) | Error::Conflict(_) | Error::Refused(_) => {
            ("This address cannot be read", "Go back and follow the link again.")
        }
        Error::Unavailable(_) => ("A service does not answer", "Load the page again in a moment."),
        _ => {
            ("Something went wrong here", "Load the page again. If it stays, give the operator the trace id.")
        }
    };
    let message = error.user_message();
    let tag = error.tag();
    let trace_id = visit.ctx.request.trace_id.clone();
    Page::wide(title, move || {
        view! {
            <div class="mx-auto grid max-w-[1168px] grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-6 px-4 py-10 md:px-6 lg:grid-cols-[minmax(0,480px)_minmax(0,360px)]">
                <div>
                    <BrokenTrack />
                    <h1 class="mt-4 text-[20px] leading-7 font-semibold tracking-[-0.01em]">{title}</h1>
                    <p class="mt-1 text-ink-muted wrap-words">{message}</p>
                    <div class="mt-4 flex flex-wrap gap-2">
                        <LinkButton href=paths::WORKSPACES>"My workspaces"</LinkButton>
                        <LinkButton href=paths::help(tag) kind=ButtonKind::Ghost>
                            "What this means"
                        </LinkButton>
                    </div>
                </div>
                <div class="border-line lg:border-l lg:pl-10">
                    <h2 class="text-[12px] font-medium">"What you can do"</h2>
                    <ul class="mt-1 text-[12px] leading-[18px] text-ink-muted">
                        <li class="border-b border-line py-2">{next}</li>
                        <li class="py-2">
                            "Trace id " <span class="font-mono text-ink select-all">{trace_id}</span>
                        </li>
                    </ul>
                </div>
            </div>
        }
    })
}
