//! Every route, page and form as everybody (rules §13). What is not listed here fails.

mod credentials;
pub(crate) mod forms;
mod pages;
mod routes;

use http::StatusCode;
use stackyard_app::Audience;
use stackyard_domain::access::AskInput;
use stackyard_domain::affected::{AffectedItem, AffectedUpload};
use stackyard_domain::credentials::CredentialInput;
use stackyard_domain::instances::InstanceFilter;
use stackyard_domain::locks::{self, TakeInput};
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{
    access, accounts, affected, ci, credentials as tokens_and_keys, groups, instances, permissions, tokens,
    workspaces,
};
use stackyard_model::credential::{CredentialId, CredentialKind, Scope};
use stackyard_model::id::{
    AccessRequestId, AffectedId, DeploymentId, GrantId, GroupId, InstanceId, InvitationId, LockId, MemberId,
    PermissionId, RepositoryTokenId,
};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, PermissionKind, Role};

use crate::support::{Answer, Call, PNG, Person, Place, TestApp};

/// Somebody who calls.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    /// Their role in the workspace that is called.
    pub(crate) role: Option<Role>,
    pub(crate) person: Option<Person>,
}

const SUSPENDED: &str = "a suspended admin";
const WORKLOADS: [&str; 2] = ["a run", "a repository token"];

pub(crate) async fn subjects(app: &TestApp) -> Vec<Subject> {
    let mut all = vec![Subject { name: "nobody", role: None, person: None }];
    all.extend(WORKLOADS.map(|name| Subject { name, role: None, person: None }));
    let stranger = app.person("Stranger").await;
    app.workspace(&stranger, "elsewhere").await;
    all.push(Subject { name: "a stranger", role: None, person: Some(stranger) });
    // An admin of every workspace, kept out of each: there is nothing there for them.
    all.push(Subject { name: SUSPENDED, role: None, person: Some(app.person("Suspended").await) });
    for role in Role::ALL {
        let person = app.person(role.label()).await;
        all.push(Subject { name: role.label(), role: Some(*role), person: Some(person) });
    }
    all
}

fn person_of(subjects: &[Subject], role: Role) -> &Person {
    subjects
        .iter()
        .find(|subject| subject.role == Some(role))
        .and_then(|subject| subject.person.as_ref())
        .unwrap()
}

/// A workspace with one of everything, in which everybody but the stranger has their role.
pub(crate) struct World {
    place: Place,
    permission: PermissionId,
    token: RepositoryTokenId,
    /// An API key that may do everything.
    credential: CredentialId,
    /// Held by the one who calls, where their role may hold locks.
    own_lock: Option<LockId>,
    /// Held by somebody else.
    other_lock: LockId,
    run_bearer: String,
    token_bearer: String,
    affected: AffectedId,
    instance: InstanceId,
    deployment: DeploymentId,
    /// The viewer's.
    member: MemberId,
    /// A group with the viewer in it.
    group: GroupId,
    /// The viewer's role on the repository.
    grant: GrantId,
    /// A request of the one who calls, where they may ask, else of somebody else.
    own_request: AccessRequestId,
    /// A request of somebody who is not the one who calls.
    other_request: AccessRequestId,
    /// An invitation that waits, and the secret of its link.
    invitation: InvitationId,
    link: String,
    /// Of a refusal.
    trace: String,
    logo: String,
    /// The one who calls, with a picture of the same pixels as the logo; somebody unknown where nobody does.
    person: String,
}

