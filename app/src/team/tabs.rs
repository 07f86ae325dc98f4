//! The tabs over the pages of the team.

use leptos::prelude::*;
use stackyard_domain::access;
use stackyard_model::Action;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{Tab, Tabs};

use crate::page::Stop;
use crate::paths;
use crate::visit::{Inside, Visit};

/// One of the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TeamTab {
    /// The people and their invitations.
    Members,
    /// The groups.
    Groups,
    /// The requests for access.
    Requests,
}

/// What the tabs show to who looks.
#[derive(Debug, Clone)]
pub(crate) struct TabsContext {
    workspace: Workspace,
    /// Requests that wait for them; none for who may not ask nor decide.
    requests: Option<i64>,
}

impl TabsContext {
    pub(crate) async fn load(visit: &Visit, inside: &Inside) -> Result<Self, Stop> {
        let here = &inside.here;
        let requests = if here.may(Action::RequestAccess) {
            Some(access::count_pending(&visit.ctx, here).await?)
        } else {
            None
        };
        Ok(Self { workspace: inside.workspace().clone(), requests })
    }
}

#[component]
pub(crate) fn TeamTabs(context: TabsContext, current: TeamTab) -> impl IntoView {
    let TabsContext { workspace, requests } = context;
    let requests = requests.map(|pending| {
        let href = paths::access_requests(&workspace);
        let current = current == TeamTab::Requests;
        if pending > 0 {
            view! { <Tab href label="Access requests" current count=pending /> }.into_any()
        } else {
            view! { <Tab href label="Access requests" current /> }.into_any()
        }
    });
    view! {
        <Tabs label="Team">
            <Tab href=paths::team(&workspace) label="Members" current=current == TeamTab::Members />
            <Tab href=paths::groups(&workspace) label="Groups" current=current == TeamTab::Groups />
            {requests}
        </Tabs>
    }
    .into_any()
}
