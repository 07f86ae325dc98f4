use std::sync::Arc;

use stackyard_domain::accounts::{self, NewAccount};
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::invitations::{self, InviteInput, Joining};
use stackyard_domain::locks::{self, LockFilter, Locks};
use stackyard_domain::workspaces::{self, NewWorkspace};
use stackyard_domain::{
    Actor, Ctx, Here, SignedIn, access, activity, permissions, repositories, sessions, tokens,
};
use stackyard_model::PermissionKind;
use stackyard_model::account::Account;
use stackyard_model::activity::{ActivityFilter, Event};
use stackyard_model::credential::{CredentialId, CredentialKind, Scope};
use stackyard_model::id::InvitationId;
use stackyard_model::permission::{Events, PermissionInput};
use stackyard_model::repository::Repository;
use stackyard_model::role::Role;
use stackyard_model::workspace::Workspace;

use super::{PASSWORD, TestApp};

/// Somebody with an account, signed in.
#[derive(Clone)]
pub struct Person {
    pub account: Account,
    pub cookie: String,
}

/// A workspace with its owner and the repository `acme/infra`.
pub struct Place {
    pub owner: Person,
    pub workspace: Workspace,
    pub repository: Repository,
}

impl TestApp {
    /// Somebody new, signed in.
    pub async fn person(&self, name: &str) -> Person {
        let email = format!("{}@example.com", name.to_lowercase());
        let new = NewAccount { name: name.to_owned(), email, password: PASSWORD.to_owned() };
        let account = accounts::create(&self.operator(), new).await.unwrap();
        self.sign_in(account).await
    }

    /// Somebody whose account a link made that was handed over: nothing proves their address. They are a viewer somewhere.
    pub async fn unproved(&self, name: &str) -> Person {
        let slug = format!("lobby-of-{}", name.to_lowercase());
        let host = self.person(&format!("Host-of-{name}")).await;
        let place = self.workspace(&host, &slug).await;
        let place = self.with_infra(place, host).await;
        let (_, link) =
            self.invite(&place, &format!("{}@example.com", name.to_lowercase()), Role::Viewer).await;
        let joining = Joining { name: name.to_owned(), password: PASSWORD.to_owned() };
        let nobody = self.operator().with_actor(Actor::Anonymous);
        let (_, session) = invitations::join(&nobody, &link, joining).await.unwrap();
        let cookie = session.cookie.expose().to_owned();
        let signed_in = sessions::authenticate(&nobody, &cookie).await.unwrap().unwrap();
        Person { account: signed_in.account, cookie }
    }

    /// Signs somebody in, once more when they are already.
    pub async fn sign_in(&self, account: Account) -> Person {
        let ctx = self.operator().with_actor(Actor::Anonymous);
        let session = sessions::sign_in(&ctx, &account.email, PASSWORD).await.unwrap();
        Person { account, cookie: session.cookie.expose().to_owned() }
    }

    /// A workspace of `owner`.
    pub async fn workspace(&self, owner: &Person, slug: &str) -> Workspace {
        let new =
            NewWorkspace { name: format!("The {slug}"), slug: slug.to_owned(), description: String::new() };
        workspaces::create_for(&self.operator(), &owner.account.id, new).await.unwrap()
    }

    /// Comes in with an owner's rights.
    pub async fn enter(&self, workspace: &Workspace) -> Here {
        access::enter_as_operator(&self.operator(), &workspace.slug).await.unwrap()
    }

    /// Makes somebody a member.
    pub async fn add_member(&self, workspace: &Workspace, person: &Person, role: Role) {
        let here = self.enter(workspace).await;
        workspaces::add_member(&self.operator(), &here, &person.account, role).await.unwrap();
    }

    /// A workspace with the repository `acme/infra`, which may do nothing yet.
    pub async fn acme(&self) -> Place {
        let owner = self.person("Olga").await;
        let workspace = self.workspace(&owner, "acme").await;
        self.with_infra(workspace, owner).await
    }

    /// Adds the repository `acme/infra` to a workspace.
    pub async fn with_infra(&self, workspace: Workspace, owner: Person) -> Place {
        let here = self.enter(&workspace).await;
        let added = repositories::add(&self.operator(), &here, "github.com", "acme/infra").await;
        Place { owner, workspace, repository: added.unwrap() }
    }

