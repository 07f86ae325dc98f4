//! A member in the list.

use leptos::prelude::*;
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::workspace::Workspace;
use stackyard_model::{MemberStatus, Role};
use stackyard_ui::{
    Badge, BadgeTone, Cell, Column, Icon, Menu, MenuItem, PersonTile, RelativeTime, RoleBadge, Row, State, StateSignal,
};

use crate::paths;

/// Who looks at the list, and what they may do with those on it.
#[derive(Clone)]
pub(super) struct RowContext {
    pub(super) workspace: Workspace,
    pub(super) me: MemberId,
    pub(super) may_manage: bool,
    /// Whether they may ask what others can reach.
    pub(super) may_explain: bool,
    pub(super) may_transfer: bool,
    /// Whether an address can be proved: by a mail.
    pub(super) mails: bool,
}

/// As wide as those of the invitations below.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("Name", ""),
        Column::new("E-mail", "max-2xl:hidden 2xl:w-[260px]"),
        Column::new("Role", "md:w-[96px]"),
        Column::new("Status", "md:w-[150px]"),
        Column::new("Joined", "max-xl:hidden xl:w-[150px]"),
        Column::new("Last active", "md:w-[124px]"),
        Column::silent("Actions", "md:w-[56px]"),
    ]
}

#[component]
pub(super) fn MemberRow(member: TeamMember, groups: Vec<String>, context: RowContext) -> impl IntoView {
    let mine = member.id == context.me;
    let items = actions(&member, &context, mine);
    let label = format!("What can be done about {}", member.name);
    let menu = (!items.is_empty()).then(|| view! { <Menu label items /> });
    let status = match member.status {
        MemberStatus::Suspended => view! { <StateSignal state=State::Suspended /> }.into_any(),
        MemberStatus::Active => view! { <StateSignal state=State::Done word="Active" quiet=true /> }.into_any(),
        MemberStatus::Inactive => view! { <StateSignal state=State::Unknown word="Inactive" quiet=true /> }.into_any(),
    };
    let active = match member.last_active_at {
        Some(at) => view! { <RelativeTime at /> }.into_any(),
        None => view! { <span class="text-ink-faint">"never"</span> }.into_any(),
    };
    let address = member.email.clone();
    let TeamMember { user_id, name, email, email_verified, role, role_until, joined_at, .. } = member;
    let groups = (!groups.is_empty()).then(|| {
        let names = groups.join(", ");
        view! {
            <span class="block truncate text-[12px] leading-4 text-ink-faint max-md:whitespace-normal wrap-words" title=names.clone()>
                {format!("in {names}")}
            </span>
        }
    });
    let until = role_until.map(|at| {
        view! { <span class="block text-[12px] leading-4 text-ink-muted">"ends " <RelativeTime at class="" /></span> }
    });
    view! {
        <Row wide=true>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <span class="flex min-w-0 items-center gap-2.5">
                    <PersonTile name=name.clone() person=user_id.to_string() />
                    <span class="min-w-0">
                        <span class="flex min-w-0 flex-wrap items-center gap-x-2">
                            <span class="min-w-0 truncate font-medium max-md:whitespace-normal wrap-words" title=name.clone()>
                                {name.clone()}
                            </span>
                            {mine.then(|| view! { <span class="text-[12px] text-ink-faint">"you"</span> })}
                            {(context.mails && !email_verified)
                                .then(|| view! { <Badge tone=BadgeTone::Warn>"Unverified"</Badge> })}
                        </span>
                        <span class="block truncate text-[12px] leading-4 text-ink-muted 2xl:hidden max-md:whitespace-normal wrap-words">
                            {address}
                        </span>
                        {groups}
                    </span>
                </span>
            </Cell>
            <Cell class="max-2xl:hidden">
                <span class="block truncate text-ink-muted" title=email.clone()>
                    {email.clone()}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1 max-md:row-start-2 max-md:pl-[30px]">
                <RoleBadge role />
                {until}
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-1 max-md:justify-self-end max-md:text-[12px]">{status}</Cell>
            <Cell class="max-xl:hidden">
                <RelativeTime at=joined_at />
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-2 max-md:text-right max-md:text-[12px]">
                <span class="sr-only md:hidden">"Last active "</span>
                {active}
            </Cell>
            <Cell class="text-right max-md:[grid-column:3] max-md:[grid-row:1/3]">{menu}</Cell>
        </Row>
    }
    .into_any()
}

/// What who looks may do about a member. The services decide; this leaves out what they would refuse.
fn actions(member: &TeamMember, context: &RowContext, mine: bool) -> Vec<MenuItem> {
    let RowContext { workspace, may_manage, may_explain, may_transfer, .. } = context;
    let to = |what: &str| paths::member(workspace, &member.id, what);
    let mut items = vec![MenuItem::link(
        paths::events_with(workspace, &member.name),
        Icon::Activity,
        if mine { "What I did" } else { "What they did" },
    )];
    if *may_explain || mine {
        let label = if mine { "What I can reach" } else { "What they can reach" };
        items.push(MenuItem::link(to("effective"), Icon::Shield, label));
    }
    if *may_manage {
        items.push(MenuItem::link(to("groups"), Icon::Team, "Groups"));
    }
    let owns = member.role == Role::Owner;
    let suspended = member.status == MemberStatus::Suspended;
    if *may_manage && !owns {
        items.push(MenuItem::link(to("role"), Icon::Pencil, "Change role"));
    }
    if *may_transfer && !mine && !suspended {
        items.push(MenuItem::link(to("transfer"), Icon::Key, "Transfer ownership…"));
    }
    if mine && !owns {
        items.extend([MenuItem::Line, MenuItem::danger(paths::leave(workspace), Icon::Logout, "Leave workspace…")]);
    }
    if *may_manage && !owns && !mine {
        let (icon, label) =
            if suspended { (Icon::Replay, "Restore access") } else { (Icon::SigSkip, "Suspend") };
        items.extend([
            MenuItem::link(to("access"), icon, label),
            MenuItem::Line,
            MenuItem::danger(to("remove"), Icon::Trash, "Remove from workspace…"),
        ]);
    }
    items
}
