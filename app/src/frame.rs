//! The document around every page: head, scripts, sidebar or bar, what was done before.

use leptos::hydration::HydrationScripts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::account::Account;
use stackyard_model::workspace::Membership;
use stackyard_ui::{
    Banner, BannerTone, Document, FirstRunShell, Frame, NavEntry, PlainShell, Shell, ShellPerson,
    SwitcherEntry, Way,
};

use crate::accounts::forms::{SetTheme, SignOut};
use crate::context::Assets;
use crate::jump::forms::Jump;
use crate::page::{Around, Nav, NavPage, Page};
use crate::paths;
use crate::visit::{Inside, Visit};

/// The whole document of a page.
pub(crate) fn document(visit: &Visit, page: Page) -> AnyView {
    provide_context(visit.now());
    let assets = use_context::<Assets>();
    let css = assets.as_ref().map(|assets| assets.css.clone()).unwrap_or_default();
    let title = format!("{} · Stackyard", page.title);
    let head = move || {
        let scripts = assets.map(|assets| {
            view! {
                <script src=assets.theme nonce=use_nonce()></script>
                <HydrationScripts options=assets.leptos islands=true />
            }
        });
        view! {
            <link rel="icon" href="/favicon.ico" type="image/svg+xml" />
            {scripts}
        }
    };
    let theme = visit.theme();
    let person = visit.person().map(|person| shell_person(visit, person));
    let told = Told { notice: visit.notice(), refusal: visit.refusal() };
    let may_create = visit.ctx.deps().site.anyone_may_create_workspaces;
    let Page { around, body, .. } = page;
    view! {
        <Document css title theme head>
            {surrounded(around, body, person, told, may_create)}
        </Document>
    }
    .into_any()
}

fn surrounded(
    around: Around,
    body: ViewFnOnce,
    person: Option<ShellPerson>,
    told: Told,
    may_create: bool,
) -> AnyView {
    match around {
        Around::Workspace { inside, nav, dialog } => {
            // Nobody comes into a workspace without signing in.
            let Some(person) = person else { return ().into_any() };
            let frame = workspace_frame(&inside, nav, may_create, person);
            view! {
                <Shell frame dialog>
                    <Tell told class="mx-4 mt-4 md:mx-6" />
                    {body.run()}
                </Shell>
            }
            .into_any()
        }
        Around::Plain { wide } => view! {
            <PlainShell person wide>
                <Tell told class="mb-6" />
                {body.run()}
            </PlainShell>
        }
        .into_any(),
        Around::FirstRun { aside, foot } => view! {
            <FirstRunShell person aside foot>
                <Tell told class="mb-6" />
                {body.run()}
            </FirstRunShell>
        }
        .into_any(),
    }
}

struct Told {
    notice: Option<String>,
    refusal: Option<String>,
}

/// What the form before did, or why a button did nothing.
#[component]
fn Tell(told: Told, class: &'static str) -> impl IntoView {
    (
        told.notice.map(|notice| view! { <Banner tone=BannerTone::Ok class>{notice}</Banner> }),
        told.refusal.map(|refusal| view! { <Banner tone=BannerTone::Danger class>{refusal}</Banner> }),
    )
}

fn shell_person(visit: &Visit, person: &Account) -> ShellPerson {
    ShellPerson {
        name: person.name.clone(),
        email: person.email.clone(),
        picture: person.picture.as_ref().map(|version| paths::picture(&person.id, version)),
        unread: person.notices_unread,
        theme: visit.theme(),
        sign_out: SignOut::url().to_owned(),
        set_theme: SetTheme::url().to_owned(),
        here: visit.here(),
    }
}

fn workspace_frame(inside: &Inside, nav: Nav, may_create: bool, person: ShellPerson) -> Frame {
    let workspace = inside.workspace();
    let entry = |of: Nav| {
        let NavPage { label, icon, path, .. } = of.page();
        NavEntry { href: path(workspace), label, icon, current: of == nav, count: None, warn: false }
    };
    let seen = |of: &Nav| inside.here.may(of.page().needs);
    let switcher = inside
        .memberships
        .iter()
        .map(|membership| SwitcherEntry {
            href: same_page(nav, membership),
            name: membership.workspace.name.clone(),
            logo: paths::logo(&membership.workspace),
            role: membership.role.label(),
            current: membership.workspace.id == workspace.id,
        })
        .collect();
    Frame {
        workspace: workspace.name.clone(),
        logo: paths::logo(workspace),
        switcher,
        nav: Nav::SIDEBAR.into_iter().filter(seen).map(entry).collect(),
        settings: Some(entry(Nav::Settings)),
        may_create,
        jump: Way {
            url: Jump::url().to_owned(),
            page: paths::with_params(paths::JUMP, &[("workspace", &workspace.slug)]),
            workspace: workspace.slug.clone(),
        },
        person,
    }
}

/// The page of the same name in another workspace, or its overview when the role there may not see that one.
fn same_page(nav: Nav, membership: &Membership) -> String {
    let workspace = &membership.workspace;
    let NavPage { path, needs, .. } = nav.page();
    if membership.may(needs) { path(workspace) } else { paths::overview(workspace) }
}
