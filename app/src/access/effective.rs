//! What one member can reach, and why.

use leptos::prelude::*;
use stackyard_domain::access as service;
use stackyard_model::access::Reached;
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::workspace::Workspace;
use stackyard_model::{MemberStatus, Role};
use stackyard_ui::{
    ButtonSize, Cell, Column, Crumb, Empty, Icon, LinkButton, PageHeader, Row, Strip, Table, counted,
};

use super::reasons::{Reasons, ResourceRoleBadge};
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// `…/team/members/{member}/effective`.
///
/// # Errors
/// As [`Visit::workspace`], and for who may not ask about others.
pub async fn member(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let id: MemberId = visit.id("member")?;
    let (member, reached) = service::reached_by(&visit.ctx, &inside.here, &id).await?;
    let workspace = inside.workspace().clone();
    let title = format!("Access of {}", member.name);
    Ok(Page::of_workspace(&inside, Nav::Team, title, move || {
        view! { <Effective workspace member reached /> }
    }))
}

#[component]
fn Effective(workspace: Workspace, member: TeamMember, reached: Vec<Reached>) -> impl IntoView {
    let count = i64::try_from(reached.len()).unwrap_or(i64::MAX);
    let crumbs = vec![
        Crumb::new(paths::team(&workspace), "Team"),
        Crumb::new(paths::effective_access(&workspace, &member.id), member.name.clone()),
    ];
    let export = paths::effective_access_export(&workspace, &member.id);
    let body = if reached.is_empty() {
        let text = match (member.status, member.role) {
            (MemberStatus::Suspended, _) => "Who is suspended reaches nothing.",
            (_, Role::Billing) => "The role Billing sees no repositories, whatever is granted.",
            _ => "Nothing is granted to them or to one of their groups.",
        };
        view! { <Empty title="No repository" text /> }.into_any()
    } else {
        let columns = vec![
            Column::new("Repository", ""),
            Column::new("Can", "md:w-[112px]"),
            Column::new("Because", ""),
        ];
        let rows = reached
            .into_iter()
            .map(|one| {
                view! {
                    <Row>
                        <Cell class="max-md:col-start-1">
                            <span class="block truncate font-mono text-[12px] max-md:whitespace-normal wrap-words">
                                {one.repository}
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
        view! {
            <Table label="Repositories" columns>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Effective access" crumbs>
            <LinkButton href=export size=ButtonSize::Small icon=Icon::Download>
                "Export CSV"
            </LinkButton>
        </PageHeader>
        <Strip>
            <p class="wrap-words">
                <span class="font-semibold text-ink">{member.name}</span>
                {format!(
                    ", {}, can reach {}",
                    member.role.label(),
                    counted(count, "repository", "repositories"),
                )}
            </p>
        </Strip>
        {body}
    }
    .into_any()
}
