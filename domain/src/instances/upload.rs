//! Taking an inventory: which instances a repository manages (rules §7).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use stackyard_db::Conn;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{InstanceId, RepositoryId};
use stackyard_model::instance::InstanceStatus;
use stackyard_model::quote::code;
use stackyard_model::text::fold;
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::chunks::{self, NewPiece, Piece};
use super::queries::{self, InstanceRow};
use super::rules;
use crate::activity::record;
use crate::ci::{Gatekeeper, Passage};
use crate::permissions::write_judging;
use crate::repositories::RepositoryRow;
use crate::{Ctx, Error, Refused};

/// How a request names the repository that it is of; all empty for a checkout without a remote.
#[derive(Debug, Clone, Default)]
pub struct NamedRepository {
    /// The host, such as `github.com`.
    pub host: String,
    /// The owner, with the groups of a group.
    pub owner: String,
    /// The name.
    pub name: String,
}

impl NamedRepository {
    /// Whether it is `repository`, or says nothing.
    fn fits(&self, repository: &RepositoryRow) -> bool {
        if self.host.is_empty() && self.owner.is_empty() && self.name.is_empty() {
            return true;
        }
        let host = self.host.is_empty() || fold(&self.host) == fold(&repository.host);
        host && fold(&format!("{}/{}", self.owner, self.name)) == repository.name_folded
    }

    /// Refuses the request of a session of another repository; the log has it then.
    pub(super) async fn refuse_others(
        &self,
        conn: &mut Conn,
        gate: &Gatekeeper,
        repository: &RepositoryRow,
    ) -> Result<Option<Error>, Error> {
        if self.fits(repository) {
            return Ok(None);
        }
        let named = format!("{}/{}", self.owner, self.name);
        let message = format!(
            "This session is for {} at {}, and the request names {} at {}. With several git remotes the client may \
             choose another than you expect.",
            code(&repository.name),
            code(&repository.host),
            code(&named),
            code(&self.host)
        );
        Ok(Some(gate.refuse(conn, Some(repository), "RepositoryMismatch", message).await?))
    }
}

/// Which piece of an upload a request is.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The upload.
    pub id: String,
    /// Which piece, from 0.
    pub index: i32,
    /// How many there are.
    pub total: i32,
}

/// One instance as it is uploaded.
#[derive(Debug, Clone)]
pub struct InstanceInput {
    /// The stack.
    pub stack: String,
    /// The component, with its slashes.
    pub component: String,
    /// What applies it.
    pub component_type: String,
    /// `settings.pro`, when there is one.
    pub pro: Option<Value>,
}

/// An inventory, or a piece of one.
#[derive(Debug, Clone)]
pub struct InventoryUpload {
    /// The repository.
    pub repository: NamedRepository,
    /// Its instances.
    pub instances: Vec<InstanceInput>,
    /// Which piece it is; none when it is whole.
    pub batch: Option<Batch>,
}

/// What an upload came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Uploaded {
    /// Instances in it.
    pub instances: usize,
    /// Those that were not known before.
    pub added: usize,
    /// Those that it does not have any more. Counted with the last piece.
    pub absent: usize,
}

enum Verdict {
    Done(Uploaded),
    Refused(Error),
}

struct Upload {
    ctx: Ctx,
    gate: Gatekeeper,
    input: InventoryUpload,
    /// The instances as text, by which a piece is known when it comes again.
    sent: String,
}

/// Takes an inventory of the repository of the run or token that asks.
///
/// # Errors
/// [`Error::Refused`] for names or drift settings that cannot be used, naming all of them; [`Error::Denied`] without the
/// permission or for another repository; [`Error::Conflict`] for a piece that came before with other content.
pub async fn upload(ctx: &Ctx, input: InventoryUpload) -> Result<Uploaded, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::InstancesCreate, "instances")?;
    if let Some(batch) = &input.batch {
        chunks::check(batch)?;
    }
    let bad = rules::bad_names(&input.instances);
    if !bad.is_empty() {
        return Err(unusable("BadInstance", "Instances have names that cannot be kept.", bad));
    }
    let missing = rules::missing_workflows(&input.instances);
    if !missing.is_empty() {
        let message = "Drift detection is enabled, but workflows are missing.";
        return Err(unusable("DriftDetectionValidationError", message, missing));
    }
    let sent: Vec<_> = input
        .instances
        .iter()
        .map(|one| (&one.stack, &one.component, &one.component_type, &one.pro))
        .collect();
    let sent = serde_json::to_string(&sent).map_err(|error| Error::Internal(error.to_string()))?;
    let upload = Upload { ctx: ctx.clone(), gate, input, sent };
    let verdict =
        write_judging(ctx, upload, |conn, upload| Box::pin(async move { upload.run(conn).await })).await?;
    match verdict {
        Verdict::Done(uploaded) => Ok(uploaded),
        Verdict::Refused(error) => Err(error),
    }
}

fn unusable(tag: &'static str, message: &str, problems: Vec<String>) -> Error {
    Error::Refused(Refused::new(Refusal::Unusable, tag, message).listing(problems))
}

