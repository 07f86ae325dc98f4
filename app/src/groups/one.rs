//! One group: who is in it, and what it was granted.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{access, groups as service};
use stackyard_model::Action;
use stackyard_model::access::{Grant, Group, NamedMember};
use stackyard_model::id::{GroupId, MemberId};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Checkbox, Column, ConfirmFoot, Crumb, Dialog, DialogBody, DialogFoot, DialogWidth,
    Empty, Field, Form, FormErrors, Hidden, Icon, LinkButton, Menu, MenuItem, PageHeader, PersonTile, RelativeTime,
    RoleBadge, Row, SearchInput, SubmitButton, Table, TextInput, TextLink, counted,
};

use super::forms::{AddToGroup, DeleteGroup, RemoveFromGroup, UpdateGroup};
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// Most people who are offered at once; who looks for others searches.
const OFFERED: i64 = 50;
/// Places of that list whose ticks are kept when one searches on.
const TICKS: usize = 200;

/// `…/team/groups/{group}`, with `?add=1&q=`, `?edit=1` or `?delete=1` under a dialog.
///
/// # Errors
/// As [`Visit::workspace`], and when the group is not one of the workspace's.
pub async fn one(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let id: GroupId = visit.id("group")?;
    let group = service::get(&visit.ctx, here, &id).await?;
    let members = service::members(&visit.ctx, here, &id).await?;
    let grants = access::grants_of_group(&visit.ctx, here, &id).await?;
    let may_manage = here.may(Action::ManageGroups);
    let workspace = inside.workspace().clone();
    let back = visit.here();
    let page = {
        let (workspace, group, grants) = (workspace.clone(), group.clone(), grants.clone());
        let back = visit.path().to_owned();
        Page::of_workspace(&inside, Nav::Team, group.name.clone(), move || {
            view! { <One workspace group members grants may_manage back /> }
        })
    };
    let state = visit.form("groups/update");
    if visit.has("add") {
        let q = visit.query("q");
        // Who was ticked before the search.
        let ticked: Vec<MemberId> =
            (0..TICKS).filter_map(|index| visit.query(&ticked_name(index)).parse().ok()).collect();
        let offered = service::outsiders(&visit.ctx, here, &id, &q, &ticked, OFFERED).await?;
        return Ok(page.under("Add people", move || view! { <AddDialog workspace group offered ticked q /> }));
    }
    if visit.has("delete") {
        here.require(Action::ManageGroups)?;
        return Ok(page.under("Delete the group", move || view! { <DeleteDialog workspace group grants back /> }));
    }
    if visit.has("edit") || state.came_back() {
        here.require(Action::ManageGroups)?;
        return Ok(page.under("Edit the group", move || view! { <EditDialog workspace group state back /> }));
    }
    Ok(page)
}

#[component]
fn One(
    workspace: Workspace,
    group: Group,
    members: Vec<NamedMember>,
    grants: Vec<Grant>,
    may_manage: bool,
    back: String,
) -> impl IntoView {
    let crumbs = vec![
        Crumb::new(paths::team(&workspace), "Team"),
        Crumb::new(paths::groups(&workspace), "Groups"),
    ];
    let to = |what: &str| paths::group_with(&workspace, &group.id, what);
    let tools = may_manage.then(|| {
        let items = vec![
            MenuItem::link(to("edit"), Icon::Pencil, "Rename and describe"),
            MenuItem::Line,
            MenuItem::danger(to("delete"), Icon::Trash, "Delete the group…"),
        ];
        view! {
            <LinkButton href=to("add") id="add" kind=ButtonKind::Primary size=ButtonSize::Small icon=Icon::Plus>
                "Add people"
            </LinkButton>
            <Menu label=format!("What can be done with {}", group.name) items />
        }
    });
    let description = (!group.description.is_empty()).then(|| {
        view! {
            <p class="border-b border-line px-4 py-3 text-ink-muted wrap-words md:px-6">
                {group.description.clone()}
            </p>
        }
    });
    let people = if members.is_empty() {
        view! { <Empty title="Nobody is in it" text="Add people, or choose the group when you invite some." /> }
            .into_any()
    } else {
        view! { <People workspace=workspace.clone() group=group.id.clone() members may_manage back /> }.into_any()
    };
    view! {
        <PageHeader title=group.name.clone() crumbs>
            {tools}
        </PageHeader>
        {description}
        <h2 class="px-4 pt-5 pb-2 text-[13px] font-semibold md:px-6">
            {counted(group.members, "person", "people")}
        </h2>
        {people}
        <h2 class="px-4 pt-6 pb-2 text-[13px] font-semibold md:px-6">"What it can reach"</h2>
        <Grants workspace grants />
    }
    .into_any()
}

