//! The settings of a workspace.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{Error, credentials, repositories, tokens, workspaces};
use stackyard_model::Action;
use stackyard_model::credential::{Credential, CredentialKind};
use stackyard_model::id::RepositoryTokenId;
use stackyard_model::repository::RepositoryName;
use stackyard_model::token::RepositoryToken;
use stackyard_model::workspace::{Totals, Workspace};
use stackyard_ui::{
    ButtonKind, ButtonSize, Checkbox, Field, FieldLayout, FileInput, Form, FormErrors, Hidden, PageHeader, Section, SideNav, SubmitButton, TextArea, TextInput, TextLink, TileSize, WorkspaceTile, counted,
};

use super::workspace_id::WorkspaceId;
use crate::credentials::{Credentials, dialog, part};
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::tokens::{RevokeDialog, Tokens};
use crate::visit::Visit;
use crate::workspaces::forms::{DeleteWorkspace, RemoveLogo, UpdateWorkspace};

/// What those see who may change settings.
struct Managed {
    general: FormState,
    logo: FormState,
    tokens: Vec<RepositoryToken>,
    repositories: Vec<RepositoryName>,
    token: FormState,
    secret: Option<String>,
    credentials: Vec<Credential>,
    /// Of an access token or an API key.
    credential_secret: Option<String>,
}

/// `/dashboard/workspaces/{slug}/settings`.
///
/// # Errors
/// As [`Visit::workspace`].
pub async fn settings(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let workspace = inside.workspace().clone();
    let managed = if here.may(Action::ManageSettings) {
        Some(Managed {
            general: visit.form("workspaces/update"),
            logo: visit.form("workspaces/logo"),
            tokens: tokens::list(&visit.ctx, here).await?,
            repositories: repositories::names(&visit.ctx, here).await?,
            token: visit.form("tokens/create"),
            secret: visit.secret_of("tokens/create"),
            credentials: credentials::list(&visit.ctx, here).await?,
            credential_secret: visit
                .secret_of("credentials/create")
                .or_else(|| visit.secret_of("credentials/rotate")),
        })
    } else {
        None
    };
    let totals = if here.may(Action::DeleteWorkspace) {
        Some((workspaces::totals(&visit.ctx, here).await?, visit.form("workspaces/delete")))
    } else {
        None
    };
    let revoked = if visit.has("revoke") {
        let id: RepositoryTokenId = visit.query("revoke").parse().map_err(|_| Error::NotFound)?;
        here.require(Action::ManageTokens)?;
        let mut tokens = managed.iter().flat_map(|managed| &managed.tokens);
        Some(tokens.find(|token| token.id == id).cloned().ok_or(Error::NotFound)?)
    } else {
        None
    };
    let listed = managed.as_ref().map_or(&[][..], |managed| &managed.credentials);
    let asked = dialog(&visit, here, listed)?;
    let of = workspace.clone();
    let back = visit.path().to_owned();
    let public_url = visit.ctx.deps().site.public_url.clone();
    let page = Page::of_workspace(&inside, Nav::Settings, "Workspace Settings", move || {
        let link = |id: &str, label: &str| (format!("#{id}"), label.to_owned());
        let mut links = Vec::new();
        if managed.is_some() {
            links.push(link("general", "General"));
        }
        links.push(link("id", "Workspace ID"));
        if managed.is_some() {
            links.push(link(part(CredentialKind::AccessToken), "Access tokens"));
            links.push(link(part(CredentialKind::ApiKey), "API keys"));
            links.push(link("tokens", "Repository tokens"));
        }
        if totals.is_some() {
            links.push(link("danger", "Danger zone"));
        }
        let (general, tokens) = match managed {
            Some(managed) => {
                let general = view! {
                    <General
                        workspace=workspace.clone()
                        state=managed.general
                        logo=managed.logo
                        back=back.clone()
                    />
                };
                let secret = managed.credential_secret;
                let tokens = view! {
                    <Credentials
                        kind=CredentialKind::AccessToken
                        workspace=workspace.clone()
                        credentials=managed.credentials.clone()
                        secret=secret.clone()
                    />
                    <Credentials
                        kind=CredentialKind::ApiKey
                        workspace=workspace.clone()
                        credentials=managed.credentials
                        secret
                    />
                    <Tokens
                        workspace=workspace.clone()
                        tokens=managed.tokens
                        repositories=managed.repositories
                        state=managed.token
                        secret=managed.secret
                        back=back.clone()
                    />
                };
                (general.into_any(), tokens.into_any())
            }
            None => {
                let why = view! {
                    <p class="border-b border-line px-4 py-4 text-ink-muted md:px-8">
                        "Owners and admins change the settings of this workspace. What every member may know is below."
                    </p>
                };
                (why.into_any(), ().into_any())
            }
        };
        let danger = totals.map(|(totals, state)| {
            view! { <Danger workspace=workspace.clone() totals state back=back.clone() /> }
        });
        view! {
            <PageHeader title="Workspace Settings" />
            <SideNav label="Settings" links>
                {general}
                <WorkspaceId workspace public_url />
                {tokens}
                {danger}
            </SideNav>
        }
    });
    Ok(match (revoked, asked) {
        (Some(token), _) => page.under("Revoke a token", move || view! { <RevokeDialog workspace=of token /> }),
        (None, Some((title, view))) => page.under(title, move || view.run()),
        (None, None) => page,
    })
}

