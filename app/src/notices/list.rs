//! What somebody was told, the newest first.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{notices, workspaces};
use stackyard_model::Action;
use stackyard_model::activity::What;
use stackyard_model::notice::Notice;
use stackyard_model::workspace::Membership;
use stackyard_ui::{
    ButtonKind, ButtonSize, Empty, EventSentence, EventTile, Form, Hidden, LinkButton, Pager, PlainTitle, RelativeTime,
    SubmitButton, Teller, TextLink, counted, written,
};

use crate::notices::forms::{ReadAllNotices, ReadNotice};
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// Notices of a page.
const LIMIT: u32 = 50;

/// `/notices?before=`. Looking at a notice does not mark it as read: browsers look ahead.
///
/// # Errors
/// [`stackyard_domain::Error::Unauthenticated`] when nobody is signed in.
pub async fn list(visit: Visit) -> Answer {
    let unread = visit.account()?.notices_unread;
    let before = visit.query("before");
    let page = notices::list(&visit.ctx, &before, LIMIT).await?;
    let mine = workspaces::list(&visit.ctx, "").await?;
    let faces = visit.faces(page.items.iter().map(|notice| notice.event.actor_id.as_str())).await?;
    let back = visit.here();
    Ok(Page::plain("Notices", move || {
        provide_context(faces);
        let newest = page.items.first().map(|notice| notice.event.id.to_string());
        // From an older page the newest that was seen is not known.
        let read_all = newest.filter(|_| unread > 0 && before.is_empty()).map(|last| {
            view! {
                <Form action=ReadAllNotices::url() back=back.clone()>
                    <Hidden name="last" value=last />
                    <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                        "Mark all as read"
                    </SubmitButton>
                </Form>
            }
        });
        let note = match unread {
            0 => "all read".to_owned(),
            unread => format!("{} unread", stackyard_ui::thousands(i64::from(unread))),
        };
        let body = if page.items.is_empty() {
            view! {
                <Empty
                    title="Nothing was told to you yet"
                    text="You hear here when somebody changes whom your workspaces trust, or your own account."
                />
            }
            .into_any()
        } else {
            let count = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
            let shown = counted(count, "notice", "notices");
            let newer = (!before.is_empty()).then(|| paths::NOTICES.to_owned());
            let older = page.next_cursor.as_deref().map(|next| paths::with_params(paths::NOTICES, &[("before", next)]));
            let rows = page.items.into_iter().map(|notice| {
                let to = leads_to(&notice, &mine);
                view! { <NoticeRow notice to back=back.clone() /> }
            });
            view! {
                <ul class="mt-6 rounded-[6px] border border-line">{written(rows)}</ul>
                <Pager shown newer older />
            }
            .into_any()
        };
        view! {
            <PlainTitle title="Notices" note>
                <span class="grow"></span>
                {read_all}
                <LinkButton href="/account#notices" size=ButtonSize::Small>
                    "How you hear of them"
                </LinkButton>
            </PlainTitle>
            {body}
        }
    }))
}

/// Where the event stands for who reads the notice: in the log of a workspace whose log they may see, or in their account. A
/// request for access leads those to it who decide.
fn leads_to(notice: &Notice, mine: &[Membership]) -> Option<String> {
    let Some(place) = &notice.place else { return Some(paths::ACCOUNT.to_owned()) };
    let membership = mine.iter().find(|mine| mine.workspace.id == place.id)?;
    if notice.event.what() == Some(What::AccessRequested)
        && membership.may(Action::ManageMembers)
        && let Ok(request) = notice.event.target_id.parse()
    {
        return Some(paths::access_request(&membership.workspace, &request));
    }
    let seen = membership.may(Action::SeeResources);
    seen.then(|| paths::events_with(&membership.workspace, &notice.event.trace_id))
}

#[component]
fn NoticeRow(notice: Notice, to: Option<String>, back: String) -> impl IntoView {
    let Notice { event, place, read } = notice;
    let class = if read {
        "flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0"
    } else {
        "flex items-start gap-3 border-b border-line bg-accent-soft px-4 py-3 last:border-b-0"
    };
    let label = format!("Mark as read: {}", stackyard_model::sentence::event_text(&event, Teller::Actor));
    let id = event.id.to_string();
    let mark = (!read).then(|| {
        view! {
            <Form action=ReadNotice::url() back class="shrink-0">
                <Hidden name="event" value=id />
                <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label>
                    "Mark as read"
                </SubmitButton>
            </Form>
        }
    });
    let where_ = place.map_or_else(|| "Your account".to_owned(), |place| place.name);
    let about = match to {
        Some(href) => view! { <TextLink href class="wrap-words">{where_}</TextLink> }.into_any(),
        None => view! { <span class="wrap-words">{where_}</span> }.into_any(),
    };
    let unread = (!read).then(|| view! { <span class="sr-only">"Unread: "</span> });
    view! {
        <li class=class>
            <span class="mt-0.5">
                <EventTile event=&event />
            </span>
            <div class="min-w-0 grow">
                <p class="wrap-words text-ink-muted">{unread} <EventSentence event=&event teller=Teller::Actor /></p>
                <p class="mt-0.5 flex flex-wrap gap-x-3 text-[12px] leading-4 text-ink-muted">
                    {about} <RelativeTime at=event.at />
                </p>
            </div>
            {mark}
        </li>
    }
    .into_any()
}
