//! An event as the real server writes one, for floors that write the same rows.

use anyhow::Result;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::events;
use stackyard_db::{Conn, DbError, run};
use stackyard_domain::{Clock as _, Random as _, SystemClock, SystemRandom};
use stackyard_model::activity::{Details, RunFacts, What};
use stackyard_model::id::{EventId, RANDOM_LENGTH};
use stackyard_model::{PermissionKind, Ts};

/// The permission that the log names: a made-up id, as long as a real one.
const PERMISSION: &str = "perm_1234567890123456789012345678";

/// Randomness for an id.
pub fn random() -> [u8; RANDOM_LENGTH] {
    let mut bytes = [0; RANDOM_LENGTH];
    SystemRandom.fill(&mut bytes);
    bytes
}

/// The repository that all of it is about.
pub struct Whose {
    /// Its workspace.
    pub workspace: String,
    /// Its id.
    pub repository: String,
    /// Its name.
    pub name: String,
}

/// The run that calls.
pub struct Run {
    /// What the event says of it.
    pub facts: RunFacts,
    /// Its workflow's file.
    pub workflow: String,
    /// Its branch.
    pub branch: String,
    /// What started it.
    pub event: String,
}

impl Run {
    /// The one that calls when nobody is asked.
    pub fn bench() -> Self {
        let facts = RunFacts {
            run_id: "1234567890".to_owned(),
            attempt: "1".to_owned(),
            url: Some("https://github.com/acme/infra/actions/runs/1234567890".to_owned()),
            started_by: "octocat".to_owned(),
            sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            git_ref: "refs/heads/main".to_owned(),
            remote_id: 74,
        };
        let [workflow, branch, event] = ["deploy.yaml", "main", "push"].map(str::to_owned);
        Self { facts, workflow, branch, event }
    }
}

/// What a run did, and what the log says of it besides.
pub struct Deed {
    /// What.
    pub what: What,
    /// The kind of permission that it needed; an exchange needs one of any kind.
    pub kind: Option<PermissionKind>,
    /// The note, which the server makes from what is written.
    pub note: Option<&'static str>,
}

/// What is written of a call by a run.
pub struct Event {
    /// When.
    pub at: Ts,
    id: EventId,
    deed: Deed,
    target: [String; 3],
    run: Run,
    details: String,
}

impl Event {
    /// One that happens now: what is done, and what to: its type, id and name.
    pub fn new(run: Run, deed: Deed, target: [String; 3]) -> Result<Self> {
        let at = SystemClock.now();
        let note = deed.note.map(str::to_owned);
        let details = Details { run: Some(run.facts.clone()), note, ..Details::default() };
        let details = serde_json::to_string(&details)?;
        Ok(Self { at, id: EventId::mint(at, random()), deed, target, run, details })
    }

    /// Writes it.
    pub async fn insert(&self, conn: &mut Conn, whose: &Whose) -> Result<(), DbError> {
        let [target_type, target_id, target_name] = &self.target;
        let Run { facts, workflow, branch, event } = &self.run;
        let (category, action) = (self.deed.what.category().as_str(), self.deed.what.action());
        // As long as the server's, and one word like it.
        let trace = self.id.as_str().get(4..24).unwrap_or_default();
        let actor = format!("Run {}", facts.run_id);
        let words = [
            Some(actor.as_str()),
            Some(category),
            Some(action),
            Some(target_name),
            Some(&whose.name),
            self.deed.kind.as_ref().map(PermissionKind::label),
            Some(workflow),
            Some(branch),
            Some(event),
            self.deed.note,
            Some(&facts.run_id),
            Some(trace),
            Some(target_id),
        ];
        let haystack = words.into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase();
        let event = diesel::insert_into(events::table).values((
            events::id.eq(&self.id),
            events::workspace_id.eq(&whose.workspace),
            events::at.eq(self.at),
            (
                events::actor_type.eq("run"),
                events::actor_id.eq(format!("{}/{}/{}", whose.repository, facts.run_id, facts.attempt)),
                events::actor_name.eq(&actor),
                events::category.eq(category),
                events::action.eq(action),
                events::outcome.eq("ok"),
            ),
            (
                events::target_type.eq(target_type),
                events::target_id.eq(target_id),
                events::target_name.eq(target_name),
                events::repository_id.eq(&whose.repository),
                events::repository.eq(&whose.name),
            ),
            (
                events::kind.eq(self.deed.kind),
                events::permission_id.eq(PERMISSION),
                events::permission_version.eq(1),
                events::workflow.eq(workflow),
                events::branch.eq(branch),
                events::event.eq(event),
                events::address.eq("127.0.0.1"),
                events::user_agent.eq("atmos-bench"),
                events::trace_id.eq(trace),
            ),
            events::details.eq(&self.details),
            events::haystack.eq(haystack),
            events::facets.eq(format!("{category}.run.ok")),
        ));
        run!(conn, |c| event.execute(c).await)?;
        Ok(())
    }
}
