//! The page that a link leads to, in all its states.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::invitations::{self as service, Ended, Found, Offer, Standing};
use stackyard_model::Role;
use stackyard_model::invitation::{Invited, LinkWay};
use stackyard_ui::{
    ButtonKind, ButtonSize, Field, FirstRunTitle, Form, FormErrors, Hidden, LinkButton, PersonTile, RelativeTime, RoleBadge,
    SubmitButton, TextInput, TextLink, TileSize, WorkspaceTile,
};

use crate::accounts::forms::SignOut;
use crate::forms::{FormState, tell_no_path};
use crate::invitations::forms::{AcceptInvitation, DeclineInvitation, JoinByInvitation};
use crate::page::{Answer, Page};
use crate::paths;
use crate::team::ROLES;
use crate::visit::Visit;

/// What the page knows besides the invitation.
struct Around {
    token: String,
    state: FormState,
    /// The page itself, to come back to.
    here: String,
    /// Name and address of who is signed in.
    me: Option<(String, String)>,
    /// Whether this server sends mail.
    mails: bool,
}

/// Where somebody goes from a link that leads nowhere.
#[derive(Clone, Copy)]
struct Onwards {
    href: &'static str,
    label: &'static str,
}

impl Around {
    const fn onwards(&self) -> Onwards {
        if self.me.is_some() {
            Onwards { href: paths::WORKSPACES, label: "My workspaces" }
        } else {
            Onwards { href: paths::SIGN_IN, label: "Sign in" }
        }
    }
}

/// `/invite/{token}`. Looking at it uses nothing up: mail scanners and link previews look too.
///
/// # Errors
/// Those of the service.
pub async fn invite(visit: Visit) -> Answer {
    tell_no_path();
    let token = visit.param("token");
    let found = service::look(&visit.ctx, &token).await?;
    let around = Around {
        state: visit.form("invitations/join"),
        here: visit.path().to_owned(),
        me: visit.person().map(|person| (person.name.clone(), person.email.clone())),
        mails: visit.ctx.deps().mailer().is_some(),
        token,
    };
    Ok(match found {
        Found::Unknown => {
            let (onwards, mails) = (around.onwards(), around.mails);
            Page::first_run("Nobody knows this link", move || view! { <Unknown onwards mails /> }, || (), || ())
        }
        Found::Ended(invited, ended) => {
            let (aside, onwards, mails) = ((*invited).clone(), around.onwards(), around.mails);
            Page::first_run(
                "This invitation does not count any more",
                move || view! { <Over invited=*invited ended onwards mails /> },
                move || view! { <Offered invited=aside /> },
                || (),
            )
        }
        Found::Open(offer) => {
            let aside = offer.invited.clone();
            let title = format!("Join {}", aside.workspace.name);
            let joins = !matches!(offer.standing, Standing::Member { .. } | Standing::Suspended);
            let unused = "Nothing was used up by opening this page. The link works once, when you join.";
            Page::first_run(
                title,
                move || view! { <Open offer=*offer around /> },
                move || view! { <Offered invited=aside /> },
                move || joins.then_some(unused),
            )
        }
    })
}

#[component]
fn Unknown(onwards: Onwards, mails: bool) -> impl IntoView {
    let again = if mails {
        "Open it from the mail again, or ask who sent it."
    } else {
        "Ask who gave it to you for the whole link."
    };
    view! {
        <div class="flex flex-col gap-5">
            <FirstRunTitle title="Nobody knows this link">
                "It is cut off or mistyped, or its workspace is gone. "
                {again}
            </FirstRunTitle>
            <p>
                <TextLink href=onwards.href>{onwards.label}</TextLink>
            </p>
        </div>
    }
}

#[component]
fn Over(invited: Invited, ended: Ended, onwards: Onwards, mails: bool) -> impl IntoView {
    let later = if mails { "Look for the later mail, or ask for the later link." } else { "Ask for the later link." };
    let inviter = invited.invited_by_name;
    let at = |at| view! { <RelativeTime at class="text-ink" /> };
    let (title, text) = match ended {
        Ended::Expired => (
            "This invitation has expired",
            view! {
                "Its time was over " {at(invited.expires_at)}
                {format!(". Nothing is lost: ask {inviter} for a new one, which takes its place.")}
            }
            .into_any(),
        ),
        Ended::Used(when) => (
            "This invitation was used",
            view! { {at(when)} ". A link works once. If that was you, you are in." }.into_any(),
        ),
        Ended::Declined(when) => (
            "This invitation was declined",
            view! { {at(when)} {format!(". If you changed your mind, ask {inviter} for a new one.")} }.into_any(),
        ),
        Ended::Revoked(by, when) => (
            "This invitation was taken back",
            view! { {format!("{by} took it back ")} {at(when)} ". Ask them, if that surprises you." }.into_any(),
        ),
        Ended::Replaced(when) => (
            "A newer invitation was sent",
            view! { "A new link took its place " {at(when)} ". " {later} }
                .into_any(),
        ),
        Ended::Unbacked => (
            "This invitation does not count any more",
            format!("{inviter} may not invite into this workspace now. Ask another owner or admin for a new one.")
                .into_any(),
        ),
    };
    view! {
        <div class="flex flex-col gap-5">
            <FirstRunTitle title>{text}</FirstRunTitle>
            <Onward onwards />
        </div>
    }
}

