//! Recording a deployment that begins.

use stackyard_db::{Conn, Weight};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::deployment::{Deployment, DeploymentSource, DeploymentStatus};
use stackyard_model::id::DeploymentId;
use stackyard_model::text::fold;
use stackyard_model::{PermissionKind, Ts};

use super::queries::{self, DeploymentRow};
use super::rules;
use crate::activity::record;
use crate::ci::{Gatekeeper, Passage};
use crate::hex::digest;
use crate::instances::{InstanceRow, find_target};
use crate::permissions::write_judging;
use crate::repositories::RepositoryRow;
use crate::{Actor, Ctx, Error};

/// A deployment that begins.
#[derive(Debug, Clone)]
pub struct NewDeployment {
    /// The stack.
    pub stack: String,
    /// The component, or what stands behind its last slash.
    pub component: String,
    /// The environment; the run's when none is given.
    pub environment: Option<String>,
    /// The commit; the run's when none is given.
    pub commit: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// What is said of it.
    pub message: Option<String>,
    /// Queued, or in progress.
    pub status: DeploymentStatus,
    /// By what the same request is known when it comes again.
    pub idempotency_key: Option<String>,
}

impl Default for NewDeployment {
    /// One that runs, of nothing in particular.
    fn default() -> Self {
        Self {
            stack: String::new(),
            component: String::new(),
            environment: None,
            commit: None,
            title: None,
            message: None,
            status: DeploymentStatus::InProgress,
            idempotency_key: None,
        }
    }
}

impl NewDeployment {
    /// The digest of what is sent, by which the same request is known. What is empty was not said.
    fn asked(&self) -> String {
        let optional = [&self.environment, &self.commit, &self.title, &self.message];
        let mut parts = vec![self.stack.as_str(), &self.component, self.status.as_str()];
        parts.extend(optional.map(|text| text.as_deref().unwrap_or_default()));
        digest(&parts)
    }
}

struct Creating {
    ctx: Ctx,
    gate: Gatekeeper,
    new: NewDeployment,
}

/// Records a deployment of an instance of the repository of the run or token that asks. The same idempotency key of the
/// same run or token is the same deployment, as it is by now.
///
/// # Errors
/// [`Error::Refused`] for values that cannot be kept and for an instance that is not there, [`Error::Conflict`] when
/// several could be meant or the key came with another deployment before, [`Error::Denied`] without the permission.
pub async fn create(ctx: &Ctx, new: NewDeployment) -> Result<Deployment, Error> {
    let target = format!("{}/{}", new.stack, new.component);
    let gate = Gatekeeper::new(ctx, PermissionKind::DeploymentsCreate, &target)?;
    rules::check(&new)?;
    let creating = Creating { ctx: ctx.clone(), gate, new };
    write_judging(ctx, Weight::Light, creating, |conn, creating| {
        Box::pin(async move { creating.run(conn).await })
    })
    .await?
}

