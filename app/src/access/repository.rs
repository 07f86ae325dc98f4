//! Who has access to a repository: what was granted, and whom that and the roles of the workspace let in.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{access as service, repositories};
use stackyard_model::Action;
use stackyard_model::access::{Grant, Grantee, Reaching, ResourceRole};
use stackyard_model::id::RepositoryId;
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Choice, Column, Crumb, Empty, Field, FieldLayout, Form, FormErrors, Hidden, Icon,
    LinkButton, MachineTile, PageHeader, PersonTile, RelativeTime, Row, Select, SubmitButton, Table, TextInput, TextLink,
    counted, thousands,
};

use super::forms::{GrantAccess, RevokeAccess};
use super::reasons::{Reasons, ResourceRoleBadge};
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::repositories::{RepositoryTab, RepositoryTabs};
use crate::visit::Visit;

/// Most people of the lower list; the file has all.
const SHOWN: usize = 100;

/// `…/repositories/{repo}/access`.
///
/// # Errors
/// As [`Visit::workspace`], and for who may not say who has access to the repository.
pub async fn repository(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let id: RepositoryId = visit.id("repo")?;
    let repository = repositories::get(&visit.ctx, &inside.here, &id).await?;
    let grants = service::grants_on(&visit.ctx, &inside.here, &id).await?;
    let reaching = service::reaching(&visit.ctx, &inside.here, &id).await?;
    // Others than those who run the workspace are not told what somebody can reach elsewhere.
    let links = inside.here.may(Action::ManageAccess);
    let workspace = inside.workspace().clone();
    let state = visit.form("access/grant");
    let back = visit.path().to_owned();
    let title = format!("Access to {}", repository.name);
    Ok(Page::of_workspace(&inside, Nav::Repositories, title, move || {
        view! { <Access workspace repository grants reaching links state back /> }
    }))
}

