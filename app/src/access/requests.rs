//! Requests for access.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::access::{self as service, RequestPage};
use stackyard_model::access::{AccessRequest, RequestState};
use stackyard_model::id::MemberId;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, Role};
use stackyard_ui::{
    Badge, BadgeTone, ButtonKind, ButtonSize, Cell, Column, CoverLink, Empty, Form, Hidden, Icon, LinkButton,
    PageHeader, Pager, PersonTile, RelativeTime, Row, RowTone, Split, SplitMain, SubmitButton, Table, counted,
    thousands,
};

use super::ask::AskPanel;
use super::forms::CancelRequest;
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page, Stop};
use crate::paths;
use crate::team::{TabsContext, TeamTab, TeamTabs};
use crate::visit::{Inside, Visit};

/// Requests of a page that were decided.
const LIMIT: u32 = 50;
/// Most requests that are listed as waiting.
const PENDING: u32 = 200;

/// `…/team/requests?ask=1&after=`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not ask for access.
pub async fn requests(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    Ok(Loaded::load(&visit, &inside).await?.page(&inside))
}

/// The page under the dialog.
pub(super) struct Loaded {
    workspace: Workspace,
    me: MemberId,
    role: Role,
    decides: bool,
    tabs: TabsContext,
    pending: RequestPage,
    past: RequestPage,
    after: String,
    ask: Option<FormState>,
    back: String,
}

impl Loaded {
    pub(super) async fn load(visit: &Visit, inside: &Inside) -> Result<Self, Stop> {
        let here = &inside.here;
        let after = visit.query("after");
        let pending = service::requests(&visit.ctx, here, true, "", PENDING).await?;
        let past = service::requests(&visit.ctx, here, false, &after, LIMIT).await?;
        let state = visit.form("access/ask");
        let open = visit.has("ask") || state.came_back();
        Ok(Self {
            workspace: inside.workspace().clone(),
            me: here.member_id.clone(),
            role: here.role,
            decides: here.may(Action::ManageMembers),
            tabs: TabsContext::load(visit, inside).await?,
            pending,
            past,
            after,
            ask: open.then_some(state),
            back: visit.here(),
        })
    }

    pub(super) fn page(self, inside: &Inside) -> Page {
        Page::of_workspace(inside, Nav::Team, "Access requests", move || view! { <Requests loaded=self /> })
    }
}

#[component]
fn Requests(loaded: Loaded) -> impl IntoView {
    let Loaded { workspace, me, role, decides, tabs, pending, past, after, ask, back } = loaded;
    let path = paths::access_requests(&workspace);
    let waiting = i64::try_from(pending.items.len()).unwrap_or(i64::MAX);
    let may_ask = role != Role::Owner;
    let button = may_ask.then(|| {
        let kind = if ask.is_some() { ButtonKind::Plain } else { ButtonKind::Primary };
        view! {
            <LinkButton href=paths::ask_for_access(&workspace) kind size=ButtonSize::Small icon=Icon::Plus>
                "Request access"
            </LinkButton>
        }
    });
    let nothing = pending.items.is_empty() && past.items.is_empty() && after.is_empty();
    let list = |label: &'static str, items: Vec<AccessRequest>| {
        let rows = items
            .into_iter()
            .map(|request| {
                let mine = request.member_id == me;
                let row = RowContext { workspace: workspace.clone(), decides, mine, back: back.clone() };
                view! { <RequestRow request row /> }
            })
            .collect::<Vec<_>>();
        let columns = vec![
            Column::new("Who", "md:w-[200px]"),
            Column::new("Asks for", ""),
            Column::new("State", "md:w-[160px]"),
            Column::new("Asked", "max-lg:hidden lg:w-[124px]"),
            Column::silent("Actions", "md:w-[96px]"),
        ];
        view! {
            <Table label columns>
                {rows}
            </Table>
        }
    };
    let heading = |text: String| {
        view! { <h2 class="px-4 pt-5 pb-2 text-[13px] font-semibold md:px-6">{text}</h2> }
    };
    let main = if nothing {
        let text = if decides {
            "When a member asks for a role or a repository, the request waits here until an owner or admin decides."
        } else {
            "Ask for a repository or another role, and say why. An owner or admin decides, for a time or for good."
        };
        view! { <Empty title="No request" text /> }.into_any()
    } else {
        let first = (!after.is_empty()).then(|| path.clone());
        let later = past.next_cursor.as_deref().map(|after| paths::with_params(&path, &[("after", after)]));
        let pager = (first.is_some() || later.is_some()).then(|| {
            let shown = i64::try_from(past.items.len()).unwrap_or(i64::MAX);
            let shown = format!("{} decided", thousands(shown));
            view! { <Pager shown newer=first older=later words=("First", "Later") /> }
        });
        let waits = (!pending.items.is_empty()).then(|| {
            view! {
                {heading(counted(waiting, "request waits", "requests wait"))}
                {list("Requests that wait", pending.items)}
            }
        });
        let past = (!past.items.is_empty()).then(|| {
            view! {
                {heading("Decided".to_owned())}
                {list("Requests that were decided", past.items)}
                {pager}
            }
        });
        view! { {waits} {past} }.into_any()
    };
    let main = view! { <SplitMain>{main}</SplitMain> };
    let panel = ask.filter(|_| may_ask).map(|state| {
        view! { <AskPanel workspace=workspace.clone() mine=role state back=back.clone() /> }
    });
    view! {
        <PageHeader title="Team">{button}</PageHeader>
        <TeamTabs context=tabs current=TeamTab::Requests />
        {match panel {
            Some(panel) => view! { <Split>{panel} {main}</Split> }.into_any(),
            None => main.into_any(),
        }}
    }
    .into_any()
}