#[component]
fn General(workspace: Workspace, state: FormState, logo: FormState, back: String) -> impl IntoView {
    let own_audience_only = state.ticked("own_audience_only", workspace.own_audience_only);
    let only_granted = state.ticked("only_granted", !workspace.members_see_all);
    let of = workspace.clone();
    view! {
        <Section id="general" title="General" lead="What people see in the switcher.">
            <Form
                action=UpdateWorkspace::url()
                back=format!("{back}#general")
                errors=state.errors.clone()
                class="flex max-w-[560px] flex-col gap-5"
            >
                <Hidden name="workspace" value=workspace.slug.clone() />
                <Hidden name="mark" value=workspaces::mark(&workspace) />
                <div class="grid gap-5 sm:grid-cols-2">
                    <Field name="name" label="Name" value=state.value("name", &workspace.name)>
                        <TextInput required=true minlength=3_u32 maxlength=255_u32 autocomplete="off" />
                    </Field>
                    <Field
                        name="slug"
                        label="Slug"
                        value=state.value("slug", &workspace.slug)
                        hint="Links with the old slug keep working for 90 days."
                    >
                        <TextInput mono=true required=true maxlength=63_u32 />
                    </Field>
                </div>
                <Field
                    name="description"
                    label="Description"
                    note="optional"
                    value=state.value("description", &workspace.description)
                >
                    <TextArea maxlength=1000_u32 />
                </Field>
                <div>
                    <Checkbox name="own_audience_only" checked=own_audience_only switch=true>
                        "Only tokens made for this server"
                    </Checkbox>
                    <p class="mt-1 text-[12px] leading-4 text-ink-muted">
                        "The CLI asks GitHub for tokens with the audience "
                        <span class="font-mono text-ink">"atmos-pro.com"</span>
                        ", which another server with that audience could present here within their minutes. With this on, only tokens with this server’s own audience are taken."
                    </p>
                </div>
                <div>
                    <Checkbox name="only_granted" checked=only_granted switch=true>
                        "Members see only repositories granted to them"
                    </Checkbox>
                    <p class="mt-1 text-[12px] leading-4 text-ink-muted">
                        "With this on, members and viewers see a repository, its stacks, deployments, locks and events only when a role on it was granted to them or to one of their groups, and do there only what that role may. Owner and admins see everything."
                    </p>
                </div>
                <div class="flex items-center gap-3">
                    <SubmitButton>"Save changes"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
            <Logo workspace=of state=logo back />
        </Section>
    }
    .into_any()
}