impl Creating {
    async fn run(&self, conn: &mut Conn) -> Result<Result<Deployment, Error>, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Err(error)),
        };
        let repository = &granted.repository;
        let once = self.new.idempotency_key.as_ref().map(|key| self.once(key));
        if let Some(once) = &once
            && let Some(same) = queries::by_once(conn, &repository.id, once).await?
        {
            return Ok(self.again(same));
        }
        let instance = match find_target(conn, &repository.id, &self.new.stack, &self.new.component).await? {
            Ok(instance) => instance,
            Err(refused) => return Ok(Err(refused)),
        };
        let row = self.row(repository, &instance, once);
        // The same key at the same moment: the other was first.
        if !queries::insert(conn, &row).await? {
            let once = row.once.as_deref().unwrap_or_default();
            let same = queries::by_once(conn, &repository.id, once).await?;
            return Ok(same.ok_or(Error::NotFound).and_then(|same| self.again(same)));
        }
        let entry = self
            .gate
            .entry(Some(repository), What::DeploymentCreated, Outcome::Ok)
            .target("deployment", row.id.as_str(), &row.target())
            .grant(&granted.grant)
            .note(row.title.as_deref().unwrap_or_else(|| row.status.label()));
        record(conn, &entry).await?;
        Ok(Ok(row.into()))
    }

    /// By what the request is known when it comes again: a key is of the run or token that sends it, not of all of a
    /// repository.
    fn once(&self, key: &str) -> String {
        let (actor_type, actor_id, _) = self.ctx.actor_words();
        digest(&["key", actor_type.as_str(), &actor_id, key])
    }

    /// The deployment that the key was sent for before, unless something else was sent with it then.
    fn again(&self, same: DeploymentRow) -> Result<Deployment, Error> {
        // What was recorded by a version that did not keep it is taken for the same.
        if same.asked.as_ref().is_none_or(|asked| *asked == self.new.asked()) {
            return Ok(same.into());
        }
        let message = "This `Idempotency-Key` came with another deployment before. Send another key.";
        Err(Error::conflict("IdempotencyKeyReused", message))
    }

    fn row(&self, repository: &RepositoryRow, instance: &InstanceRow, once: Option<String>) -> DeploymentRow {
        let now = self.ctx.now();
        let new = &self.new;
        let mut row = begin(&self.ctx, repository, instance, now);
        if let Some(environment) = new.environment.as_ref().filter(|environment| !environment.is_empty()) {
            row.environment = Some(environment.clone());
        }
        if let Some(commit) = new.commit.as_ref().filter(|commit| !commit.is_empty()) {
            row.commit_sha = Some(commit.clone());
        }
        row.title = new.title.clone().filter(|title| !title.is_empty());
        row.message = new.message.clone().filter(|message| !message.is_empty());
        row.status = new.status;
        row.started_at = (new.status == DeploymentStatus::InProgress).then_some(now);
        row.asked = once.is_some().then(|| new.asked());
        row.once = once;
        row.searchable(repository)
    }
}

/// A deployment of `instance` by who asks, running since `now`.
pub(super) fn begin(ctx: &Ctx, repository: &RepositoryRow, instance: &InstanceRow, now: Ts) -> DeploymentRow {
    let (actor_type, actor_id, actor_name) = ctx.actor_words();
    let session = match &ctx.actor {
        Actor::Run(session) => Some(session),
        _ => None,
    };
    DeploymentRow {
        id: DeploymentId::mint(now, ctx.id_bytes()),
        workspace_id: repository.workspace_id.clone(),
        repository_id: repository.id.clone(),
        instance_id: instance.id.clone(),
        stack: instance.stack.clone(),
        component: instance.component.clone(),
        environment: session.and_then(|session| session.seen.environment.clone()),
        environment_folded: None,
        commit_sha: session.map(|session| session.run.sha.clone()),
        branch: session.and_then(|session| session.seen.branch.clone()),
        title: None,
        message: None,
        status: DeploymentStatus::InProgress,
        source: DeploymentSource::Workflow,
        exit_code: None,
        once: None,
        actor_type,
        actor_id,
        actor_name,
        workflow: session.and_then(|session| session.seen.workflow.clone()),
        run_url: session.and_then(|session| session.run.url.clone()),
        log_size: 0,
        log_breaks: 0,
        log_open: false,
        log_forgotten_at: None,
        created_at: now,
        started_at: Some(now),
        finished_at: None,
        haystack: String::new(),
        heard_at: Some(now),
        asked: None,
    }
}

impl DeploymentRow {
    /// The same, found by its words.
    pub(super) fn searchable(mut self, repository: &RepositoryRow) -> Self {
        self.environment_folded = self.environment.as_deref().map(fold);
        let words = [
            Some(self.stack.as_str()),
            Some(self.component.as_str()),
            Some(repository.name.as_str()),
            self.environment.as_deref(),
            self.commit_sha.as_deref(),
            self.branch.as_deref(),
            self.title.as_deref(),
            self.workflow.as_deref(),
            Some(self.actor_name.as_str()),
        ];
        self.haystack = fold(&words.into_iter().flatten().collect::<Vec<_>>().join(" "));
        self
    }
}
