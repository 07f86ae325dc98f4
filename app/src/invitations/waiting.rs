//! The invitations that wait for a person, over the list of their workspaces.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::invitation::Invited;
use stackyard_ui::{ButtonKind, ButtonSize, Form, Glyph, Hidden, Icon, RelativeTime, SubmitButton};

use crate::invitations::forms::{AcceptInvitation, DeclineInvitation};
use crate::paths;

#[component]
pub(crate) fn Waiting(invited: Invited) -> impl IntoView {
    let Invited { id, workspace, role, invited_by_name, expires_at, .. } = invited;
    let label = format!("Invitation to {}", workspace.name);
    let (to_decline, to_accept) = (id.to_string(), id.to_string());
    view! {
        <section
            class="mt-6 flex flex-wrap items-center gap-x-3 gap-y-3 rounded-[6px] border border-accent-line bg-accent-soft px-4 py-3"
            aria-label=label
        >
            <span class="text-accent">
                <Glyph icon=Icon::Mail />
            </span>
            <p class="min-w-0 grow basis-64 wrap-words">
                {invited_by_name} " invited you to " <strong class="font-semibold">{workspace.name}</strong> " as "
                <strong class="font-semibold">{role.label()}</strong> ". "
                <span class="whitespace-nowrap text-ink-muted">"Expires " <RelativeTime at=expires_at class="" /> "."</span>
            </p>
            <div class="flex gap-2">
                <Form action=DeclineInvitation::url() back=paths::WORKSPACES>
                    <Hidden name="invitation" value=to_decline />
                    <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                        "Decline"
                    </SubmitButton>
                </Form>
                <Form action=AcceptInvitation::url() back=paths::WORKSPACES>
                    <Hidden name="invitation" value=to_accept />
                    <SubmitButton size=ButtonSize::Small>"Accept"</SubmitButton>
                </Form>
            </div>
        </section>
    }
    .into_any()
}
