//! The people of a workspace, with the invitations under them.

use std::collections::HashMap;

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::groups;
use stackyard_domain::invitations::{self, InvitationFilter, InvitationPage};
use stackyard_domain::team::{self as service, TEAM_SORTS, TeamFilter, TeamPage, TeamSort};
use stackyard_model::id::MemberId;
use stackyard_model::team::OwnershipOffer;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, Role};
use stackyard_ui::{
    Banner, BannerTone, ButtonKind, ButtonSize, Choice, CopyField, Empty, Faces, Form, Hidden, Icon, LinkButton, Live, PageHeader,
    Pager, RelativeTime, SearchForm, SearchInput, Segment, Segments, Select, SubmitButton, Table, counted, thousands,
    written,
};

use super::forms::{AcceptOwnership, EndOffer};
use super::rows::{MemberRow, RowContext, columns};
use super::tabs::{TabsContext, TeamTab, TeamTabs};
use crate::invitations::Invitations;
use crate::page::{Answer, Nav, Page, Stop};
use crate::paths;
use crate::visit::{Inside, Visit};

/// People of a page.
const LIMIT: u32 = 50;
/// The statuses that the list can be narrowed to, as the address and as people know them.
const STATUSES: &[(&str, &str)] =
    &[("", "All"), ("active", "Active"), ("inactive", "Inactive"), ("suspended", "Suspended"), ("invited", "Invited")];

/// `…/team?q=&status=&role=&sort=&after=&invited=`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see the team.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    Ok(Loaded::load(&visit, &inside).await?.page(inside))
}

/// The page under every dialog here.
pub(super) struct Loaded {
    filter: TeamFilter,
    status: &'static str,
    sort: &'static str,
    after: String,
    team: TeamPage,
    invited_after: String,
    invited: Option<InvitationPage>,
    mails: bool,
    row: RowContext,
    may_invite: bool,
    links: Option<String>,
    tabs: TabsContext,
    groups: HashMap<MemberId, Vec<String>>,
    faces: Faces,
}

impl Loaded {
    pub(super) async fn load(visit: &Visit, inside: &Inside) -> Result<Self, Stop> {
        let here = &inside.here;
        let word = visit.query("status");
        let status = STATUSES.iter().find(|(known, _)| *known == word).map_or("", |(known, _)| *known);
        let order = visit.query("sort");
        let chosen = TEAM_SORTS.iter().find(|(_, known, _)| *known == order);
        let (sort_by, sort) = chosen.map_or((TeamSort::Seen, ""), |(sort, word, _)| (*sort, *word));
        let filter = TeamFilter {
            q: visit.query("q"),
            role: visit.query("role").parse().ok(),
            status: status.parse().ok(),
            sort: sort_by,
        };
        let after = visit.query("after");
        let team = service::page(&visit.ctx, here, &filter, &after, LIMIT).await?;
        let invited_after = visit.query("invited");
        let may_invite = here.may(Action::ManageMembers);
        let invited = if here.may(Action::SeeSensitive) && matches!(status, "" | "invited") {
            let filter = InvitationFilter { q: filter.q.clone(), role: filter.role };
            Some(invitations::page(&visit.ctx, here, &filter, &invited_after, LIMIT).await?)
        } else {
            None
        };
        let mails = visit.ctx.deps().mailer().is_some();
        let row = RowContext {
            workspace: inside.workspace().clone(),
            me: here.member_id.clone(),
            may_manage: may_invite,
            may_explain: here.may(Action::ManageAccess),
            may_transfer: here.may(Action::TransferOwnership),
            mails,
        };
        let links = visit.secret();
        let faces = visit.faces(team.members.iter().map(|member| member.user_id.as_str())).await?;
        let tabs = TabsContext::load(visit, inside).await?;
        let ids: Vec<_> = team.members.iter().map(|member| member.id.clone()).collect();
        let groups = groups::of_members(&visit.ctx, here, &ids).await?;
        Ok(Self {
            filter,
            status,
            sort,
            after,
            team,
            invited_after,
            invited,
            mails,
            row,
            may_invite,
            links,
            tabs,
            groups,
            faces,
        })
    }