#[component]
fn Logo(workspace: Workspace, state: FormState, back: String) -> impl IntoView {
    let back = format!("{back}#general");
    let has_one = workspace.logo.is_some();
    view! {
        <div class="mt-7 flex max-w-[560px] flex-wrap items-center gap-4">
            <WorkspaceTile name=workspace.name.clone() logo=paths::logo(&workspace) size=TileSize::Px64 />
            <div class="min-w-0 grow">
                <Form
                    action=paths::upload_logo(&workspace)
                    back=back.clone()
                    errors=state.errors
                    files=true
                >
                    <Field
                        name="logo"
                        label="Logo"
                        hint="PNG, JPEG, GIF or WebP, square, up to 5 MB."
                        layout=FieldLayout::Stacked
                    >
                        <div class="mt-1 flex flex-wrap gap-2">
                            <FileInput />
                            <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                                {if has_one { "Replace logo" } else { "Add logo" }}
                            </SubmitButton>
                        </div>
                    </Field>
                </Form>
                {has_one
                    .then(|| {
                        view! {
                            <Form action=RemoveLogo::url() back class="mt-2">
                                <Hidden name="workspace" value=workspace.slug />
                                <SubmitButton
                                    kind=ButtonKind::Ghost
                                    size=ButtonSize::Small
                                    class="-ml-2.5"
                                >
                                    "Remove logo"
                                </SubmitButton>
                            </Form>
                        }
                    })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Danger(workspace: Workspace, totals: Totals, state: FormState, back: String) -> impl IntoView {
    let lost = [
        counted(totals.repositories, "repository", "repositories"),
        counted(totals.permissions, "permission", "permissions"),
        counted(totals.locks, "held lock", "held locks"),
    ]
    .join(", ");
    let people = match totals.members {
        1 => "your access".to_owned(),
        members => format!("the access of {}", counted(members, "member", "members")),
    };
    let label = format!("Type {} to confirm", workspace.name);
    let log = paths::export(&workspace);
    let (csv, jsonl) = (paths::with_query(&log, "format", "csv"), paths::with_query(&log, "format", "jsonl"));
    view! {
        <Section id="danger" title="Danger zone" lead="Only the owner may do this." danger=true>
            <div class="rounded-[6px] border border-danger-line">
                <Form
                    action=DeleteWorkspace::url()
                    back=format!("{back}#danger")
                    errors=state.errors.clone()
                    class="p-4"
                >
                    <Hidden name="workspace" value=workspace.slug />
                    <h3 class="font-medium">"Delete this workspace"</h3>
                    <p class="mt-0.5 text-[12px] leading-[18px] text-ink-muted">
                        "Gone at once and for everyone: " <span class="text-ink">{lost}</span>
                        {format!(", its tokens, and {people}. Its log is out of reach then; the operator of this server keeps it. Nothing in Git or in your cloud changes.")}
                    </p>
                    <p class="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[12px] leading-[18px]">
                        <TextLink href=csv>"Export the log as CSV"</TextLink>
                        <TextLink href=jsonl>"Export the log as JSON Lines"</TextLink>
                    </p>
                    <div class="mt-3 flex flex-wrap items-start gap-3">
                        <Field
                            name="name"
                            id="delete-name"
                            label
                            value=state.value("name", "")
                            layout=FieldLayout::Quiet
                            class="min-w-0 grow basis-56"
                        >
                            <TextInput autocomplete="off" required=true />
                        </Field>
                        <SubmitButton kind=ButtonKind::Danger class="mt-6">
                            "Delete workspace"
                        </SubmitButton>
                    </div>
                    <FormErrors class="mt-2 text-[12px] text-danger" />
                </Form>
            </div>
        </Section>
    }
    .into_any()
}
