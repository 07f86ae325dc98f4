//! Every form.

use stackyard_app::SERVER_FUNCTIONS;
use stackyard_domain::permissions;
use stackyard_model::{PermissionKind, Role};

use super::{Fate, SUSPENDED, Subject, World, Worlds, expected, fate, subjects};
use crate::support::{PASSWORD, SmtpServer, Temper, TestApp};

/// How each form is sent. Nothing is assumed: a form that is not here fails.
pub(crate) fn fields(path: &str, world: &World) -> Vec<(&'static str, String)> {
    let workspace = ("workspace", world.workspace().slug.clone());
    let repository = ("repository", world.repository().id.to_string());
    let permission = ("permission", world.permission.to_string());
    let kind = ("kind", PermissionKind::CommitsCreate.as_str().to_owned());
    let text = str::to_owned;
    let name = path.strip_prefix("/forms/").unwrap_or(path);
    match name {
        "setup" | "sign-out" | "account/sessions/revoke-others" => vec![],
        "sign-in" => vec![("email", text("owner@example.com")), ("password", text(PASSWORD))],
        "account/remove-picture" | "account/ask-proof" => vec![],
        "account/notices" => vec![("mail", text("daily"))],
        "account/prove" => vec![("link", text("verify_none"))],
        "forgot" => vec![("email", text("owner@example.com"))],
        "reset" => vec![("link", text("reset_none")), ("new", text("another battery staple"))],
        "notices/read" => vec![("event", text("evt_0000000000000000000000000000"))],
        "notices/read-all" => vec![("last", text("evt_0000000000000000000000000000"))],
        "account/theme" => vec![("theme", text("dark"))],
        "account/profile" => vec![("name", text("Somebody"))],
        "account/preferences" => vec![("theme", text("system"))],
        "account/password" => vec![("current", text(PASSWORD)), ("new", text("another battery staple"))],
        "account/sessions/revoke" => vec![("session", text("ses_0000000000000000000000000000"))],
        "workspaces/create" => vec![("name", format!("Fresh {}", world.workspace().slug))],
        "workspaces/check-slug" => vec![("slug", format!("free-{}", world.workspace().slug))],
        "workspaces/update" => {
            vec![workspace, ("name", text("Renamed")), ("slug", world.workspace().slug.clone())]
        }
        "workspaces/remove-logo" => vec![workspace],
        "workspaces/delete" => vec![workspace, ("name", world.workspace().name.clone())],
        "repositories/add" => vec![workspace, ("name", text("acme/other"))],
        "repositories/remove" => vec![workspace, repository, ("name", text("acme/infra"))],
        "repositories/confirm-identity" => {
            vec![workspace, repository, ("name", text("acme/renamed")), ("owner", text("65"))]
        }
        "invitations/invite" => vec![
            workspace,
            ("people", format!("new-{}@example.com", world.workspace().slug)),
            ("role", text("member")),
            ("way", text("copied")),
            ("days", text("7")),
        ],
        "invitations/resend" => {
            vec![workspace, ("invitation", world.invitation.to_string()), ("way", text("copied"))]
        }
        "invitations/revoke" => vec![workspace, ("invitation", world.invitation.to_string())],
        "invitations/accept" | "invitations/decline" => vec![("link", world.link.clone())],
        "invitations/join" => {
            vec![("link", world.link.clone()), ("name", text("Kim")), ("password", text(PASSWORD))]
        }
        "team/change-role" => {
            vec![workspace, ("member", world.member.to_string()), ("role", text("billing"))]
        }
        "team/suspend" | "team/restore" | "team/remove" => {
            vec![workspace, ("member", world.member.to_string())]
        }
        "groups/create" => vec![workspace, ("name", text("Second"))],
        "groups/update" => {
            vec![workspace, ("group", world.group.to_string()), ("name", text("Renamed"))]
        }
        "groups/delete" => vec![workspace, ("group", world.group.to_string())],
        "groups/add" | "groups/remove" => {
            vec![workspace, ("group", world.group.to_string()), ("members[0]", world.member.to_string())]
        }
        "groups/set" => {
            vec![workspace, ("member", world.member.to_string()), ("groups[0]", world.group.to_string())]
        }
        "access/grant" => {
            vec![workspace, repository, ("who", text("member@example.com")), ("role", text("read"))]
        }
        "access/revoke" => vec![workspace, repository, ("grant", world.grant.to_string())],
        "access/ask" => vec![
            workspace,
            ("what", text("repository")),
            ("repository", text("acme/other")),
            ("resource_role", text("read")),
            ("reason", text("to look at it")),
        ],
        "access/cancel" => vec![workspace, ("request_id", world.own_request.to_string())],
        "access/approve" => {
            vec![workspace, ("request_id", world.other_request.to_string()), ("days", text("7"))]
        }
        "access/reject" => {
            vec![workspace, ("request_id", world.other_request.to_string()), ("note", text("not needed"))]
        }
        "team/leave" | "team/accept-ownership" | "team/end-offer" => vec![workspace],
        "team/offer-ownership" => {
            vec![workspace, ("member", world.member.to_string()), ("name", world.workspace().name.clone())]
        }
        "jump" => vec![("q", text("acme"))],
        "deployments/read-log" | "deployments/find-in-log" => {
            vec![workspace, ("deployment", world.deployment.to_string()), ("q", text("line"))]
        }
        "deployments/cancel" => {
            vec![workspace, ("deployment", world.deployment.to_string()), ("reason", text("its job died"))]
        }
        "permissions/starter-set" => vec![workspace, repository],
        "permissions/check-pattern" => vec![("pattern", text("main"))],
        "permissions/add" => vec![workspace, repository, kind],
        "permissions/update" => vec![workspace, repository, permission, kind],
        "permissions/remove" => vec![workspace, repository, permission],
        "credentials/create" => vec![
            workspace,
            ("kind", text("access_token")),
            ("name", text("weekly")),
            ("scopes[0]", text("groups:read")),
            ("days", text("90")),
        ],
        "credentials/rotate" => {
            vec![workspace, ("credential", world.credential.to_string()), ("overlap", text("24h"))]
        }
        "credentials/switch" | "credentials/revoke" => {
            vec![workspace, ("credential", world.credential.to_string())]
        }
        "tokens/create" => vec![workspace, repository, ("name", text("weekly"))],
        "tokens/revoke" => vec![workspace, ("token", world.token.to_string())],
        "locks/take" => {
            vec![
                workspace,
                repository,
                ("stack", text("s")),
                ("component", text("c")),
                ("minutes", text("5")),
            ]
        }
        "locks/release" => {
            let lock = world.own_lock.as_ref().unwrap_or(&world.other_lock);
            vec![workspace, ("lock", lock.to_string())]
        }
        "locks/force-release" => {
            vec![workspace, ("lock", world.other_lock.to_string()), ("reason", text("stuck"))]
        }
        _ => panic!("{path} is not in the matrix: say how it is sent"),
    }
}

