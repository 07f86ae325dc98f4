//! Where one is signed in.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::account::Session;
use stackyard_ui::{
    Badge, BadgeTone, ButtonKind, ButtonSize, Cell, Column, Form, Hidden, RelativeTime, Row, RowTone, Section, SubmitButton,
    Table, counted, written,
};

use super::device::device;
use crate::accounts::forms::{RevokeOtherSessions, RevokeSession};

/// Every signed-in browser of the person.
#[component]
pub(super) fn Sessions(sessions: Vec<Session>, back: String) -> impl IntoView {
    let back = format!("{back}#sessions");
    let others = i64::try_from(sessions.iter().filter(|session| !session.current).count()).unwrap_or(0);
    let columns = vec![
        Column::new("Device", ""),
        Column::new("Address", "md:w-[164px]"),
        Column::new("Last seen", "md:w-[112px]"),
        Column::silent("Sign out", "md:w-[104px]"),
    ];
    let rows = sessions.into_iter().map(|session| view! { <SessionRow session back=back.clone() /> });
    let rows = written(rows);
    view! {
        <Section
            id="sessions"
            title="Sessions"
            lead="Where you are signed in."
            narrow=true
        >
            <Table label="Sessions" columns boxed=true>
                {rows}
            </Table>
            {(others > 0)
                .then(|| {
                    view! {
                        <Form
                            action=RevokeOtherSessions::url()
                            back
                            class="mt-3 flex flex-wrap items-center gap-3"
                        >
                            <SubmitButton kind=ButtonKind::Danger>"Sign out everywhere else"</SubmitButton>
                            <span class="text-[12px] text-ink-muted">
                                {format!(
                                    "{} at once. This one stays.",
                                    counted(others, "session ends", "sessions end"),
                                )}
                            </span>
                        </Form>
                    }
                })}
        </Section>
    }
    .into_any()
}

#[component]
fn SessionRow(session: Session, back: String) -> impl IntoView {
    let name = device(session.user_agent.as_deref());
    let tone = if session.current { RowTone::Selected } else { RowTone::Rest };
    let label = format!("Sign out {name}");
    view! {
        <Row tone>
            <Cell class="max-md:col-start-1">
                <span class="flex min-w-0 items-center gap-2">
                    <span class="truncate font-medium" title=session.user_agent.unwrap_or_default()>
                        {name}
                    </span>
                    {session.current.then(|| view! { <Badge tone=BadgeTone::Accent>"This one"</Badge> })}
                </span>
                <span class="block text-[12px] leading-4 text-ink-muted">
                    "signed in " <RelativeTime at=session.created_at />
                </span>
            </Cell>
            <Cell class="max-md:col-start-1">
                <span class="font-mono text-[12px] text-ink-muted">{session.address}</span>
            </Cell>
            <Cell class="max-md:col-start-1">
                <RelativeTime at=session.last_seen_at class="text-ink-muted max-md:text-[12px]" />
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/4]">
                {(!session.current)
                    .then(|| {
                        view! {
                            <Form action=RevokeSession::url() back>
                                <Hidden name="session" value=session.id.to_string() />
                                <SubmitButton
                                    kind=ButtonKind::DangerGhost
                                    size=ButtonSize::Small
                                    label
                                    class="-mr-2.5"
                                >
                                    "Sign out"
                                </SubmitButton>
                            </Form>
                        }
                    })}
            </Cell>
        </Row>
    }
    .into_any()
}
