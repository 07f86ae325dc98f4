//! Turns what a page loads into an answer: the page with its frame, a redirect, or an error page, each with the
//! right status. Every page is made by [`page`].
//!
//! All routes are [`SsrMode::Async`](leptos_router::SsrMode): the status and headers that are set while a page
//! loads are set before anything is sent. A bare [`Suspend`] is waited for in place, so no fallback is ever shown.

use std::pin::Pin;

use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use stackyard_domain::Error;
use stackyard_model::Action;
use stackyard_model::workspace::Workspace;
use stackyard_ui::Icon;

use crate::visit::{Inside, Visit};
use crate::{error, forms, frame, paths, trouble};

/// Why there is no page.
#[derive(Debug)]
pub enum Stop {
    /// A service refused or failed.
    Error(Error),
    /// It is somewhere else now, for good: 308.
    Moved(String),
    /// Something else is to be looked at: 303.
    See(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What a page's loader gives.
pub type Answer = Result<Page, Stop>;

/// Which entry of the sidebar a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Overview.
    Overview,
    /// Configured Repositories.
    Repositories,
    /// Stacks.
    Stacks,
    /// Deployments.
    Deployments,
    /// Locks.
    Locks,
    /// Team.
    Team,
    /// Activity.
    Activity,
    /// Workspace Settings.
    Settings,
}

/// What is known of an entry wherever it is led to: from the sidebar, the switcher, the palette.
pub(crate) struct NavPage {
    /// What it is called.
    pub(crate) label: &'static str,
    /// Its symbol.
    pub(crate) icon: Icon,
    /// Its address.
    pub(crate) path: fn(&Workspace) -> String,
    /// What a role has to be allowed to see it.
    pub(crate) needs: Action,
}

impl Nav {
    /// The entries of the sidebar, in its order; the settings stand apart.
    pub(crate) const SIDEBAR: [Self; 7] = [
        Self::Overview,
        Self::Repositories,
        Self::Stacks,
        Self::Deployments,
        Self::Locks,
        Self::Team,
        Self::Activity,
    ];

    /// What is known of it.
    pub(crate) const fn page(self) -> NavPage {
        const fn page(
            label: &'static str,
            icon: Icon,
            path: fn(&Workspace) -> String,
            needs: Action,
        ) -> NavPage {
            NavPage { label, icon, path, needs }
        }
        let resources = Action::SeeResources;
        match self {
            Self::Overview => page("Overview", Icon::Overview, paths::overview, Action::SeeOverview),
            Self::Repositories => page("Configured Repositories", Icon::Repo, paths::repositories, resources),
            Self::Stacks => page("Stacks", Icon::Stacks, paths::stacks, resources),
            Self::Deployments => page("Deployments", Icon::Deploy, paths::deployments, resources),
            Self::Locks => page("Locks", Icon::Lock, paths::locks, resources),
            Self::Team => page("Team", Icon::Team, paths::team, resources),
            Self::Activity => page("Activity", Icon::Activity, paths::activity, resources),
            Self::Settings => page("Workspace Settings", Icon::Gear, paths::settings, Action::SeeOverview),
        }
    }
}

/// What is around a page.
pub(crate) enum Around {
    /// A workspace's sidebar.
    Workspace {
        /// The workspace.
        inside: Box<Inside>,
        /// The entry that is current.
        nav: Nav,
        /// What stands over the page.
        dialog: Option<ViewFnOnce>,
    },
    /// The bar on top.
    Plain {
        /// Without margins.
        wide: bool,
    },
    /// First run: the drawing.
    FirstRun {
        /// What stands over the drawing.
        aside: ViewFnOnce,
        /// What stands at the foot.
        foot: ViewFnOnce,
    },
}

/// A page. Its views are made inside its frame, where they find what the frame provides.
pub struct Page {
    pub(crate) title: String,
    pub(crate) around: Around,
    pub(crate) body: ViewFnOnce,
}

impl Page {
    /// A page of a workspace.
    pub fn of_workspace<V: IntoView + 'static>(
        inside: &Inside,
        nav: Nav,
        title: impl Into<String>,
        body: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        let around = Around::Workspace { inside: Box::new(inside.clone()), nav, dialog: None };
        Self { title: title.into(), around, body: body.into() }
    }

    /// A page that belongs to no workspace.
    pub fn plain<V: IntoView + 'static>(
        title: impl Into<String>,
        body: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        Self { title: title.into(), around: Around::Plain { wide: false }, body: body.into() }
    }

    /// A page that belongs to no workspace and sets its own margins.
    pub fn wide<V: IntoView + 'static>(
        title: impl Into<String>,
        body: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        Self { title: title.into(), around: Around::Plain { wide: true }, body: body.into() }
    }

    /// A page of the first run.
    pub fn first_run<V: IntoView + 'static, A: IntoView + 'static, F: IntoView + 'static>(
        title: impl Into<String>,
        body: impl FnOnce() -> V + Send + 'static,
        aside: impl FnOnce() -> A + Send + 'static,
        foot: impl FnOnce() -> F + Send + 'static,
    ) -> Self {
        let around = Around::FirstRun { aside: aside.into(), foot: foot.into() };
        Self { title: title.into(), around, body: body.into() }
    }

    /// The same page of a workspace with a dialog over it.
    #[must_use]
    pub fn under<V: IntoView + 'static>(
        mut self,
        title: impl Into<String>,
        view: impl FnOnce() -> V + Send + 'static,
    ) -> Self {
        if let Around::Workspace { dialog, .. } = &mut self.around {
            *dialog = Some(view.into());
            self.title = title.into();
        }
        self
    }
}

/// A page from what loads it.
pub fn page<L, F>(load: L) -> AnyView
where
    L: FnOnce(Visit) -> F + Send + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    let Ok(visit) = Visit::begin() else {
        // The server provides a request to every page; without one nothing can be shown, not even why.
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(StatusCode::INTERNAL_SERVER_ERROR);
        }
        return ().into_any();
    };
    let coming = visit.clone();
    let loading: Loading = Box::pin(async move {
        let visit = coming.with_flash().await?;
        let page = load(visit.clone()).await?;
        Ok((page, visit))
    });
    answer_to(visit, loading)
}

type Loading = Pin<Box<dyn Future<Output = Result<(Page, Visit), Stop>> + Send>>;

/// The page for an address that leads nowhere.
pub fn nowhere() -> AnyView {
    page(async |_| Err(Stop::Error(Error::NotFound)))
}

fn answer_to(visit: Visit, loading: Loading) -> AnyView {
    Suspend::new(async move {
        match loading.await {
            Ok((page, visit)) => frame::document(&visit, page),
            Err(Stop::Moved(to)) => {
                forms::moved(&to);
                ().into_any()
            }
            Err(Stop::See(to)) => {
                forms::redirect(&to);
                ().into_any()
            }
            Err(Stop::Error(Error::Unauthenticated)) => {
                forms::redirect(&paths::sign_in(&visit.address()));
                ().into_any()
            }
            Err(Stop::Error(error)) => refused(&visit, &error),
        }
    })
    .into_any()
}

fn refused(visit: &Visit, error: &Error) -> AnyView {
    forms::log(&visit.ctx, error);
    let status = error::status(error);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
        if let Error::Throttled { retry_after } = error {
            response.insert_header(RETRY_AFTER, HeaderValue::from(retry_after.as_secs().max(1)));
        }
    }
    let page = if status == StatusCode::NOT_FOUND { trouble::nothing(visit) } else { trouble::error(visit, error) };
    frame::document(visit, page)
}