impl Upload {
    async fn run(&self, conn: &mut Conn) -> Result<Verdict, Error> {
        let repository = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted.repository,
            Passage::Refused(error) => return Ok(Verdict::Refused(error)),
        };
        if let Some(error) = self.input.repository.refuse_others(conn, &self.gate, &repository).await? {
            return Ok(Verdict::Refused(error));
        }
        let now = self.ctx.now();
        let keys: BTreeSet<_> =
            self.input.instances.iter().map(|one| (one.stack.clone(), one.component.clone())).collect();
        let piece = match &self.input.batch {
            None => Piece::Last(vec![self.keys_as_text(&keys)?]),
            Some(batch) => {
                let content = self.keys_as_text(&keys)?;
                let piece = NewPiece { kind: "instances", batch, sent: &self.sent, content };
                match chunks::keep(conn, &repository.id, piece, now).await? {
                    Ok(piece) => piece,
                    Err(refused) => return Ok(Verdict::Refused(refused)),
                }
            }
        };
        let mut uploaded = Uploaded { instances: keys.len(), ..Uploaded::default() };
        if matches!(piece, Piece::Again) {
            return Ok(Verdict::Done(uploaded));
        }
        let known = queries::of_repository(conn, &repository.id).await?;
        uploaded.added = self.write(conn, &repository, &known, now).await?;
        if let Piece::Last(contents) = piece {
            let all = keys_of(&contents);
            uploaded.absent = self.mark_absent(conn, &known, &all, now).await?;
            let note = self.note(all.len(), uploaded);
            let entry = self.gate.entry(Some(&repository), What::InstancesUploaded, Outcome::Ok);
            let entry = entry.target("repository", repository.id.as_str(), &repository.name).note(note);
            record(conn, &entry).await?;
        }
        Ok(Verdict::Done(uploaded))
    }

    fn keys_as_text(&self, keys: &BTreeSet<(String, String)>) -> Result<String, Error> {
        serde_json::to_string(keys).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Writes the instances of this piece: new ones, and known ones where something changed. Gives how many are new.
    async fn write(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        known: &[InstanceRow],
        now: Ts,
    ) -> Result<usize, Error> {
        let known: HashMap<_, _> =
            known.iter().map(|row| ((row.stack.as_str(), row.component.as_str()), row)).collect();
        // The last of two that are the same counts.
        let sent: BTreeMap<_, _> = self
            .input
            .instances
            .iter()
            .map(|one| ((one.stack.as_str(), one.component.as_str()), one))
            .collect();
        let mut new = Vec::new();
        for (key, one) in sent {
            let row = self.row(repository, one, now);
            match known.get(&key) {
                None => new.push(row),
                Some(old) if same(old, &row) => {}
                Some(old) => queries::describe(conn, &InstanceRow { id: old.id.clone(), ..row }).await?,
            }
        }
        queries::insert(conn, &new).await?;
        Ok(new.len())
    }

    fn row(&self, repository: &RepositoryRow, one: &InstanceInput, now: Ts) -> InstanceRow {
        let RepositoryRow { workspace_id, id, name, .. } = repository;
        InstanceRow {
            id: InstanceId::mint(now, self.ctx.id_bytes()),
            workspace_id: workspace_id.clone(),
            repository_id: RepositoryId::clone(id),
            haystack: fold(&format!("{} {} {name}", one.stack, one.component)),
            stack: one.stack.clone(),
            component: one.component.clone(),
            component_type: one.component_type.clone(),
            enabled: rules::enabled(one.pro.as_ref()),
            drift_enabled: rules::drift_enabled(one.pro.as_ref()),
            pro: one.pro.as_ref().map(Value::to_string),
            status: InstanceStatus::Unknown,
            last_command: None,
            last_exit_code: None,
            last_run_at: None,
            planned_at: None,
            applied_at: None,
            run_url: None,
            absent_since: None,
            created_at: now,
        }
    }

    /// Marks what the inventory does not have any more; nothing when it may not be the whole one.
    async fn mark_absent(
        &self,
        conn: &mut Conn,
        known: &[InstanceRow],
        all: &BTreeSet<(String, String)>,
        now: Ts,
    ) -> Result<usize, Error> {
        let there = known.iter().filter(|row| row.absent_since.is_none());
        let (mut present, mut absent) = (0, Vec::new());
        for row in there {
            present += 1;
            if !all.contains(&(row.stack.clone(), row.component.clone())) {
                absent.push(&row.id);
            }
        }
        let whole = rules::uploads_everything(self.ctx.request.user_agent.as_deref());
        if !whole || !rules::may_vanish(absent.len(), present) {
            return Ok(0);
        }
        for id in &absent {
            queries::mark_absent(conn, id, now).await?;
        }
        Ok(absent.len())
    }

    fn note(&self, all: usize, uploaded: Uploaded) -> String {
        let mut note = format!("{all} instances");
        for (count, what) in [(uploaded.added, "new"), (uploaded.absent, "not there any more")] {
            if count > 0 {
                note.push_str(&format!(", {count} {what}"));
            }
        }
        note
    }
}

/// Whether an inventory says nothing new of an instance.
fn same(old: &InstanceRow, new: &InstanceRow) -> bool {
    old.absent_since.is_none()
        && (&old.component_type, &old.pro, old.enabled, old.drift_enabled, &old.haystack)
            == (&new.component_type, &new.pro, new.enabled, new.drift_enabled, &new.haystack)
}

fn keys_of(contents: &[String]) -> BTreeSet<(String, String)> {
    let keys = |content: &String| serde_json::from_str::<Vec<(String, String)>>(content).unwrap_or_default();
    contents.iter().flat_map(keys).collect()
}
