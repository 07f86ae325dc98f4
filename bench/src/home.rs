//! A database as the services see it, in this process: to arrange what is measured, and to measure what needs no server.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use stackyard_db::{Db, PostgresOptions, SqliteOptions};
use stackyard_domain::accounts::{self, NewAccount};
use stackyard_domain::workspaces::{self, NewWorkspace};
use stackyard_domain::{
    Actor, Ctx, Deps, Here, Limits, RequestInfo, Site, SystemClock, SystemRandom, access, permissions,
    repositories,
};
use stackyard_model::permission::{Events, PermissionInput};
use stackyard_model::{PermissionKind, Role};
use stackyard_oidc::{IssuerConfig, Issuers, http_client};

use crate::place::{EMAIL, PASSWORD, SLUG};

/// Where nobody comes to.
const PUBLIC_URL: &str = "http://localhost:3000";
/// Connections to PostgreSQL.
const CONNECTIONS: usize = 4;
/// What the runs of a repository may do.
const KINDS: [PermissionKind; 6] = [
    PermissionKind::LocksCreate,
    PermissionKind::LocksDelete,
    PermissionKind::InstancesCreate,
    PermissionKind::InstancesUpdate,
    PermissionKind::AffectedStacksCreate,
    PermissionKind::DeploymentsCreate,
];

/// The services with a database, for the operator.
pub struct Home {
    /// A request of the operator.
    pub ctx: Ctx,
    db: Db,
}

impl Home {
    /// Opens `sqlite://…` or `postgres://…`, with all its tables.
    pub async fn open(url: &str) -> Result<Self> {
        let db = match url.strip_prefix("sqlite://") {
            Some(path) => Db::sqlite(SqliteOptions::new(path)).await?,
            None => Db::postgres(PostgresOptions { url: url.to_owned(), connections: CONNECTIONS }).await?,
        };
        Self::over(db)
    }

    /// The services with a database that is open.
    pub fn over(db: Db) -> Result<Self> {
        let issuers = Issuers::new(vec![IssuerConfig::github(PUBLIC_URL)], http_client()?)?;
        let site = Site {
            public_url: PUBLIC_URL.to_owned(),
            anyone_may_create_workspaces: false,
            this_machine_only: false,
        };
        let deps = Deps::new(
            db.clone(),
            Arc::new(SystemClock),
            Arc::new(SystemRandom),
            Arc::new(issuers),
            site,
            Limits::default(),
        );
        let ctx = Ctx::new(Arc::new(deps), RequestInfo::default()).with_actor(Actor::Operator);
        Ok(Self { ctx, db })
    }

    /// Lets go of it, so that its file is all there is.
    pub async fn close(self) {
        self.db.close().await;
    }

    /// The workspace.
    pub async fn here(&self) -> Result<Here> {
        Ok(access::enter_as_operator(&self.ctx, SLUG).await?)
    }

    /// Makes people who are members of the workspace. Gives their addresses.
    pub async fn people(&self, count: usize) -> Result<Vec<String>> {
        let here = self.here().await?;
        let mut emails = Vec::new();
        for n in 0..count {
            let email = format!("person-{n}@bench.example");
            let new = NewAccount {
                name: format!("Person {n}"),
                email: email.clone(),
                password: PASSWORD.to_owned(),
            };
            let account = accounts::create(&self.ctx, new).await?;
            workspaces::add_member(&self.ctx, &here, &account, Role::Member).await?;
            emails.push(email);
        }
        Ok(emails)
    }

    /// Makes a person, their workspace, and repositories; the runs of the first `able` may do everything. Gives the
    /// workspace's id.
    pub async fn furnish(&self, names: &[String], able: usize) -> Result<String> {
        let new =
            NewAccount { name: "Ida".to_owned(), email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        let owner = accounts::create(&self.ctx, new).await?;
        let new =
            NewWorkspace { name: "Bench".to_owned(), slug: SLUG.to_owned(), description: String::new() };
        let workspace = workspaces::create_for(&self.ctx, &owner.id, new).await?;
        let here = self.here().await?;
        for (n, name) in names.iter().enumerate() {
            let repository = repositories::add(&self.ctx, &here, "github.com", name).await?;
            for kind in KINDS.into_iter().filter(|_| n < able) {
                let input = PermissionInput {
                    kind: kind.as_str().to_owned(),
                    workflow: r"deploy.*\.yaml".to_owned(),
                    branch: "main|release/.*".to_owned(),
                    environment: "*".to_owned(),
                    events: Events::default(),
                };
                permissions::add(&self.ctx, &here, &repository.id, input)
                    .await
                    .with_context(|| format!("{name} may not {}", kind.as_str()))?;
            }
        }
        Ok(workspace.id.to_string())
    }
}
