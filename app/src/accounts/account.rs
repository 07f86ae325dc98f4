//! My account: profile, preferences, password, sessions.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{sessions, workspaces};
use stackyard_model::account::Session;
use stackyard_ui::{
    Badge, BadgeTone, ButtonKind, ButtonSize, Cell, Column, Field, Form, FormErrors, Hidden, PersonTile,
    RelativeTime, Row, RowTone, Section, SubmitButton, Table, TextInput, TextLink, TileSize, counted, written,
};

use super::device::device;
use super::preferences::Preferences;
use crate::accounts::forms::{ChangePassword, RevokeOtherSessions, RevokeSession, UpdateProfile};
use crate::forms::FormState;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// `/account`.
///
/// # Errors
/// [`stackyard_domain::Error::Unauthenticated`] when nobody is signed in.
pub async fn account(visit: Visit) -> Answer {
    let person = visit.account()?.clone();
    let memberships = workspaces::list(&visit.ctx, "").await?;
    let sessions = sessions::list(&visit.ctx).await?;
    let profile = visit.form("account/profile");
    let preferences = visit.form("account/preferences");
    let password = visit.form("account/password");
    let back = visit.here();
    Ok(Page::wide("My account", move || {
        let email = person.email.clone();
        let count = i64::try_from(memberships.len()).unwrap_or(i64::MAX);
        let note = format!("the same in {}", counted(count, "workspace", "workspaces"));
        let links = [
            ("#profile", "Profile"),
            ("#preferences", "Preferences"),
            ("#password", "Password"),
            ("#sessions", "Sessions"),
        ];
        let links = links
            .into_iter()
            .map(|(href, label)| {
                view! {
                    <a
                        href=href
                        class="focus-inset flex h-8 shrink-0 items-center rounded-[5px] px-3 lg:-ml-3 text-ink-muted hover:bg-hover hover:text-ink"
                    >
                        {label}
                    </a>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <div class="mx-auto max-w-[1168px] px-4 md:px-6">
                <div class="flex flex-wrap items-center gap-x-3 gap-y-1 pt-8">
                    <PersonTile name=person.name.clone() size=TileSize::Px32 />
                    <h1 class="text-[20px] leading-7 font-semibold tracking-[-0.01em]">"My account"</h1>
                    <p class="text-ink-faint">{note}</p>
                    <TextLink
                        href=paths::WORKSPACES
                        class="ml-auto inline-flex min-h-6 items-center text-[12px] max-sm:ml-0"
                    >
                        "All workspaces"
                    </TextLink>
                </div>
            </div>
            <div class="mx-auto max-w-[1168px] lg:grid lg:grid-cols-[160px_minmax(0,1fr)] lg:gap-x-10 lg:px-6">
                <nav
                    class="flex gap-1 overflow-x-auto border-line p-2 max-lg:mt-4 max-lg:border-y md:max-lg:px-4 lg:sticky lg:top-0 lg:flex-col lg:gap-px lg:self-start lg:px-0 lg:pt-6"
                    aria-label="Account"
                >
                    {links}
                </nav>
                <div class="min-w-0 px-4 md:max-lg:px-6 lg:px-0 lg:pb-16">
                    <Profile state=profile name=person.name.clone() email=person.email.clone() back=back.clone() />
                    <Preferences state=preferences account=person memberships back=back.clone() />
                    <Password state=password email back=back.clone() />
                    <Sessions sessions back />
                </div>
            </div>
        }
    }))
}

#[component]
fn Profile(state: FormState, name: String, email: String, back: String) -> impl IntoView {
    view! {
        <Section id="profile" title="Profile" lead="Who others see." narrow=true>
            <Form
                action=UpdateProfile::url()
                back=format!("{back}#profile")
                errors=state.errors.clone()
                class="flex max-w-[560px] flex-col gap-5"
            >
                <div class="grid gap-5 sm:grid-cols-2">
                    <Field name="name" label="Name" value=state.value("name", &name)>
                        <TextInput required=true autocomplete="name" />
                    </Field>
                    <div>
                        <span class="text-[13px] font-medium">"E-mail"</span>
                        <p class="mt-1 flex min-h-8 items-center rounded-[5px] border border-line-strong bg-surface-sunken px-2.5 wrap-words max-md:min-h-10">
                            {email}
                        </p>
                    </div>
                </div>
                <div class="flex items-center gap-3">
                    <SubmitButton kind=ButtonKind::Plain>"Save profile"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
        </Section>
    }
    .into_any()
}

#[component]
fn Password(state: FormState, email: String, back: String) -> impl IntoView {
    view! {
        <Section id="password" title="Password" narrow=true>
            <Form
                action=ChangePassword::url()
                back=format!("{back}#password")
                errors=state.errors
                class="flex max-w-[560px] flex-col gap-5"
            >
                // Tells password managers whose password it is.
                <input
                    type="text"
                    name="username"
                    value=email
                    autocomplete="username"
                    class="hidden"
                    tabindex="-1"
                    readonly
                />
                <div class="grid gap-5 sm:grid-cols-2">
                    <Field name="current" label="Current password">
                        <TextInput kind="password" required=true autocomplete="current-password" />
                    </Field>
                    <Field name="new" label="New password" hint="12 characters or more.">
                        <TextInput kind="password" required=true autocomplete="new-password" minlength=12_u32 />
                    </Field>
                </div>
                <div class="flex flex-wrap items-center gap-3">
                    <SubmitButton kind=ButtonKind::Plain>"Change password"</SubmitButton>
                    <span class="text-[12px] text-ink-muted">"Signs out every other session."</span>
                    <FormErrors />
                </div>
            </Form>
        </Section>
    }
    .into_any()
}

#[component]
fn Sessions(sessions: Vec<Session>, back: String) -> impl IntoView {
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
