//! The list of a workspace's access tokens, and that of its API keys.

use leptos::prelude::*;
use stackyard_model::credential::{Credential, CredentialKind, WARNED_BEFORE};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{Badge, BadgeTone, Banner, BannerTone, Cell, Column, CopyField, Icon, LinkButton, Menu, MenuItem, Now, RelativeTime, Row, Section, Table, TextLink, written};

use super::scopes::summary;
use super::{named, part};
use crate::paths;
use crate::tokens::{Ends, Used};

#[component]
pub(crate) fn Credentials(
    kind: CredentialKind,
    workspace: Workspace,
    /// Of all kinds.
    credentials: Vec<Credential>,
    /// A secret that has just been made, of whatever kind.
    secret: Option<String>,
) -> impl IntoView {
    let (title, lead, generate) = match kind {
        CredentialKind::AccessToken => (
            "Access tokens",
            "For people’s scripts. A token is shown once, when it is generated; what is kept is a hash.",
            "Generate Token",
        ),
        CredentialKind::ApiKey => (
            "API keys",
            "For services. A key can be switched off for a while. It is shown once, when it is generated.",
            "Generate Key",
        ),
    };
    let shown = secret.filter(|secret| secret.starts_with(kind.prefix())).map(|secret| {
        view! {
            <Banner tone=BannerTone::Accent class="mb-4">
                <p class="mb-2">
                    {format!("This is the {}. It is shown this once; what is kept is a hash.", named(kind))}
                </p>
                <CopyField label=kind.label() text=secret />
            </Banner>
        }
    });
    let rows: Vec<_> = credentials.into_iter().filter(|credential| credential.kind == kind).collect();
    let list = if rows.is_empty() {
        view! { <p class="text-ink-muted">{format!("There is no {}.", named(kind))}</p> }.into_any()
    } else {
        let columns = vec![
            Column::new("Name", ""),
            Column::new("Last used", "md:w-[120px]"),
            Column::new("Expires", "md:w-[140px]"),
            Column::silent("Actions", "md:w-[56px]"),
        ];
        let rows = written(
            rows.into_iter().map(|credential| view! { <CredentialRow credential workspace=workspace.clone() /> }),
        );
        view! {
            <Table label=title columns boxed=true>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <Section id=part(kind) title lead>
            {shown} {list}
            <p class="mt-3 flex flex-wrap items-center gap-4">
                <LinkButton href=paths::new_credential(&workspace, kind) icon=Icon::Plus>
                    {generate}
                </LinkButton>
                <TextLink href=paths::help("api")>"What can be done with it"</TextLink>
            </p>
        </Section>
    }
    .into_any()
}

#[component]
fn CredentialRow(credential: Credential, workspace: Workspace) -> impl IntoView {
    let now = Now::here().at;
    let items = actions(&credential, &workspace);
    let label = format!("What can be done about {}", credential.name);
    let menu = (!items.is_empty()).then(|| view! { <Menu label items /> });
    let off = (!credential.active && credential.revoked_at.is_none())
        .then(|| view! { <Badge tone=BadgeTone::Warn>"off"</Badge> });
    let overlap = credential.old_until.filter(|end| *end > now && credential.revoked_at.is_none()).map(|at| {
        view! { <span class="text-ink-faint">", the secret before ends " <RelativeTime at class="" /></span> }
    });
    let soon = credential.expires_at.filter(|end| {
        credential.revoked_at.is_none() && *end > now && end.since(now) < WARNED_BEFORE
    });
    let soon = soon.map(|at| {
        view! {
            <Badge tone=BadgeTone::Warn>
                "expires " <RelativeTime at class="ml-1" />
            </Badge>
        }
    });
    let Credential { kind, name, description, scopes, hint, created_by, .. } = credential;
    let description = (!description.is_empty()).then(|| {
        view! { <span class="block text-[12px] leading-4 text-ink-muted wrap-words">{description}</span> }
    });
    view! {
        <Row>
            <Cell class="max-md:col-start-1">
                <span class="flex min-w-0 items-center gap-2">
                    <span class="truncate font-medium" title=name.clone()>
                        {name.clone()}
                    </span>
                    {off} {soon}
                </span>
                {description}
                <span class="block text-[12px] leading-4 text-ink-muted wrap-words">
                    <span class="font-mono text-[11px]">{format!("{}…{hint}", kind.prefix())}</span>
                    " "
                    {summary(&scopes)}
                    <span class="text-ink-faint">{format!(", by {created_by}")}</span>
                    {overlap}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <Used at=credential.last_used_at />
                {credential
                    .last_used_from
                    .map(|from| view! { <span class="block truncate font-mono text-[11px] text-ink-faint">{from}</span> })}
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <Ends expires_at=credential.expires_at revoked_at=credential.revoked_at />
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">{menu}</Cell>
        </Row>
    }
    .into_any()
}

/// What may be done about a credential that is not revoked.
fn actions(credential: &Credential, workspace: &Workspace) -> Vec<MenuItem> {
    let to = |what: &str| paths::credential(workspace, &credential.id, what);
    if credential.revoked_at.is_some() {
        return Vec::new();
    }
    let mut items = vec![
        MenuItem::link(paths::events_with(workspace, &credential.name), Icon::Activity, "What it did"),
        MenuItem::link(to("rotate"), Icon::Replay, "New secret"),
    ];
    if credential.kind == CredentialKind::ApiKey {
        let label = if credential.active { "Switch off" } else { "Switch on" };
        items.push(MenuItem::link(to("switch"), Icon::SigSkip, label));
    }
    items.extend([MenuItem::Line, MenuItem::danger(to("revoke"), Icon::Trash, "Revoke…")]);
    items
}