impl World {
    pub(crate) async fn new(app: &TestApp, subjects: &[Subject], slug: &str, caller: &Subject) -> Self {
        let owner = person_of(subjects, Role::Owner);
        let workspace = app.workspace(owner, slug).await;
        for role in Role::ALL.iter().filter(|role| **role != Role::Owner) {
            app.add_member(&workspace, person_of(subjects, *role), *role).await;
        }
        let here = app.enter(&workspace).await;
        let operator = app.operator();
        for person in
            subjects.iter().filter(|one| one.name == SUSPENDED).filter_map(|one| one.person.as_ref())
        {
            let member =
                workspaces::add_member(&operator, &here, &person.account, Role::Admin).await.unwrap();
            team::suspend(&operator, &here, &member, Decisions::default()).await.unwrap();
        }
        workspaces::set_logo(&operator, &here, PNG.to_vec()).await.unwrap();
        let place = app.with_infra(workspace, owner.clone()).await;
        app.allow(&place, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
        let permission =
            permissions::list(&operator, &here, &place.repository.id).await.unwrap().remove(0).id;
        let made = tokens::create(&operator, &here, &place.repository.id, "nightly", None).await;
        let (token, token_bearer) = made.unwrap();
        let (credential, _) = tokens_and_keys::create(&operator, &here, everything()).await.unwrap();
        let credential = credential.id;
        let run_bearer = app.session(&place).await;
        let refused =
            app.call("DELETE", "/api/v1/locks").bearer(&run_bearer).body(r#"{"key":"acme/infra/x/y"}"#);
        let trace = refused.send().await.header("x-trace-id").to_owned();
        let kinds = [
            PermissionKind::AffectedStacksCreate,
            PermissionKind::DeploymentsCreate,
            PermissionKind::InstancesCreate,
            PermissionKind::InstancesUpdate,
            PermissionKind::LocksDelete,
        ];
        for kind in kinds {
            app.allow(&place, kind, ["*", "*", "*"]).await;
        }
        let inventory = serde_json::json!({"instances": [{"stack": "dev", "component": "vpc"}]});
        let uploaded = app.post("/api/v1/instances").bearer(&run_bearer).json(&inventory).send().await;
        assert_eq!(uploaded.status, 200, "{}", uploaded.text());
        let vpc = serde_json::json!({"stack": "dev", "component": "vpc"});
        let made = app.post("/api/v1/deployments").bearer(&run_bearer).json(&vpc).send().await;
        let deployment = made.envelope()["data"]["id"].as_str().unwrap().parse().unwrap();
        let run = operator.clone().with_actor(ci::authenticate(&operator, &run_bearer).await.unwrap());
        let vpc =
            AffectedItem { stack: "dev".to_owned(), component: "vpc".to_owned(), ..AffectedItem::default() };
        let upload =
            AffectedUpload { head_sha: "4f5eefb".to_owned(), stacks: vec![vpc], ..Default::default() };
        let affected = affected::upload(&run, upload).await.unwrap().id.unwrap();
        let page = instances::page(&operator, &here, &InstanceFilter::default(), "", 1).await.unwrap();
        let instance = page.items.first().unwrap().id.clone();
        let may_hold = caller.role.is_some_and(|role| role.may(Action::UseLocks));
        let own_lock = match &caller.person {
            Some(person) if may_hold => Some(lock(app, &place, person, "own").await),
            _ => None,
        };
        let other = if caller.role == Some(Role::Owner) { Role::Admin } else { Role::Owner };
        let other_lock = lock(app, &place, person_of(subjects, other), "theirs").await;
        let logo = app.enter(&place.workspace).await.workspace().logo.clone().unwrap();
        let token_bearer = token_bearer.expose().to_owned();
        let token = token.id;
        let member = membership(app, &place, person_of(subjects, Role::Viewer)).await;
        let (invitation, link) =
            app.invite(&place, &format!("invited-{slug}@example.com"), Role::Member).await;
        let offered = match &caller.person {
            Some(person) if caller.role.is_some_and(|role| role != Role::Owner) => {
                membership(app, &place, person).await
            }
            _ => member.clone(),
        };
        let group = groups::create(&operator, &here, "Platform", "").await.unwrap();
        groups::add(&operator, &here, &group, std::slice::from_ref(&member)).await.unwrap();
        let viewer = &person_of(subjects, Role::Viewer).account.email;
        access::grant(&operator, &here, &place.repository.id, viewer, "read").await.unwrap();
        let grants = access::grants_on(&operator, &here, &place.repository.id).await.unwrap();
        let grant = grants.first().unwrap().id.clone();
        let asks = if caller.role == Some(Role::Member) { Role::Admin } else { Role::Member };
        let other_request = request(app, &place, person_of(subjects, asks)).await;
        let may_ask = caller.role.is_some_and(|role| role.may(Action::RequestAccess));
        let own_request = match &caller.person {
            Some(person) if may_ask => request(app, &place, person).await,
            _ => other_request.clone(),
        };
        let owner = app.ctx_of(&place.owner).await;
        let here = access::enter_anyhow(&owner, slug).await.unwrap();
        team::offer_ownership(&owner, &here, &offered, &here.workspace().name).await.unwrap();
        Self {
            place,
            permission,
            token,
            credential,
            own_lock,
            other_lock,
            run_bearer,
            token_bearer,
            affected,
            instance,
            deployment,
            member,
            group,
            grant,
            own_request,
            other_request,
            invitation,
            link,
            trace,
            logo,
            person: with_picture(app, caller).await,
        }
    }

    pub(crate) fn workspace(&self) -> &Workspace {
        &self.place.workspace
    }

    pub(crate) fn repository(&self) -> &Repository {
        &self.place.repository
    }

    /// The call as `subject`.
    pub(crate) fn sent_by(&self, subject: &Subject, call: Call) -> Call {
        match (&subject.person, subject.name) {
            (Some(person), _) => call.cookie(&person.cookie),
            (None, "a run") => call.bearer(&self.run_bearer),
            (None, "a repository token") => call.bearer(&self.token_bearer),
            (None, _) => call,
        }
    }

    /// A path of a table with this world's things in it.
    pub(crate) fn fill(&self, path: &str) -> String {
        path.replace("{slug}", &self.workspace().slug)
            .replace("{id}", self.workspace().id.as_str())
            .replace("{repo}", self.repository().id.as_str())
            .replace("{perm}", self.permission.as_str())
            .replace("{affected}", self.affected.as_str())
            .replace("{instance}", self.instance.as_str())
            .replace("{deployment}", self.deployment.as_str())
            .replace("{member}", self.member.as_str())
            .replace("{invitation}", self.invitation.as_str())
            .replace("{group}", self.group.as_str())
            .replace("{request}", self.other_request.as_str())
            .replace("{token}", &self.link)
            .replace("{trace}", &self.trace)
            .replace("{version}", &self.logo)
            .replace("{person}", &self.person)
            .replace("{tag}", "NotFound")
            .replace("{*path}", "nothing.js")
    }
}

/// Worlds, one after the other. One in which nothing was done is used again: making them is most of the work.
#[derive(Default)]
struct Worlds {
    made: usize,
    untouched: Option<World>,
}

impl Worlds {
    /// The one that is left, where it is as good as a new one.
    fn left(&mut self, is_as_good: bool) -> Option<World> {
        self.untouched.take().filter(|_| is_as_good)
    }

    /// A new one.
    async fn make(&mut self, app: &TestApp, subjects: &[Subject], caller: &Subject) -> World {
        self.made += 1;
        World::new(app, subjects, &format!("world-{}", self.made), caller).await
    }
}

/// An API key for everything.
fn everything() -> CredentialInput {
    CredentialInput {
        kind: CredentialKind::ApiKey,
        name: "everything".to_owned(),
        description: String::new(),
        scopes: Scope::ALL.iter().map(ToString::to_string).collect(),
        days: None,
    }
}

async fn with_picture(app: &TestApp, caller: &Subject) -> String {
    let Some(person) = &caller.person else { return "usr_0000000000000000000000000000".to_owned() };
    accounts::set_picture(&app.ctx_of(person).await, PNG.to_vec()).await.unwrap();
    person.account.id.to_string()
}

async fn membership(app: &TestApp, place: &Place, person: &Person) -> MemberId {
    let ctx = app.ctx_of(person).await;
    access::enter_anyhow(&ctx, &place.workspace.slug).await.unwrap().member_id.clone()
}

async fn request(app: &TestApp, place: &Place, person: &Person) -> AccessRequestId {
    let ctx = app.ctx_of(person).await;
    let here = access::enter_anyhow(&ctx, &place.workspace.slug).await.unwrap();
    let input = AskInput {
        what: "role".to_owned(),
        role: Role::Billing.as_str().to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "for a while".to_owned(),
    };
    access::ask(&ctx, &here, input).await.unwrap();
    let all = access::requests(&ctx, &here, true, "", 50).await.unwrap().items;
    all.into_iter().find(|request| request.member_id == here.member_id).unwrap().id
}

async fn lock(app: &TestApp, place: &Place, person: &Person, stack: &str) -> LockId {
    let ctx = app.ctx_of(person).await;
    let here = access::enter_anyhow(&ctx, &place.workspace.slug).await.unwrap();
    let input = TakeInput {
        repository: place.repository.id.to_string(),
        stack: stack.to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: "working".to_owned(),
    };
    locks::take(&ctx, &here, input).await.unwrap().id
}

/// Whether somebody asks what they can reach themselves, which everybody may who sees the team.
fn about_themselves(path: &str, subject: &Subject) -> bool {
    path.contains("/{member}/effective") && subject.role == Some(Role::Viewer)
}

/// What becomes of a call.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It is done, or shown.
    Done,
    /// A page or a form asks to sign in first.
    SignIn,
    /// 401, 403, 404 or 409, as it says.
    Refused(u16),
}

fn fate(answer: &Answer) -> Fate {
    if answer.status.is_redirection() && answer.location().starts_with("/sign-in") {
        return Fate::SignIn;
    }
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::CONFLICT => {
            Fate::Refused(answer.status.as_u16())
        }
        status if status.is_success() || status.is_redirection() => Fate::Done,
        other => panic!("{other}: {}", answer.text()),
    }
}

/// What has to become of a call by `subject` where the service decides.
fn expected(audience: Audience, subject: &Subject, nobody: Fate) -> Fate {
    if audience == Audience::Public {
        return Fate::Done;
    }
    if subject.person.is_none() {
        return nobody;
    }
    match (audience, subject.role) {
        (Audience::SignedIn, _) => Fate::Done,
        (Audience::Member(action) | Audience::Hidden(action), Some(role)) if role.may(action) => Fate::Done,
        (Audience::Member(_), Some(_)) => Fate::Refused(403),
        _ => Fate::Refused(404),
    }
}