    pub(super) fn page(self, inside: Inside) -> Page {
        Page::of_workspace(&inside, Nav::Team, "Team", move || view! { <Team loaded=self /> })
    }
}

#[component]
fn Team(loaded: Loaded) -> impl IntoView {
    let Loaded {
        filter,
        status,
        sort,
        after,
        team,
        invited_after,
        invited,
        mails,
        row,
        may_invite,
        links,
        tabs,
        mut groups,
        faces,
    } = loaded;
    provide_context(faces);
    let workspace = row.workspace.clone();
    let path = paths::team(&workspace);
    let counts = team.counts;
    let role = filter.role.map(|role| role.as_str()).unwrap_or_default();
    let q = filter.q;
    let at = |status: &str, after: &str, invited: &str| {
        paths::with_params(
            &path,
            &[("q", &q), ("status", status), ("role", role), ("sort", sort), ("after", after), ("invited", invited)],
        )
    };
    let mut note = counted(counts.members(), "person", "people");
    if counts.invited > 0 {
        note.push_str(&format!(", {} invited", thousands(counts.invited)));
    }
    let segments = STATUSES
        .iter()
        .filter(|(word, _)| may_invite || *word != "invited")
        .map(|(word, label)| Segment {
            href: at(word, "", ""),
            label: (*label).to_owned(),
            count: Some(match *word {
                "active" => counts.active,
                "inactive" => counts.inactive,
                "suspended" => counts.suspended,
                "invited" => counts.invited,
                _ => counts.members() + counts.invited,
            }),
            current: *word == status,
        })
        .collect();
    let narrowed = !q.is_empty() || !role.is_empty();
    let first = (!after.is_empty()).then(|| at(status, "", &invited_after));
    let later = team.next_cursor.as_deref().map(|after| at(status, after, &invited_after));
    let pager = (first.is_some() || later.is_some()).then(|| {
        let shown = i64::try_from(team.members.len()).unwrap_or(i64::MAX);
        let shown = format!("{} of {}", thousands(shown), counted(counts.members(), "person", "people"));
        view! { <Pager shown newer=first older=later words=("First", "Later") /> }
    });
    let me = row.me.clone();
    let offer = team.offer.map(|offer| {
        view! { <Offer to_me=offer.to == me offer may_transfer=row.may_transfer workspace=workspace.clone() /> }
    });
    let some_invited = invited.as_ref().is_some_and(|page| !page.items.is_empty());
    let members = if status == "invited" || (team.members.is_empty() && some_invited) {
        ().into_any()
    } else if team.members.is_empty() {
        view! { <Nobody all=path.clone() /> }.into_any()
    } else {
        let rows = written(
            team.members.into_iter().map(|member| {
                let groups = groups.remove(&member.id).unwrap_or_default();
                view! { <MemberRow member groups context=row.clone() /> }
            }),
        );
        view! {
            <h2 class="sr-only">"Members"</h2>
            <Table label="Members" columns=columns()>
                {rows}
            </Table>
            {pager}
        }
        .into_any()
    };
    let count = (!narrowed).then_some(counts.invited);
    let invited = invited.filter(|_| some_invited).map(|page| {
        let first = (!invited_after.is_empty()).then(|| at(status, &after, ""));
        let later = page.next_cursor.as_deref().map(|invited| at(status, &after, invited));
        view! { <Invitations page count workspace=workspace.clone() mails first later /> }
    });
    let nobody_invited = (status == "invited" && invited.is_none()).then(|| {
        if narrowed && counts.invited > 0 {
            view! { <Nobody all=path.clone() /> }.into_any()
        } else {
            view! { <Empty title="Nobody is invited" text="Invite people by mail or with a link to hand over." /> }.into_any()
        }
    });
    let roles = std::iter::once(Choice::new("", "Any role"))
        .chain(Role::ALL.iter().map(|role| Choice::new(role.as_str(), role.label())))
        .collect();
    let sorts = TEAM_SORTS.iter().map(|(_, word, label)| Choice::new(*word, *label)).collect();
    let invite = may_invite.then(|| {
        view! {
            <LinkButton
                href=paths::invite_people(&workspace)
                id="invite"
                kind=ButtonKind::Primary
                size=ButtonSize::Small
                icon=Icon::Plus
            >
                "Invite people"
            </LinkButton>
        }
    });
    view! {
        <PageHeader title="Team" note>
            <Live url=paths::live(&workspace) />
            {invite}
        </PageHeader>
        <TeamTabs context=tabs current=TeamTab::Members />
        {links.map(|links| view! { <Links links /> })}
        {offer}
        <SearchForm
            action=path.clone()
            class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6"
        >
            <SearchInput
                name="q"
                label="Search people"
                value=q.clone()
                placeholder="Name or e-mail"
                small=true
                class="relative w-56 max-md:w-full"
            />
            {(!status.is_empty()).then(|| view! { <Hidden name="status" value=status /> })}
            <div class="max-w-full overflow-x-auto" data-live="statuses">
                <Segments label="Status" segments />
            </div>
            <span class="grow max-md:hidden"></span>
            <Select name="role" label="Role" value=role choices=roles small=true />
            <Select name="sort" label="Sort by" value=sort choices=sorts small=true />
            <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                "Apply"
            </SubmitButton>
        </SearchForm>
        <div data-live="team">{members} {invited} {nobody_invited}</div>
        <p class="px-4 py-3 text-[12px] leading-[18px] text-ink-faint md:px-6">
            "A change of role is in force with the next request. Suspending ends access here at once and keeps the role."
        </p>
    }
    .into_any()
}

