//! My account: profile, preferences, password, sessions, workspaces, notices.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{sessions, workspaces};
use stackyard_ui::{
    ButtonKind, Field, Form, FormErrors, PersonTile, Section, SubmitButton, TextInput, TextLink, TileSize, counted,
};

use super::preferences::Preferences;
use super::profile::Profile;
use super::sessions::Sessions;
use super::whose_password::WhosePassword;
use super::workspaces::{NoticeSettings, Workspaces};
use crate::accounts::forms::ChangePassword;
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
    let picture = visit.form("account/picture");
    let notices = visit.form("account/notices");
    let mails = visit.ctx.deps().mailer().is_some();
    let back = visit.here();
    Ok(Page::wide("My account", move || {
        let email = person.email.clone();
        let face = person.picture.as_ref().map(|version| paths::picture(&person.id, version));
        let default = person.default_workspace.as_ref().map(ToString::to_string);
        let notice_mail = person.notice_mail;
        let count = i64::try_from(memberships.len()).unwrap_or(i64::MAX);
        let note = match count {
            0 => "in no workspace yet".to_owned(),
            1 => "in 1 workspace".to_owned(),
            _ => format!("the same in {}", counted(count, "workspace", "workspaces")),
        };
        let links = [
            ("#profile", "Profile"),
            ("#preferences", "Preferences"),
            ("#password", "Password"),
            ("#sessions", "Sessions"),
            ("#workspaces", "Workspaces"),
            ("#notices", "Notices"),
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
                    <PersonTile name=person.name.clone() picture=face size=TileSize::Px32 />
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
                    <Profile state=profile picture person=person.clone() mails back=back.clone() />
                    <Preferences state=preferences account=person memberships=memberships.clone() back=back.clone() />
                    <Password state=password email back=back.clone() />
                    <Sessions sessions back=back.clone() />
                    <Workspaces memberships default />
                    <NoticeSettings state=notices mail=notice_mail mails back />
                </div>
            </div>
        }
    }))
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
                <WhosePassword email />
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
