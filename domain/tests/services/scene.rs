//! A store with a workspace and a repository in it, and runs of that repository, without any server.

use std::sync::Arc;
use std::time::Duration;

use diesel::ExpressionMethods as _;
use diesel_async::RunQueryDsl as _;
use stackyard_db::schema::ci_sessions;
use stackyard_db::testing::TestDb;
use stackyard_db::{DbError, run};
use stackyard_domain::accounts::{self, NewAccount, Passwords};
use stackyard_domain::ci::{CiSession, TokenActor};
use stackyard_domain::testing::{ManualClock, SeededRandom};
use stackyard_domain::workspaces::{self, NewWorkspace};
use stackyard_domain::{
    Actor, Clock as _, Ctx, Deps, Here, Limits, RequestInfo, Site, access, activity, permissions,
    repositories, tokens,
};
use stackyard_model::activity::{ActivityFilter, Event, RunFacts, What};
use stackyard_model::id::{CiSessionId, RepositoryTokenId};
use stackyard_model::permission::{Events, PermissionInput};
use stackyard_model::repository::Repository;
use stackyard_model::trace::{BranchSource, Seen};
use stackyard_model::{PermissionKind, Ts};
use stackyard_oidc::testing::TestIssuer;
use stackyard_oidc::{Issuers, http_client};

/// What one test needs.
pub struct Scene {
    pub deps: Arc<Deps>,
    pub clock: Arc<ManualClock>,
    pub here: Here,
    pub repository: Repository,
    /// The session of all runs, and the token.
    session: CiSessionId,
    token: RepositoryTokenId,
    /// Keeps the database.
    _database: TestDb,
}

impl Scene {
    /// The workspace `acme` with the repository `acme/infra`, whose workflows may do what `kinds` say.
    pub async fn new(kinds: &[PermissionKind]) -> Self {
        let database = TestDb::new();
        let issuer = TestIssuer::start().await;
        let clock = Arc::new(ManualClock::at(Ts::from_seconds(1_795_000_000)));
        let issuers = Issuers::new(vec![issuer.config("github.com")], http_client().unwrap()).unwrap();
        let site = Site {
            public_url: "https://yard.example".to_owned(),
            anyone_may_create_workspaces: true,
            this_machine_only: false,
        };
        let random = Arc::new(SeededRandom::new(7));
        let deps = Deps::new(
            database.open().await,
            clock.clone(),
            random,
            Arc::new(issuers),
            site,
            Limits::default(),
        );
        let deps = Arc::new(deps.hashing(Passwords::quick()));
        let operator = operator(&deps);
        let (name, password) = ("Olga".to_owned(), "correct horse battery staple".to_owned());
        let new = NewAccount { name, email: "olga@example.com".to_owned(), password };
        let owner = accounts::create(&operator, new).await.unwrap();
        let new =
            NewWorkspace { name: "Acme".to_owned(), slug: "acme".to_owned(), description: String::new() };
        workspaces::create_for(&operator, &owner.id, new).await.unwrap();
        let here = access::enter_as_operator(&operator, "acme").await.unwrap();
        let repository = repositories::add(&operator, &here, "github.com", "acme/infra").await.unwrap();
        let (token, _) = tokens::create(&operator, &here, &repository.id, "nightly", None).await.unwrap();
        let session = CiSessionId::mint(clock.now(), [1; 19]);
        let scene = Self { deps, clock, here, repository, session, token: token.id, _database: database };
        scene.keep_session().await;
        for kind in kinds {
            scene.allow(*kind).await;
        }
        scene
    }

    /// Writes the session, without a run that exchanged anything for it.
    pub async fn keep_session(&self) {
        let now = self.clock.now();
        let row = (
            ci_sessions::id.eq(self.session.clone()),
            ci_sessions::secret_hash.eq(vec![0; 32]),
            ci_sessions::workspace_id.eq(self.here.workspace().id.clone()),
            ci_sessions::repository_id.eq(self.repository.id.clone()),
            ci_sessions::issuer.eq("https://issuer.example"),
            ci_sessions::audience.eq("atmos-pro.com"),
            ci_sessions::workflow.eq("deploy.yaml"),
            ci_sessions::branch.eq("main"),
            ci_sessions::branch_source.eq(BranchSource::Branch),
            ci_sessions::event.eq("push"),
            ci_sessions::run.eq("{}"),
            ci_sessions::created_at.eq(now),
            ci_sessions::expires_at.eq(now + Duration::from_secs(3600)),
        );
        let written = self.deps.db.write(row, |conn, row| {
            Box::pin(async move {
                let new = diesel::insert_into(ci_sessions::table).values(row.clone());
                Ok::<_, DbError>(run!(conn, |c| new.execute(c).await)?)
            })
        });
        written.await.unwrap();
    }

    async fn allow(&self, kind: PermissionKind) {
        let any = "*".to_owned();
        let input = PermissionInput {
            kind: kind.as_str().to_owned(),
            workflow: any.clone(),
            branch: any.clone(),
            environment: any,
            events: Events::default(),
        };
        permissions::add(&self.operator(), &self.here, &self.repository.id, input).await.unwrap();
    }

    pub fn operator(&self) -> Ctx {
        operator(&self.deps)
    }

    /// A request of the run with this number.
    pub fn run(&self, number: u32) -> Ctx {
        let now = self.clock.now();
        let session = CiSession {
            id: self.session.clone(),
            workspace_id: self.here.workspace().id.clone(),
            repository_id: self.repository.id.clone(),
            audience: "atmos-pro.com".to_owned(),
            seen: Seen {
                workflow: Some("deploy.yaml".to_owned()),
                branch: Some("main".to_owned()),
                branch_source: BranchSource::Branch,
                environment: Some("prod".to_owned()),
                event: Some("push".to_owned()),
            },
            run: RunFacts {
                run_id: number.to_string(),
                attempt: "1".to_owned(),
                url: Some(format!("https://github.com/acme/infra/actions/runs/{number}")),
                started_by: "ida".to_owned(),
                sha: "4f5eefb".to_owned(),
                git_ref: "refs/heads/main".to_owned(),
                remote_id: 74,
            },
            expires_at: now + Duration::from_secs(3600),
        };
        self.operator().with_actor(Actor::Run(Arc::new(session)))
    }

    /// A request with a repository token.
    pub fn token(&self) -> Ctx {
        let token = TokenActor {
            id: self.token.clone(),
            name: "nightly".to_owned(),
            workspace_id: self.here.workspace().id.clone(),
            repository_id: self.repository.id.clone(),
        };
        self.operator().with_actor(Actor::Token(Arc::new(token)))
    }

    /// Removes the repository.
    pub async fn remove_repository(&self) {
        repositories::remove(&self.operator(), &self.here, &self.repository.id, "acme/infra").await.unwrap();
    }

    /// The events of a kind, the newest first.
    pub async fn events(&self, what: What) -> Vec<Event> {
        let filter = ActivityFilter::default();
        let page = activity::list(&self.operator(), &self.here, &filter, 200).await.unwrap();
        page.items.into_iter().filter(|event| event.what() == Some(what)).collect()
    }

    /// Their notes.
    pub async fn notes(&self, what: What) -> Vec<String> {
        let note = |event: Event| event.details.note.unwrap_or_default();
        self.events(what).await.into_iter().map(note).collect()
    }
}

fn operator(deps: &Arc<Deps>) -> Ctx {
    let info = RequestInfo { trace_id: "TEST".to_owned(), ..RequestInfo::default() };
    Ctx::new(Arc::clone(deps), info).with_actor(Actor::Operator)
}