#[component]
fn Access(
    workspace: Workspace,
    repository: Repository,
    grants: Vec<Grant>,
    reaching: Vec<Reaching>,
    links: bool,
    state: FormState,
    back: String,
) -> impl IntoView {
    let id = repository.id.clone();
    let crumbs = vec![
        Crumb::new(paths::repositories(&workspace), "Configured Repositories"),
        Crumb::new(paths::permissions(&workspace, &id), repository.name.clone()),
    ];
    let export = paths::repository_access_export(&workspace, &id);
    let setting = if workspace.members_see_all {
        "Members and viewers of this workspace see every repository; a role here adds to that."
    } else {
        "Members and viewers of this workspace see only what is granted to them."
    };
    let granted = if grants.is_empty() {
        view! {
            <Empty
                title="Nobody has a role here"
                text="Give one to a person or to a group. Owner and admins of the workspace need none."
            />
        }
        .into_any()
    } else {
        let rows = grants
            .into_iter()
            .map(|grant| view! { <GrantRow grant slug=workspace.slug.clone() back=back.clone() /> })
            .collect::<Vec<_>>();
        let columns = vec![
            Column::new("Person or group", ""),
            Column::new("Role", "md:w-[96px]"),
            Column::new("Ends", "md:w-[140px]"),
            Column::new("Granted", "max-lg:hidden lg:w-[200px]"),
            Column::silent("Actions", "md:w-[96px]"),
        ];
        view! {
            <Table label="Granted roles" columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Access" crumbs>
            <LinkButton href=export size=ButtonSize::Small icon=Icon::Download>
                "Export CSV"
            </LinkButton>
        </PageHeader>
        <RepositoryTabs
            workspace=&workspace
            repository=&repository
            current=RepositoryTab::Access
            may_grant=true
            permissions=repository.permissions
        />
        <GrantForm workspace=workspace.clone() repository=id state back />
        {granted}
        <Everybody reaching links workspace />
        <p class="border-t border-line px-4 py-3 text-[12px] leading-[18px] text-ink-faint md:px-6">
            {setting} " A change is in force with the next request."
        </p>
    }
    .into_any()
}

#[component]
fn GrantForm(workspace: Workspace, repository: RepositoryId, state: FormState, back: String) -> impl IntoView {
    let choices = ResourceRole::ALL.iter().map(|role| Choice::new(role.as_str(), role.label())).collect();
    let lines = ResourceRole::ALL
        .iter()
        .map(|role| view! { <li>{format!("{}: {}", role.label(), role.consequence())}</li> })
        .collect::<Vec<_>>();
    view! {
        <div class="border-b border-line px-4 py-4 md:px-6">
            <Form
                action=GrantAccess::url()
                back
                errors=state.errors.clone()
                class="flex flex-wrap items-start gap-3"
            >
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="repository" value=repository.to_string() />
                <Field
                    name="who"
                    label="Person or group"
                    value=state.value("who", "")
                    layout=FieldLayout::Small
                    class="min-w-0 grow basis-56 md:max-w-[420px]"
                >
                    <TextInput
                        placeholder="kim@acme.example, or a group"
                        autocomplete="off"
                        maxlength=300_u32
                        required=true
                    />
                </Field>
                <Field
                    name="role"
                    label="Role"
                    value=state.value("role", ResourceRole::Read.as_str())
                    layout=FieldLayout::Small
                    class="basis-28"
                >
                    <Select choices />
                </Field>
                <SubmitButton kind=ButtonKind::Primary icon=Icon::Plus class="mt-6">
                    "Grant access"
                </SubmitButton>
                <FormErrors class="basis-full text-[12px] text-danger" />
            </Form>
            <ul class="mt-2 text-[12px] leading-[18px] text-ink-muted">{lines}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn GrantRow(grant: Grant, slug: String, back: String) -> impl IntoView {
    let name = grant.to.name().to_owned();
    let (tile, what) = match &grant.to {
        Grantee::Member(..) => (view! { <PersonTile name=name.clone() /> }.into_any(), None),
        Grantee::Group(..) => (view! { <MachineTile icon=Icon::Team /> }.into_any(), Some("group")),
    };
    let ends = match grant.expires_at {
        Some(at) => view! { <RelativeTime at /> }.into_any(),
        None => view! { <span class="text-ink-faint">"does not end"</span> }.into_any(),
    };
    let label = format!("Revoke {} of {name}", grant.role.label());
    view! {
        <Row>
            <Cell class="max-md:col-start-1">
                <span class="flex min-w-0 items-center gap-2.5">
                    {tile}
                    <span class="min-w-0 truncate font-medium max-md:whitespace-normal wrap-words" title=name.clone()>
                        {name.clone()}
                    </span>
                    {what.map(|what| view! { <span class="text-[12px] text-ink-faint">{what}</span> })}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1">
                <ResourceRoleBadge role=grant.role />
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <span class="md:hidden text-[12px] text-ink-faint">"Ends: "</span>
                {ends}
            </Cell>
            <Cell class="max-lg:hidden">
                <span class="block truncate text-[12px] text-ink-muted">
                    <RelativeTime at=grant.created_at /> {format!(" by {}", grant.granted_by_name)}
                </span>
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">
                <Form action=RevokeAccess::url() back class="inline-flex">
                    <Hidden name="workspace" value=slug />
                    <Hidden name="repository" value=grant.repository_id.to_string() />
                    <Hidden name="grant" value=grant.id.to_string() />
                    <SubmitButton kind=ButtonKind::DangerGhost size=ButtonSize::Small label class="-mr-2.5">
                        "Revoke"
                    </SubmitButton>
                </Form>
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Everybody(reaching: Vec<Reaching>, links: bool, workspace: Workspace) -> impl IntoView {
    let count = i64::try_from(reaching.len()).unwrap_or(i64::MAX);
    let more = reaching.len().saturating_sub(SHOWN);
    let rows = reaching
        .into_iter()
        .take(SHOWN)
        .map(|one| {
            let name = one.member.name;
            let href = paths::effective_access(&workspace, &one.member.id);
            let class = "block truncate font-medium max-md:whitespace-normal wrap-words";
            let name_of = if links {
                let name = name.clone();
                view! { <TextLink href class>{name}</TextLink> }.into_any()
            } else {
                view! { <span class=class>{name.clone()}</span> }.into_any()
            };
            view! {
                <Row>
                    <Cell class="max-md:col-start-1">
                        <span class="flex min-w-0 items-center gap-2.5">
                            <PersonTile name=name.clone() />
                            <span class="min-w-0">
                                {name_of}
                                <span class="block truncate text-[12px] leading-4 text-ink-muted max-md:whitespace-normal wrap-words">
                                    {one.member.email}
                                </span>
                            </span>
                        </span>
                    </Cell>
                    <Cell class="max-md:[grid-column:2] max-md:row-start-1">
                        <ResourceRoleBadge role=one.comes_to />
                    </Cell>
                    <Cell class="max-md:[grid-column:1/3]">
                        <Reasons because=one.because />
                    </Cell>
                </Row>
            }
        })
        .collect::<Vec<_>>();
    let columns =
        vec![Column::new("Person", ""), Column::new("Can", "md:w-[96px]"), Column::new("Because", "")];
    let rest = (more > 0).then(|| {
        let more = thousands(i64::try_from(more).unwrap_or(i64::MAX));
        view! { <p class="px-4 py-3 text-[12px] text-ink-muted md:px-6">{format!("And {more} more: the file has all.")}</p> }
    });
    view! {
        <h2 class="border-t border-line px-4 pt-5 pb-2 text-[13px] font-semibold md:px-6">
            {format!("{} can reach it", counted(count, "person", "people"))}
        </h2>
        <Table label="Who can reach it" columns>
            {rows}
        </Table>
        {rest}
    }
    .into_any()
}