/// What stands where nobody fits the filter.
#[component]
fn Nobody(all: String) -> impl IntoView {
    view! {
        <Empty title="Nobody matches" text="Nobody here fits all of this. Take a filter away.">
            <LinkButton href=all size=ButtonSize::Small>
                "Show all"
            </LinkButton>
        </Empty>
    }
}

/// New links, shown this once.
#[component]
fn Links(links: String) -> impl IntoView {
    let fields = links
        .lines()
        .map(|line| {
            let (label, text) = line.split_once(' ').unwrap_or(("Invitation link", line));
            let named = label.contains('@').then(|| view! { <p class="mt-2 text-[12px] wrap-words">{label.to_owned()}</p> });
            view! {
                {named}
                <CopyField label=label.to_owned() text=text.to_owned() />
            }
        })
        .collect::<Vec<_>>();
    view! {
        <Banner tone=BannerTone::Accent class="mx-4 mt-4 md:mx-6">
            <p class="mb-2">
                "Hand each link over yourself. It is shown this once, works once, and proves nothing: whoever holds it gets in here."
            </p>
            {fields}
        </Banner>
    }
    .into_any()
}

/// Ownership that waits for somebody to take it.
#[component]
fn Offer(offer: OwnershipOffer, to_me: bool, may_transfer: bool, workspace: Workspace) -> impl IntoView {
    let back = paths::team(&workspace);
    let end = |label: &'static str| {
        let slug = workspace.slug.clone();
        view! {
            <Form action=EndOffer::url() back=back.clone()>
                <Hidden name="workspace" value=slug />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    {label}
                </SubmitButton>
            </Form>
        }
    };
    let (text, actions) = if to_me {
        let slug = workspace.slug.clone();
        let accept = view! {
            <Form action=AcceptOwnership::url() back=back.clone()>
                <Hidden name="workspace" value=slug />
                <SubmitButton size=ButtonSize::Small>"Take ownership"</SubmitButton>
            </Form>
        };
        let text = format!("{} is offered to you: everything in it, its deletion included, is then yours to decide.", workspace.name);
        (text, view! { {accept} {end("Turn it down")} }.into_any())
    } else if may_transfer {
        (format!("Ownership is offered to {}. It stays yours until they take it.", offer.to_name), end("Take the offer back").into_any())
    } else {
        (format!("Ownership is offered to {}.", offer.to_name), ().into_any())
    };
    view! {
        <Banner tone=BannerTone::Warn class="mx-4 mt-4 md:mx-6">
            <p class="wrap-words">
                {text} " The offer ends " <RelativeTime at=offer.expires_at class="" /> "."
            </p>
            <div class="mt-2 flex flex-wrap gap-2">{actions}</div>
        </Banner>
    }
    .into_any()
}