#[component]
fn People(
    workspace: Workspace,
    group: GroupId,
    members: Vec<NamedMember>,
    may_manage: bool,
    back: String,
) -> impl IntoView {
    let rows = members
        .into_iter()
        .enumerate()
        .map(|(index, person)| {
            let pick = may_manage.then(|| {
                let label = person.name.clone();
                view! {
                    <Checkbox name=ticked_name(index) value=person.id.to_string()>
                        <span class="sr-only">{label}</span>
                    </Checkbox>
                }
            });
            view! {
                <Row>
                    <Cell class="max-md:col-start-1">
                        <span class="flex min-w-0 items-center gap-2.5">
                            {pick} <PersonTile name=person.name.clone() />
                            <span class="min-w-0">
                                <span class="block truncate font-medium max-md:whitespace-normal wrap-words">
                                    {person.name}
                                </span>
                                <span class="block truncate text-[12px] leading-4 text-ink-muted max-md:whitespace-normal wrap-words">
                                    {person.email}
                                </span>
                            </span>
                        </span>
                    </Cell>
                    <Cell class="max-md:[grid-column:2] max-md:row-start-1">
                        <RoleBadge role=person.role />
                    </Cell>
                </Row>
            }
        })
        .collect::<Vec<_>>();
    let columns = vec![Column::new("Name", ""), Column::new("Role", "md:w-[112px]")];
    let table = view! {
        <Table label="People of the group" columns>
            {rows}
        </Table>
    };
    if !may_manage {
        return table.into_any();
    }
    view! {
        <Form action=RemoveFromGroup::url() back>
            <Hidden name="workspace" value=workspace.slug />
            <Hidden name="group" value=group.to_string() />
            {table}
            <div class="px-4 py-3 md:px-6">
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Take the ticked ones out"
                </SubmitButton>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn Grants(workspace: Workspace, grants: Vec<Grant>) -> impl IntoView {
    if grants.is_empty() {
        return view! {
            <p class="px-4 pb-4 text-[12px] leading-[18px] text-ink-muted md:px-6">
                "Nothing is granted to it. Roles are granted on a repository’s page Access."
            </p>
        }
        .into_any();
    }
    let rows = grants
        .into_iter()
        .map(|grant| {
            let href = paths::permissions(&workspace, &grant.repository_id);
            let ends = grant.expires_at.map(|at| view! { ", ends " <RelativeTime at class="" /> });
            view! {
                <Row>
                    <Cell class="max-md:col-start-1">
                        <TextLink href class="font-mono text-[12px] wrap-words">
                            {grant.repository}
                        </TextLink>
                    </Cell>
                    <Cell class="max-md:[grid-column:2] max-md:row-start-1">
                        {grant.role.label()} {ends}
                    </Cell>
                </Row>
            }
        })
        .collect::<Vec<_>>();
    let columns = vec![Column::new("Repository", ""), Column::new("Role", "md:w-[200px]")];
    view! {
        <Table label="What it can reach" columns>
            {rows}
        </Table>
    }
    .into_any()
}

/// Under what the person at a place of the list is ticked.
fn ticked_name(index: usize) -> String {
    format!("members[{index}]")
}

#[component]
fn AddDialog(
    workspace: Workspace,
    group: Group,
    offered: Vec<NamedMember>,
    ticked: Vec<MemberId>,
    q: String,
) -> impl IntoView {
    let back = paths::group_with(&workspace, &group.id, "add");
    let close = format!("{}#add", paths::group(&workspace, &group.id));
    let cancel = close.clone();
    let all = i64::try_from(offered.len()).unwrap_or(i64::MAX) >= OFFERED;
    let nobody = offered.is_empty();
    let rows = offered
        .into_iter()
        .enumerate()
        .map(|(index, person)| {
            let class = if index == 0 { "py-1.5" } else { "border-t border-line py-1.5" };
            let checked = ticked.contains(&person.id);
            view! {
                <div class=class>
                    <Checkbox name=ticked_name(index) value=person.id.to_string() checked>
                        <span class="font-medium wrap-words">{person.name}</span>
                        <span class="block text-[12px] leading-4 text-ink-muted wrap-words">{person.email}</span>
                    </Checkbox>
                </div>
            }
        })
        .collect::<Vec<_>>();
    let said = match (nobody, all) {
        (true, _) => Some("Nobody else fits."),
        (_, true) => Some("The first 50 are shown. Search for others."),
        _ => None,
    };
    view! {
        <Dialog title=format!("Add people to {}", group.name) close>
            <Form action=AddToGroup::url() back>
                <Hidden name="workspace" value=workspace.slug.clone() />
                <Hidden name="group" value=group.id.to_string() />
                <Hidden name="add" value="1" />
                <div class="flex gap-2 px-4 pt-1 pb-3 md:px-6" role="search">
                    <SearchInput
                        name="q"
                        label="Search people"
                        value=q
                        placeholder="Name or e-mail"
                        small=true
                        class="relative grow"
                    />
                    <SubmitButton
                        kind=ButtonKind::Plain
                        size=ButtonSize::Small
                        asks=paths::group(&workspace, &group.id)
                    >
                        "Search"
                    </SubmitButton>
                </div>
                <DialogBody>
                    <div class="py-3">
                        {rows}
                        {said.map(|said| view! { <p class="pt-2 text-[12px] text-ink-muted">{said}</p> })}
                    </div>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    {(!nobody).then(|| view! { <SubmitButton>"Add the ticked ones"</SubmitButton> })}
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn EditDialog(workspace: Workspace, group: Group, state: FormState, back: String) -> impl IntoView {
    let close = paths::group(&workspace, &group.id);
    let cancel = close.clone();
    view! {
        <Dialog title=format!("Edit {}", group.name) close width=DialogWidth::Confirm>
            <Form action=UpdateGroup::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="group" value=group.id.to_string() />
                <DialogBody>
                    <div class="flex flex-col gap-4 py-3">
                        <Field name="name" label="Name" value=state.value("name", &group.name)>
                            <TextInput required=true maxlength=100_u32 autocomplete="off" autofocus=true />
                        </Field>
                        <Field
                            name="description"
                            label="Description"
                            note="optional"
                            value=state.value("description", &group.description)
                        >
                            <TextInput maxlength=300_u32 autocomplete="off" />
                        </Field>
                        <FormErrors />
                    </div>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>"Save"</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn DeleteDialog(workspace: Workspace, group: Group, grants: Vec<Grant>, back: String) -> impl IntoView {
    let close = paths::group(&workspace, &group.id);
    let cancel = close.clone();
    let lost = if grants.is_empty() {
        view! { <p class="pb-3 text-ink-muted">"Nothing is granted to it."</p> }.into_any()
    } else {
        let lines = grants
            .iter()
            .map(|grant| {
                view! { <li class="wrap-words">{format!("{} on {}", grant.role.label(), grant.repository)}</li> }
            })
            .collect::<Vec<_>>();
        view! {
            <p class="text-ink-muted">"Whoever has it by this group alone loses with the next request:"</p>
            <ul class="mt-1 mb-3 list-disc pl-5">{lines}</ul>
        }
        .into_any()
    };
    view! {
        <Dialog title=format!("Delete {}", group.name) close width=DialogWidth::Confirm>
            <Form action=DeleteGroup::url() back>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="group" value=group.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted wrap-words">
                        {format!(
                            "{} in it stay in the workspace.",
                            counted(group.members, "person", "people"),
                        )}
                    </p>
                    {lost}
                </DialogBody>
                <ConfirmFoot cancel submit="Delete the group" />
            </Form>
        </Dialog>
    }
    .into_any()
}
