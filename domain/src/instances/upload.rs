//! Taking an inventory: which instances a repository manages (rules §7).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stackyard_db::{Conn, Weight};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::InstanceId;
use stackyard_model::instance::InstanceStatus;
use stackyard_model::text::fold;
use stackyard_model::upload::UploadKind;
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::queries::{self, KnownInstance, NewInstance};
use super::rules;
use crate::activity::record;
use crate::ci::{Gatekeeper, Passage};
use crate::hex::digest;
use crate::permissions::write_judging;
use crate::repositories::RepositoryRow;
use crate::uploads::{self, Arrival, Batch, NamedRepository, NewPiece, unusable};
use crate::{Ctx, Error, Refused, json};

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

/// Most instances of one upload, and about half of those that a repository may have had.
const INSTANCES_MAX: usize = 20_000;

/// Stack and component.
type Name = (String, String);

/// An instance as it will be stored, as far as the upload says it.
struct Described {
    component_type: String,
    pro: Option<String>,
    digest: String,
    enabled: bool,
    drift_enabled: bool,
}

impl Described {
    fn new(one: &InstanceInput) -> Self {
        let pro = one.pro.as_ref().map(Value::to_string);
        Self {
            component_type: one.component_type.clone(),
            digest: digest(&[&one.component_type, pro.as_deref().unwrap_or_default()]),
            enabled: rules::enabled(one.pro.as_ref()),
            drift_enabled: rules::drift_enabled(one.pro.as_ref()),
            pro,
        }
    }
}

/// What is kept of a piece until the last has come.
#[derive(Serialize, Deserialize)]
struct Kept {
    names: Vec<Name>,
    added: usize,
}

struct Upload {
    ctx: Ctx,
    gate: Gatekeeper,
    repository: NamedRepository,
    batch: Option<Batch>,
    /// Of two of the same name the last.
    instances: BTreeMap<Name, Described>,
    /// By what a piece is known when it comes again.
    digest: String,
}

/// Takes an inventory of the repository of the run or token that asks.
///
/// # Errors
/// [`Error::Refused`] for names or drift settings that cannot be used, naming all of them; [`Error::Denied`] without the
/// permission or for another repository; [`Error::Conflict`] for a piece that came before with other content.
pub async fn upload(ctx: &Ctx, input: InventoryUpload) -> Result<Uploaded, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::InstancesCreate, "instances")?;
    if let Some(batch) = &input.batch {
        uploads::check(batch)?;
    }
    if input.instances.len() > INSTANCES_MAX {
        return Err(too_many());
    }
    let described: Vec<_> = input.instances.iter().map(Described::new).collect();
    let settings = described.iter().map(|one| one.pro.as_deref());
    let bad = rules::unkeepable(input.instances.iter().zip(settings));
    if !bad.is_empty() {
        return Err(unusable("BadInstance", "There are instances that cannot be kept.", bad));
    }
    let missing = rules::missing_workflows(&input.instances);
    if !missing.is_empty() {
        let message = "Drift detection is enabled, but workflows are missing.";
        return Err(unusable("DriftDetectionValidationError", message, missing));
    }
    let instances: BTreeMap<Name, Described> = input
        .instances
        .into_iter()
        .zip(described)
        .map(|(one, described)| ((one.stack, one.component), described))
        .collect();
    let sent: Vec<_> = instances.iter().map(|(name, one)| (name, &one.digest)).collect();
    let upload = Upload {
        ctx: ctx.clone(),
        gate,
        digest: digest(&[&json::text(&sent)?]),
        repository: input.repository,
        batch: input.batch,
        instances,
    };
    let verdict = write_judging(ctx, Weight::Heavy, upload, |conn, upload| {
        Box::pin(async move { upload.run(conn).await })
    })
    .await?;
    match verdict {
        Verdict::Done(uploaded) => Ok(uploaded),
        Verdict::Refused(error) => Err(error),
    }
}

fn too_many() -> Error {
    let message = format!("An upload has at most {INSTANCES_MAX} instances, and a repository twice as many.");
    Error::Refused(Refused::new(Refusal::Unusable, "TooManyInstances", message))
}

