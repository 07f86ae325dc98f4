//! The groups of a workspace.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::groups as service;
use stackyard_model::Action;
use stackyard_model::access::Group;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Column, CoverLink, Empty, Field, Form, FormErrors, Hidden, Icon, LinkButton,
    PageHeader, Panel, Row, RowTone, Split, SplitMain, SubmitButton, Table, TextInput, counted, thousands,
};

use super::forms::CreateGroup;
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::team::{TabsContext, TeamTab, TeamTabs};
use crate::visit::Visit;

/// `…/team/groups?new=1`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see the team.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let groups = service::list(&visit.ctx, here).await?;
    let tabs = TabsContext::load(&visit, &inside).await?;
    let may_manage = here.may(Action::ManageGroups);
    let state = visit.form("groups/create");
    let new = (may_manage && (visit.has("new") || state.came_back())).then_some(state);
    let workspace = inside.workspace().clone();
    let back = paths::new_group(&workspace);
    Ok(Page::of_workspace(&inside, Nav::Team, "Groups", move || {
        view! { <Groups workspace groups tabs may_manage new back /> }
    }))
}

#[component]
fn Groups(
    workspace: Workspace,
    groups: Vec<Group>,
    tabs: TabsContext,
    may_manage: bool,
    new: Option<FormState>,
    back: String,
) -> impl IntoView {
    let button = |kind| {
        let href = paths::new_group(&workspace);
        view! {
            <LinkButton href kind size=ButtonSize::Small icon=Icon::Plus>
                "New group"
            </LinkButton>
        }
    };
    let kind = if new.is_some() || groups.is_empty() { ButtonKind::Plain } else { ButtonKind::Primary };
    let header = may_manage.then(|| button(kind));
    let first = (may_manage && new.is_none()).then(|| button(ButtonKind::Primary));
    let main = if groups.is_empty() {
        view! {
            <Empty
                title="No group yet"
                text="A group is people together: what is granted to it is granted to everybody in it, for as long as they are."
            >
                {first}
            </Empty>
        }
        .into_any()
    } else {
        let rows = groups
            .into_iter()
            .map(|group| view! { <GroupRow group workspace=workspace.clone() /> })
            .collect::<Vec<_>>();
        let columns = vec![
            Column::new("Name", ""),
            Column::new("People", "text-right md:w-[96px]"),
            Column::new("Repositories", "text-right md:w-[124px]"),
        ];
        view! {
            <Table label="Groups" columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    let main = view! { <SplitMain>{main}</SplitMain> };
    let panel = new.map(|state| {
        let close = paths::groups(&workspace);
        let slug = workspace.slug.clone();
        view! {
            <Panel id="new-group" title="New group" close before=true>
                <Form
                    action=CreateGroup::url()
                    back
                    errors=state.errors.clone()
                    class="flex flex-col gap-4 p-4 max-xl:md:px-6"
                >
                    <Hidden name="workspace" value=slug />
                    <Field name="name" label="Name" value=state.value("name", "")>
                        <TextInput required=true maxlength=100_u32 autocomplete="off" autofocus=true />
                    </Field>
                    <Field
                        name="description"
                        label="Description"
                        note="optional"
                        value=state.value("description", "")
                    >
                        <TextInput maxlength=300_u32 autocomplete="off" />
                    </Field>
                    <div class="flex flex-wrap items-center gap-3">
                        <SubmitButton>"Make the group"</SubmitButton>
                        <FormErrors />
                    </div>
                </Form>
            </Panel>
        }
    });
    view! {
        <PageHeader title="Team">{header}</PageHeader>
        <TeamTabs context=tabs current=TeamTab::Groups />
        {match panel {
            Some(panel) => view! { <Split>{panel} {main}</Split> }.into_any(),
            None => main.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn GroupRow(group: Group, workspace: Workspace) -> impl IntoView {
    let href = paths::group(&workspace, &group.id);
    let description = (!group.description.is_empty()).then(|| {
        view! {
            <span class="block truncate text-[12px] leading-4 text-ink-muted max-md:whitespace-normal wrap-words">
                {group.description.clone()}
            </span>
        }
    });
    view! {
        <Row tone=RowTone::Linked>
            <Cell class="max-md:col-start-1">
                <CoverLink
                    href
                    title=group.name.clone()
                    class="cover block min-w-0 truncate font-medium max-md:whitespace-normal wrap-words"
                >
                    {group.name.clone()}
                </CoverLink>
                {description}
            </Cell>
            <Cell class="text-right max-md:col-start-1 max-md:text-left max-md:text-[12px]">
                <span class="max-md:hidden">{thousands(group.members)}</span>
                <span class="md:hidden">
                    {format!(
                        "{}, {}",
                        counted(group.members, "person", "people"),
                        counted(group.grants, "repository", "repositories"),
                    )}
                </span>
            </Cell>
            <Cell class="text-right max-md:hidden">{thousands(group.grants)}</Cell>
        </Row>
    }
    .into_any()
}