#[component]
fn Onward(onwards: Onwards) -> impl IntoView {
    view! {
        <p>
            <LinkButton href=onwards.href kind=ButtonKind::Plain>
                {onwards.label}
            </LinkButton>
        </p>
    }
}

#[component]
fn Open(offer: Offer, around: Around) -> impl IntoView {
    let Offer { invited, way, standing } = offer;
    let lead = view! { <Lead invited=invited.clone() /> };
    let title = format!("Join {}", invited.workspace.name);
    match standing {
        Standing::Nobody { has_account: false } => view! { <NewPerson invited way around /> }.into_any(),
        Standing::Nobody { has_account: true } => {
            let sign_in = paths::sign_in(&around.here);
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title>{lead}</FirstRunTitle>
                    <p class="text-ink-muted">
                        "There is an account with " <span class="text-ink wrap-words">{invited.email}</span>
                        " already. Sign in with it, and this page comes back."
                    </p>
                    <div class="flex flex-wrap gap-2">
                        <LinkButton href=sign_in kind=ButtonKind::Primary>
                            "Sign in to join"
                        </LinkButton>
                        <Decline around />
                    </div>
                </div>
            }
            .into_any()
        }
        Standing::Addressee => {
            let (name, email) = around.me.clone().unwrap_or_default();
            let join = format!("Join as {name}");
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title>{lead}</FirstRunTitle>
                    <Account name email note="invited" />
                    <div class="flex flex-wrap gap-2">
                        <Accept token=around.token.clone() back=around.here.clone() label=join />
                        <Decline around />
                    </div>
                </div>
            }
            .into_any()
        }
        Standing::Other => view! { <Another invited around /> }.into_any(),
        Standing::Member { role, since } => {
            let (name, email) = around.me.clone().unwrap_or_default();
            let open = format!("Open {}", invited.workspace.name);
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title="You are in already">
                        {format!("As {} of {}, since ", role.label(), invited.workspace.name)}
                        <RelativeTime at=since class="text-ink" />
                        {format!(". This invitation asked for {}; your role stays as it is.", invited.role.label())}
                    </FirstRunTitle>
                    <Account name email note=role.label() />
                    <div>
                        <Accept token=around.token back=around.here label=open />
                    </div>
                    <p class="text-[12px] text-ink-muted">
                        "The invitation is closed then, so that nobody else can use the link."
                    </p>
                </div>
            }
            .into_any()
        }
        Standing::Suspended => {
            let onwards = around.onwards();
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title="Your access is suspended">
                        {format!("You are a member of {}, and kept out for now. An invitation does not change that: ask an owner or admin.", invited.workspace.name)}
                    </FirstRunTitle>
                    <Onward onwards />
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Lead(invited: Invited) -> impl IntoView {
    view! {
        {invited.invited_by_name} " invited you, as " <strong class="font-semibold text-ink">{invited.role.label()}</strong>
        ". Expires " <RelativeTime at=invited.expires_at class="" /> "."
    }
}

#[component]
fn NewPerson(invited: Invited, way: LinkWay, around: Around) -> impl IntoView {
    let title = format!("Join {}", invited.workspace.name);
    let proof = match (way, around.mails) {
        (LinkWay::Mailed, _) => "Yours: the link came to this mailbox.",
        (LinkWay::Copied, false) => "Not proven: this link was handed over.",
        (LinkWay::Copied, true) => {
            "Not proven: this link was handed over. Your account is marked unverified until you answer a mail."
        }
    };
    let sign_in = paths::sign_in(&around.here);
    let email = invited.email.clone();
    let (token, back, state) = (around.token.clone(), around.here.clone(), around.state.clone());
    view! {
        <Form
            action=JoinByInvitation::url()
            back
            errors=state.errors.clone()
            class="flex flex-col gap-5"
        >
            <Hidden name="link" value=token />
            <FirstRunTitle title>
                <Lead invited />
            </FirstRunTitle>
            <FormErrors />
            <Field name="email" label="E-mail" value=email hint=proof>
                <TextInput large=true kind="email" disabled=true autocomplete="username" />
            </Field>
            <Field name="name" label="Name" value=state.value("name", "")>
                <TextInput large=true required=true autocomplete="name" maxlength=200_u32 autofocus=true />
            </Field>
            <Field name="password" label="Password" hint="12 characters or more. Spaces and any letters are fine.">
                <TextInput large=true required=true kind="password" autocomplete="new-password" minlength=12_u32 />
            </Field>
            <SubmitButton size=ButtonSize::Large class="w-full">
                "Create account and join"
            </SubmitButton>
        </Form>
        <div class="mt-5 flex flex-wrap items-center gap-x-2 text-[12px] text-ink-muted">
            <p>
                "Have an account already? " <TextLink href=sign_in inline=true>
                    "Sign in with it first"
                </TextLink> "."
            </p>
            <Decline around />
        </div>
    }
}

#[component]
fn Another(invited: Invited, around: Around) -> impl IntoView {
    let (name, email) = around.me.clone().unwrap_or_default();
    let join = format!("Join as {name}");
    let go_on = format!("Go on as {}", invited.email);
    let both = format!("Joins with this account. The log tells {} that {email} used it.", invited.invited_by_name);
    let (token, here) = (around.token, around.here);
    let (back, next) = (here.clone(), here.clone());
    let box_class = "rounded-[6px] border border-line-strong p-4";
    view! {
        <div class="flex flex-col gap-4">
            <FirstRunTitle title="This invitation is for another address">
                "It went to " <strong class="font-semibold text-ink wrap-words">{invited.email}</strong>
                ". You are signed in as " <strong class="font-semibold text-ink wrap-words">{email}</strong> "."
            </FirstRunTitle>
            <div class=box_class>
                <h2 class="font-medium wrap-words">{go_on}</h2>
                <p class="mt-0.5 mb-3 text-[12px] text-ink-muted">
                    {format!("Signs {name} out of this browser, then comes back here.")}
                </p>
                <Form action=SignOut::url() back>
                    <Hidden name="next" value=next />
                    <SubmitButton>"Switch account"</SubmitButton>
                </Form>
            </div>
            <div class=box_class>
                <h2 class="font-medium">"Both addresses are mine"</h2>
                <p class="mt-0.5 mb-3 text-[12px] text-ink-muted wrap-words">
                    {both}
                </p>
                <Accept token back=here label=join plain=true />
            </div>
        </div>
    }
}

#[component]
fn Accept(token: String, back: String, label: String, #[prop(optional)] plain: bool) -> impl IntoView {
    let kind = if plain { ButtonKind::Plain } else { ButtonKind::Primary };
    view! {
        <Form action=AcceptInvitation::url() back>
            <Hidden name="link" value=token />
            <SubmitButton kind>{label}</SubmitButton>
        </Form>
    }
}

#[component]
fn Decline(around: Around) -> impl IntoView {
    view! {
        <Form action=DeclineInvitation::url() back=around.here>
            <Hidden name="link" value=around.token />
            <SubmitButton kind=ButtonKind::Ghost>"Decline"</SubmitButton>
        </Form>
    }
}

/// The account that would join.
#[component]
fn Account(name: String, email: String, #[prop(into)] note: String) -> impl IntoView {
    view! {
        <div class="flex items-center gap-3 rounded-[6px] border border-line-strong px-3 py-2">
            <PersonTile name=name.clone() size=TileSize::Px28 />
            <p class="min-w-0 grow leading-4">
                <span class="block truncate font-medium">{name}</span>
                <span class="block truncate text-[12px] text-ink-muted">{email}</span>
            </p>
            <span class="text-[12px] text-ink-muted">{note}</span>
        </div>
    }
}

/// What is offered, over the drawing.
#[component]
fn Offered(invited: Invited) -> impl IntoView {
    let consequence = ROLES.iter().find(|(role, _)| *role == invited.role).map_or("", |(_, text)| text);
    let role: Role = invited.role;
    view! {
        <aside
            aria-label="The workspace"
            class="absolute bottom-10 left-10 w-[400px] max-w-[calc(100%-80px)] rounded-[6px] border border-line-strong bg-surface p-5"
        >
            <div class="flex items-center gap-3">
                <WorkspaceTile name=invited.workspace.name.clone() logo=None size=TileSize::Px32 />
                <p class="min-w-0 grow text-[14px] font-semibold wrap-words">{invited.workspace.name}</p>
                <RoleBadge role />
            </div>
            <p class="mt-3 text-[12px] leading-[18px] text-ink-muted wrap-words">
                {format!("{} was invited by {}. ", invited.email, invited.invited_by_name)} {consequence}
            </p>
        </aside>
    }
}