impl Upload {
    async fn run(&self, conn: &mut Conn) -> Result<Verdict, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Verdict::Refused(error)),
        };
        let repository = &granted.repository;
        if let Some(error) = self.repository.refuse_others(conn, &self.gate, repository).await? {
            return Ok(Verdict::Refused(error));
        }
        let now = self.ctx.now();
        let known = queries::of_repository(conn, &repository.id).await?;
        let by_name: HashMap<_, _> =
            known.iter().map(|row| ((row.stack.as_str(), row.component.as_str()), row)).collect();
        let is_new = |(stack, component): &Name| !by_name.contains_key(&(stack.as_str(), component.as_str()));
        let added = self.instances.keys().filter(|name| is_new(name)).count();
        if known.len() + added > 2 * INSTANCES_MAX {
            return Ok(Verdict::Refused(too_many()));
        }
        let kept = json::text(&Kept { names: self.instances.keys().cloned().collect(), added })?;
        let arrival = match &self.batch {
            None => Arrival::WHOLE,
            Some(batch) => {
                let (digest, content) = (self.digest.clone(), kept.clone());
                let piece = NewPiece { kind: UploadKind::Instances, batch, digest, content };
                match uploads::keep(conn, &repository.id, piece, now).await? {
                    Ok(arrival) => arrival,
                    Err(refused) => return Ok(Verdict::Refused(refused)),
                }
            }
        };
        let mut uploaded = Uploaded { instances: self.instances.len(), added, absent: 0 };
        if arrival.again {
            return Ok(Verdict::Done(uploaded));
        }
        self.write(conn, repository, &by_name, now).await?;
        let note = if arrival.is_whole() {
            let contents = match &self.batch {
                None => vec![kept],
                Some(batch) => uploads::take(conn, &repository.id, UploadKind::Instances, batch).await?,
            };
            let all = read(&contents)?;
            uploaded.absent = self.mark_absent(conn, &known, &all.names, now).await?;
            note(all.names.len(), all.added, uploaded.absent)
        } else if arrival.is_first() {
            "the first piece of an upload".to_owned()
        } else {
            return Ok(Verdict::Done(uploaded));
        };
        let entry = self.gate.entry(Some(repository), What::InstancesUploaded, Outcome::Ok);
        let entry = entry.target("repository", repository.id.as_str(), &repository.name).note(note);
        record(conn, &entry.grant(&granted.grant)).await?;
        Ok(Verdict::Done(uploaded))
    }

    /// Writes the instances of this piece: new ones, and known ones where something changed.
    async fn write(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        known: &HashMap<(&str, &str), &KnownInstance>,
        now: Ts,
    ) -> Result<(), Error> {
        let mut new = Vec::new();
        for (name, described) in &self.instances {
            let row = self.row(repository, name, described, now);
            match known.get(&(name.0.as_str(), name.1.as_str())) {
                None => new.push(row),
                Some(old) if old.absent_since.is_none() && old.described == row.described => {}
                Some(old) => queries::describe(conn, &old.id, &row).await?,
            }
        }
        Ok(queries::insert(conn, &new).await?)
    }

    fn row(&self, repository: &RepositoryRow, name: &Name, described: &Described, now: Ts) -> NewInstance {
        let (stack, component) = name;
        NewInstance {
            id: InstanceId::mint(now, self.ctx.id_bytes()),
            workspace_id: repository.workspace_id.clone(),
            repository_id: repository.id.clone(),
            stack: stack.clone(),
            component: component.clone(),
            component_type: described.component_type.clone(),
            pro: described.pro.clone(),
            described: described.digest.clone(),
            enabled: described.enabled,
            drift_enabled: described.drift_enabled,
            status: InstanceStatus::Unknown,
            created_at: now,
            haystack: fold(&format!("{stack} {component} {}", repository.name)),
        }
    }

    /// Marks what the inventory does not have any more; nothing when it may not be the whole one.
    async fn mark_absent(
        &self,
        conn: &mut Conn,
        known: &[KnownInstance],
        all: &BTreeSet<Name>,
        now: Ts,
    ) -> Result<usize, Error> {
        let present: Vec<_> = known.iter().filter(|row| row.absent_since.is_none()).collect();
        let there = |row: &KnownInstance| all.contains(&(row.stack.clone(), row.component.clone()));
        let absent: Vec<_> = present.iter().filter(|row| !there(row)).collect();
        let whole = rules::uploads_everything(self.ctx.request.user_agent.as_deref());
        if !whole || !rules::may_vanish(absent.len(), present.len()) {
            return Ok(0);
        }
        for row in &absent {
            queries::mark_absent(conn, &row.id, now).await?;
        }
        Ok(absent.len())
    }
}

/// A whole upload, from what was kept of its pieces.
struct Whole {
    names: BTreeSet<Name>,
    added: usize,
}

fn read(contents: &[String]) -> Result<Whole, Error> {
    let mut whole = Whole { names: BTreeSet::new(), added: 0 };
    for content in contents {
        let kept: Kept = json::read(content)?;
        whole.names.extend(kept.names);
        whole.added += kept.added;
    }
    Ok(whole)
}

fn note(all: usize, added: usize, absent: usize) -> String {
    let mut note = format!("{all} instances");
    for (count, what) in [(added, "new"), (absent, "not there any more")] {
        if count > 0 {
            note.push_str(&format!(", {count} {what}"));
        }
    }
    note
}
