//! The groups of one member: the team under a dialog.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{groups as service, team};
use stackyard_model::Action;
use stackyard_model::access::Group;
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Checkbox, Dialog, DialogBody, DialogFoot, DialogWidth, Form, Hidden, LinkButton, SubmitButton, TextLink,
};

use super::forms::SetGroups;
use crate::page::Answer;
use crate::paths;
use crate::team::under;
use crate::visit::Visit;

/// `…/team/members/{member}/groups`.
///
/// # Errors
/// As [`Visit::workspace`], and for who may not manage groups.
pub async fn member(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageGroups).await?;
    let id: MemberId = visit.id("member")?;
    let member = team::get(&visit.ctx, &inside.here, &id).await?;
    let groups = service::of_member(&visit.ctx, &inside.here, &id).await?;
    let workspace = inside.workspace().clone();
    let back = visit.path().to_owned();
    Ok(page.under("Groups", move || view! { <GroupsDialog workspace member groups back /> }))
}

#[component]
fn GroupsDialog(
    workspace: Workspace,
    member: TeamMember,
    groups: Vec<(Group, bool)>,
    back: String,
) -> impl IntoView {
    let team = paths::team(&workspace);
    let cancel = team.clone();
    let nothing = groups.is_empty();
    let within = groups.iter().filter(|(_, is_in)| *is_in);
    let ticked = within
        .enumerate()
        .map(|(index, (group, _))| view! { <Hidden name=format!("ticked[{index}]") value=group.id.to_string() /> })
        .collect::<Vec<_>>();
    let rows = groups
        .into_iter()
        .enumerate()
        .map(|(index, (group, is_in))| {
            let class = if index == 0 { "py-1.5" } else { "border-t border-line py-1.5" };
            view! {
                <div class=class>
                    <Checkbox name=format!("groups[{index}]") value=group.id.to_string() checked=is_in>
                        <span class="font-medium wrap-words">{group.name}</span>
                        <span class="block text-[12px] leading-4 text-ink-muted wrap-words">{group.description}</span>
                    </Checkbox>
                </div>
            }
        })
        .collect::<Vec<_>>();
    let none = nothing.then(|| {
        view! {
            <p class="text-ink-muted">
                "There is no group yet. "
                <TextLink href=paths::new_group(&workspace) inline=true>
                    "Make one"
                </TextLink> "."
            </p>
        }
    });
    let slug = workspace.slug.clone();
    view! {
        <Dialog title=format!("Groups of {}", member.name) close=team width=DialogWidth::Confirm>
            <Form action=SetGroups::url() back>
                <Hidden name="workspace" value=slug />
                <Hidden name="member" value=member.id.to_string() />
                {ticked}
                <DialogBody>
                    <div class="py-3">{rows} {none}</div>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    {(!nothing).then(|| view! { <SubmitButton>"Save"</SubmitButton> })}
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}
