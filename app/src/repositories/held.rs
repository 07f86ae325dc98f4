//! A repository that turned up under another name or owner.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::repository::Repository;
use stackyard_ui::{Banner, ButtonKind, ButtonSize, Code, Form, Hidden, RelativeTime, SubmitButton};

use crate::repositories::forms::ConfirmIdentity;

#[component]
pub(super) fn HeldBanner(repository: Repository, slug: String, back: String, may_confirm: bool) -> impl IntoView {
    let Repository { id, name, remote_id, remote_owner_id, held, .. } = repository;
    let Some(held) = held else { return ().into_any() };
    let number = |id: Option<i64>| id.map_or_else(|| "not known".to_owned(), |id| id.to_string());
    let same_owner = remote_owner_id == Some(held.remote_owner_id);
    let what = if same_owner { "turned up under another name" } else { "turned up with another owner" };
    let (shown_name, shown_owner) = (held.name.clone(), held.remote_owner_id.to_string());
    let confirm = if may_confirm {
        view! {
            <Form action=ConfirmIdentity::url() back class="mt-2">
                <Hidden name="workspace" value=slug />
                <Hidden name="repository" value=id.to_string() />
                <Hidden name="name" value=shown_name />
                <Hidden name="owner" value=shown_owner />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>"Confirm"</SubmitButton>
            </Form>
        }
        .into_any()
    } else {
        view! { <p class="mt-1 text-[12px] text-ink-muted">"Owners and admins can confirm it."</p> }.into_any()
    };
    view! {
        <Banner class="m-4 md:mx-6">
            <p>
                <span class="font-medium">{name.clone()}</span>
                " "
                {what}
                ". Its workflows are refused until that is confirmed."
            </p>
            <dl class="mt-2 grid max-w-[560px] grid-cols-[auto_minmax(0,1fr)_auto_auto] gap-x-4 gap-y-1 text-[12px]">
                <dt class="text-ink-muted">"Configured as"</dt>
                <dd class="min-w-0">
                    <Code text=name />
                </dd>
                <dd class="text-ink-muted">"id " <span class="font-mono text-ink">{number(remote_id)}</span></dd>
                <dd class="text-ink-muted">
                    "owner " <span class="font-mono text-ink">{number(remote_owner_id)}</span>
                </dd>
                <dt class="text-ink-muted">"Came as"</dt>
                <dd class="min-w-0">
                    <Code text=held.name />
                </dd>
                <dd class="text-ink-muted">"id " <span class="font-mono text-ink">{number(remote_id)}</span></dd>
                <dd class="text-ink-muted">
                    "owner " <span class="font-mono text-ink">{held.remote_owner_id}</span>
                </dd>
            </dl>
            <p class="mt-1 text-[12px] text-ink-muted">"First seen " <RelativeTime at=held.since /> "."</p>
            {confirm}
        </Banner>
    }
    .into_any()
}