/// What a row needs to know.
#[derive(Clone)]
struct RowContext {
    workspace: Workspace,
    decides: bool,
    mine: bool,
    back: String,
}

#[component]
fn RequestRow(request: AccessRequest, row: RowContext) -> impl IntoView {
    let RowContext { workspace, decides, mine, back } = row;
    let waits = request.state == RequestState::Pending;
    let decide = waits && decides && !mine;
    let href = paths::access_request(&workspace, &request.id);
    let asked = request.asked.label();
    let what = if decide {
        view! {
            <CoverLink href=href.clone() class="cover block font-medium wrap-words">
                {asked}
            </CoverLink>
        }
        .into_any()
    } else {
        view! { <span class="block font-medium wrap-words">{asked}</span> }.into_any()
    };
    let note = request.note.clone().map(|note| {
        let by = request.decided_by_name.clone().unwrap_or_default();
        view! {
            <span class="block text-[12px] leading-4 text-ink-muted wrap-words">{format!("{by}: “{note}”")}</span>
        }
    });
    let action = if decide {
        view! {
            <LinkButton href size=ButtonSize::Small class="relative z-10">
                "Decide"
            </LinkButton>
        }
        .into_any()
    } else if waits && mine {
        let label = format!("Cancel the request for {}", request.asked.label());
        let id = request.id.to_string();
        view! {
            <Form action=CancelRequest::url() back class="relative z-10 inline-flex">
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="request_id" value=id />
                <SubmitButton kind=ButtonKind::Ghost size=ButtonSize::Small label>
                    "Cancel"
                </SubmitButton>
            </Form>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let name = request.member_name.clone();
    let (reason, created_at) = (format!("“{}”", request.reason), request.created_at);
    let tone = if decide { RowTone::Linked } else { RowTone::Rest };
    view! {
        <Row tone>
            <Cell class="max-md:col-start-1">
                <span class="flex min-w-0 items-center gap-2.5">
                    <PersonTile name=name.clone() />
                    <span class="min-w-0 truncate max-md:whitespace-normal wrap-words" title=name.clone()>
                        {name.clone()}
                    </span>
                    {mine.then(|| view! { <span class="text-[12px] text-ink-faint">"you"</span> })}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1">
                {what}
                <span class="block text-[12px] leading-4 text-ink-muted wrap-words">
                    {reason}
                </span>
                {note}
            </Cell>
            <Cell class="max-md:col-start-1 max-md:text-[12px]">
                <Outcome request />
            </Cell>
            <Cell class="max-lg:hidden">
                <RelativeTime at=created_at />
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">{action}</Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Outcome(request: AccessRequest) -> impl IntoView {
    let tone = match request.state {
        RequestState::Pending => BadgeTone::Accent,
        RequestState::Rejected => BadgeTone::Warn,
        _ => BadgeTone::Plain,
    };
    let until = match (request.state, request.expires_at) {
        (RequestState::Approved, Some(at)) => {
            Some(view! { <span class="block text-[12px] leading-4 text-ink-muted">"ends " <RelativeTime at class="" /></span> })
        }
        _ => None,
    };
    view! {
        <Badge tone>{request.state.label()}</Badge>
        {until}
    }
}