/// Forms about something that is not there: there is somebody, so the first link is used up; and no such session, link or
/// notice was ever made.
const ABOUT_NOTHING: [&str; 6] = [
    "/forms/setup",
    "/forms/account/sessions/revoke",
    "/forms/account/prove",
    "/forms/reset",
    "/forms/notices/read",
    // The operator made their accounts, and said whose the addresses are.
    "/forms/account/ask-proof",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_for_those_it_is_listed_for() {
    let mail = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(mail.mailer());
    let subjects = subjects(&app).await;
    let (mut worlds, mut number) = (Worlds::default(), 0);
    for function in SERVER_FUNCTIONS {
        for subject in &subjects {
            number += 1;
            // To those who are in no workspace it is the same world.
            let is_outside = subject.role.is_none();
            let mut world = match worlds.left(is_outside) {
                Some(world) => world,
                None => worlds.make(&app, &subjects, subject).await,
            };
            prepare(&app, function.path, &world).await;
            let stand_in = stand_in(&app, function.path, subject, number).await;
            let subject = stand_in.as_ref().unwrap_or(subject);
            if function.path.ends_with("permissions/starter-set") {
                world = without_permissions(&app, world).await;
            }
            let owned = fields(function.path, &world);
            let sent: Vec<_> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let call = app.post(function.path).header("accept", "application/json").form(&sent);
            let answer = world.sent_by(subject, call).send().await;
            let place = format!("{} as {}: {}", function.path, subject.name, answer.text());
            if ABOUT_NOTHING.contains(&function.path)
                && expected(function.audience, subject, Fate::SignIn) == Fate::Done
            {
                assert!([404, 409].contains(&answer.status.as_u16()), "{place}");
                continue;
            }
            let wanted = match subject.name {
                // Whoever holds a link may know of the workspace: they are told why it does not let them in.
                SUSPENDED if function.path.ends_with("invitations/accept") => Fate::Refused(403),
                _ => expected(function.audience, subject, Fate::Refused(401)),
            };
            // A form is refused by its status; the redirect to the sign-in is where signing out leads.
            let fate = if answer.status == 303 { Fate::Done } else { fate(&answer) };
            assert_eq!(fate, wanted, "{place}");
            worlds.untouched = (is_outside && fate != Fate::Done).then_some(world);
        }
        worlds.untouched = None;
    }
}

/// What a form needs to be there.
async fn prepare(app: &TestApp, path: &str, world: &World) {
    if path.ends_with("confirm-identity") {
        let renamed = app.claims().repository("acme/renamed", 74, 65);
        let held = app.exchange(&renamed, world.workspace().id.as_str()).await;
        assert_eq!(held.status, 403, "{}", held.text());
    }
}

/// Forms that end sessions or change passwords are sent by somebody else, whom nobody needs afterwards.
pub async fn stand_in(app: &TestApp, path: &str, subject: &Subject, number: usize) -> Option<Subject> {
    let ends = ["/sign-out", "/password", "/revoke-others"].iter().any(|ending| path.ends_with(ending));
    subject.person.as_ref().filter(|_| ends)?;
    let person = app.person(&format!("Standin{number}")).await;
    Some(Subject { name: subject.name, role: subject.role, person: Some(person) })
}

/// The starter set is for a repository that has nothing.
async fn without_permissions(app: &TestApp, world: World) -> World {
    let here = app.enter(world.workspace()).await;
    let operator = app.operator();
    for permission in permissions::list(&operator, &here, &world.repository().id).await.unwrap() {
        permissions::remove(&operator, &here, &world.repository().id, &permission.id).await.unwrap();
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn things_of_one_workspace_are_not_there_in_another_of_the_same_person() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let owner = subjects.iter().find(|subject| subject.role == Some(Role::Owner)).unwrap();
    let mine = World::new(&app, &subjects, "mine", owner).await;
    let other = World::new(&app, &subjects, "other", owner).await;
    let slug = ("workspace", "mine".to_owned());
    let mut seen = 0;
    for function in SERVER_FUNCTIONS {
        let foreign = fields(function.path, &other);
        let things: Vec<_> = foreign
            .iter()
            .filter(|(name, _)| {
                [
                    "repository",
                    "permission",
                    "token",
                    "credential",
                    "lock",
                    "deployment",
                    "member",
                    "invitation",
                    "group",
                    "grant",
                    "request_id",
                    "members[0]",
                    "groups[0]",
                ]
                .contains(name)
                    && !(function.path.ends_with("access/ask") && *name == "repository")
            })
            .map(|(name, _)| *name)
            .collect();
        // Each thing of the other workspace, with everything else of this one.
        for thing in things {
            seen += 1;
            let own = fields(function.path, &mine);
            let sent: Vec<_> = own
                .iter()
                .zip(&foreign)
                .map(|((name, own), (_, foreign))| match *name {
                    "workspace" => (slug.0, slug.1.as_str()),
                    name if name == thing => (name, foreign.as_str()),
                    name => (name, own.as_str()),
                })
                .collect();
            let call = mine.sent_by(owner, app.post(function.path)).header("accept", "application/json");
            let answer = call.form(&sent).send().await;
            assert_eq!(answer.status, 404, "{} with another's {thing}: {}", function.path, answer.text());
        }
    }
    assert!(seen >= 13, "{seen}");
    let about_things = |path: &str| {
        [
            "{repo}",
            "{affected}",
            "{instance}",
            "{deployment}",
            "{member}",
            "{invitation}",
            "{group}",
            "{request}",
        ]
        .iter()
        .any(|thing| path.contains(thing))
    };
    for page in stackyard_app::PAGES.iter().filter(|page| about_things(page.path)) {
        let foreign = other.fill(page.path).replace("/other/", "/mine/");
        let answer = mine.sent_by(owner, app.get(&foreign).html()).send().await;
        assert_eq!(answer.status, 404, "{foreign}");
        let half = page.path.replace("{repo}", mine.repository().id.as_str());
        if half.contains("{perm}") {
            let foreign = other.fill(&half).replace("/other/", "/mine/");
            let answer = mine.sent_by(owner, app.get(&foreign).html()).send().await;
            assert_eq!(answer.status, 404, "{foreign}");
        }
    }
}