    /// The same, and every workflow of it may take and release locks.
    pub async fn acme_with_locks(&self) -> Place {
        let place = self.acme().await;
        for kind in [PermissionKind::LocksCreate, PermissionKind::LocksDelete] {
            self.allow(&place, kind, ["*", "*", "*"]).await;
        }
        place
    }

    /// Adds a permission with patterns for workflow, branch and environment.
    pub async fn allow(&self, place: &Place, kind: PermissionKind, patterns: [&str; 3]) {
        let here = self.enter(&place.workspace).await;
        let [workflow, branch, environment] = patterns.map(str::to_owned);
        let kind = kind.as_str().to_owned();
        let input = PermissionInput { kind, workflow, branch, environment, events: Events::default() };
        permissions::add(&self.operator(), &here, &place.repository.id, input).await.unwrap();
    }

    /// A session of a run of `acme/infra`.
    pub async fn session(&self, place: &Place) -> String {
        let answer = self.exchange(&self.claims(), place.workspace.id.as_str()).await;
        answer.envelope()["data"]["token"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }

    /// A repository token of `acme/infra`.
    pub async fn repository_token(&self, place: &Place) -> String {
        let here = self.enter(&place.workspace).await;
        let made = tokens::create(&self.operator(), &here, &place.repository.id, "nightly", None).await;
        made.unwrap().1.expose().to_owned()
    }

    /// An API key with these scopes, as its bearer token.
    pub async fn key(&self, workspace: &Workspace, scopes: &[Scope]) -> String {
        self.key_for(workspace, scopes, None).await.1
    }

    /// The same for some days, with its id.
    pub async fn key_for(
        &self,
        workspace: &Workspace,
        scopes: &[Scope],
        days: Option<u32>,
    ) -> (CredentialId, String) {
        let input = CredentialInput {
            kind: CredentialKind::ApiKey,
            name: "robot".to_owned(),
            description: String::new(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            days,
        };
        let here = self.enter(workspace).await;
        let (key, secret) = credentials::create(&self.operator(), &here, input).await.unwrap();
        (key.id, secret.expose().to_owned())
    }

    /// Invites an address, as the operator: the invitation, and the secret of its link.
    pub async fn invite(&self, place: &Place, email: &str, role: Role) -> (InvitationId, String) {
        let input = InviteInput {
            people: email.to_owned(),
            role: role.as_str().to_owned(),
            way: "copied".to_owned(),
            days: "7".to_owned(),
            groups: Vec::new(),
        };
        let here = self.enter(&place.workspace).await;
        let outcome = invitations::invite(&self.operator(), &here, input).await.unwrap();
        (outcome.ids[0].clone(), outcome.links[0].1.expose().to_owned())
    }

    /// Adds that many members, whose passwords nobody knows.
    pub async fn fill_team(&self, workspace: &Workspace, count: usize) {
        let here = self.enter(workspace).await;
        stackyard_domain::team::testing::fill(&self.operator(), &here, count).await.unwrap();
    }

    /// What is locked.
    pub async fn locks(&self, place: &Place) -> Locks {
        locks::page(&self.operator(), &self.enter(&place.workspace).await, &LockFilter::default(), "", 100)
            .await
            .unwrap()
    }

    /// What happened in the workspace, the newest first.
    pub async fn log(&self, place: &Place) -> Vec<Event> {
        self.log_of(&self.enter(&place.workspace).await).await
    }

    /// The same for who is in already.
    pub async fn log_of(&self, here: &Here) -> Vec<Event> {
        activity::list(&self.operator(), here, &ActivityFilter::default(), 200).await.unwrap().items
    }

    /// Somebody's next request in the workspace of that slug.
    pub async fn inside(&self, person: &Person, slug: &str) -> (Ctx, Here) {
        let ctx = self.ctx_of(person).await;
        let here = access::enter_anyhow(&ctx, slug).await.unwrap();
        (ctx, here)
    }

    /// A request of a signed-in person, for calling services as them.
    pub async fn ctx_of(&self, person: &Person) -> Ctx {
        let ctx = self.operator().with_actor(Actor::Anonymous);
        let signed_in: SignedIn = sessions::authenticate(&ctx, &person.cookie).await.unwrap().unwrap();
        ctx.with_actor(Actor::User(Arc::new(signed_in)))
    }
}

/// Writes many events into a workspace's log.
pub async fn fill_log(app: &TestApp, here: &Here, count: usize) {
    activity::testing::fill(&app.operator(), here, count).await.unwrap();
}
