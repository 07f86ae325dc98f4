//! Taking an affected upload: which instances a commit changes, and what depends on them (rules §7).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use stackyard_db::{Conn, Weight};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::affected::AffectedGraph;
use stackyard_model::id::{AffectedId, RepositoryId};
use stackyard_model::quote::is_control;
use stackyard_model::text::fold;
use stackyard_model::upload::UploadKind;
use stackyard_model::{PermissionKind, Refusal};

use super::forest::{self, AffectedItem, Brought};
use super::graph::{Counts, Graph, counts};
use super::queries::{self, AffectedRow};
use crate::activity::record;
use crate::ci::{Gatekeeper, Granted, Passage};
use crate::hex::digest;
use crate::permissions::write_judging;
use crate::uploads::{self, Arrival, Batch, NamedRepository, NewPiece};
use crate::{Actor, Ctx, Error, Refused, json};

/// Longest name of a commit, in bytes.
const SHA_MAX: usize = 100;

/// An upload, or a piece of one.
#[derive(Debug, Clone, Default)]
pub struct AffectedUpload {
    /// The repository.
    pub repository: NamedRepository,
    /// The commit that was looked at.
    pub head_sha: String,
    /// The commit that it was compared with.
    pub base_sha: String,
    /// Which piece it is; none when it is whole.
    pub batch: Option<Batch>,
    /// What is changed, each with what depends on it.
    pub stacks: Vec<AffectedItem>,
}

/// What an upload came to. Nothing is counted while pieces are missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Uploaded {
    /// Its id; none while pieces are missing.
    pub id: Option<AffectedId>,
    /// How many pieces are missing.
    pub missing: i32,
    /// Instances that the commit changes.
    pub changed: i32,
    /// Instances that only depend on those.
    pub downstream: i32,
    /// Dependencies among all of them.
    pub edges: i32,
    /// Groups of instances that depend on each other in a circle.
    pub cycles: i32,
}

impl From<AffectedRow> for Uploaded {
    fn from(row: AffectedRow) -> Self {
        let AffectedRow { changed, downstream, edges, cycles, .. } = row;
        Self { id: Some(row.id), missing: 0, changed, downstream, edges, cycles }
    }
}

/// Takes what a commit of the repository of the run or token that asks affects. The same body of the same run is the
/// same upload.
///
/// # Errors
/// [`Error::Refused`] for names or commits that cannot be kept, and for more than can be kept; [`Error::Denied`] without
/// the permission or for another repository; [`Error::Conflict`] for a piece that came before with other content.
pub async fn upload(ctx: &Ctx, input: AffectedUpload) -> Result<Uploaded, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::AffectedStacksCreate, "affected stacks")?;
    let AffectedUpload { repository, head_sha, base_sha, batch, stacks } = input;
    if let Some(batch) = &batch {
        uploads::check(batch)?;
    }
    if [&head_sha, &base_sha].iter().any(|sha| sha.len() > SHA_MAX || sha.chars().any(is_control)) {
        let message = format!("A commit has at most {SHA_MAX} bytes and no control characters.");
        return Err(Error::Refused(Refused::new(Refusal::Unusable, "BadAffected", message)));
    }
    let request = Arc::new(Request { ctx: ctx.clone(), gate, repository, head_sha, base_sha, batch });
    let reading = Arc::clone(&request);
    let brought = apart(move || forest::read(&stacks, &reading.head_sha, &reading.base_sha)).await?;
    match &request.batch {
        None => store(ctx, request, brought).await,
        Some(batch) => {
            let batch = batch.clone();
            piece(ctx, request, batch, brought).await
        }
    }
}

/// Does what takes long for a large upload away from the threads that answer requests.
async fn apart<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, Error> + Send + 'static,
) -> Result<R, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}

struct Request {
    ctx: Ctx,
    gate: Gatekeeper,
    repository: NamedRepository,
    head_sha: String,
    base_sha: String,
    batch: Option<Batch>,
}

impl Request {
    /// Lets the request in; the inner error is a refusal.
    async fn pass(&self, conn: &mut Conn) -> Result<Result<Box<Granted>, Error>, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Err(error)),
        };
        let other = self.repository.refuse_others(conn, &self.gate, &granted.repository).await?;
        Ok(other.map_or(Ok(granted), Err))
    }
}

/// What is kept of a piece until the upload is whole.
#[derive(Serialize, Deserialize)]
struct Kept {
    head_sha: String,
    base_sha: String,
    graph: Graph,
}

/// A piece on its way into the store.
struct Piece {
    request: Arc<Request>,
    batch: Batch,
    digest: String,
    content: String,
}

/// Keeps a piece; with the last one the upload is put together, outside any transaction.
async fn piece(ctx: &Ctx, request: Arc<Request>, batch: Batch, brought: Brought) -> Result<Uploaded, Error> {
    let content = json::text(&Kept {
        head_sha: request.head_sha.clone(),
        base_sha: request.base_sha.clone(),
        graph: brought.graph,
    })?;
    let piece =
        Piece { request: Arc::clone(&request), batch: batch.clone(), digest: brought.digest, content };
    let kept = write_judging(ctx, Weight::Heavy, piece, |conn, piece| {
        Box::pin(async move { piece.keep(conn).await })
    });
    let (arrival, repository) = kept.await??;
    if !arrival.is_whole() {
        return Ok(Uploaded { missing: arrival.total - arrival.have, ..Uploaded::default() });
    }
    let mut conn = ctx.deps().db.read().await?;
    let pieces = uploads::pieces(&mut conn, &repository, UploadKind::Affected, &batch.id).await?;
    let mut parts = vec![batch.id.as_str()];
    parts.extend(pieces.iter().map(|piece| piece.digest.as_str()));
    let digest = digest(&parts);
    if let Some(same) = queries::same(&mut conn, &repository, &digest, None).await? {
        return Ok(same.into());
    }
    drop(conn);
    let merging = Arc::clone(&request);
    let graph = apart(move || {
        let kept: Result<Vec<Kept>, _> = pieces.iter().map(|piece| json::read(&piece.content)).collect();
        let kept = kept?;
        let of_one = |kept: &Kept| kept.head_sha == merging.head_sha && kept.base_sha == merging.base_sha;
        if !kept.iter().all(of_one) {
            let message = "The pieces of the upload name different commits. Start the upload again.";
            return Err(Error::conflict("BatchConflict", message));
        }
        Ok(Graph::merged(kept.iter().map(|kept| &kept.graph))?)
    });
    let graph = graph.await?;
    store(ctx, request, Brought { graph, digest }).await
}

impl Piece {
    async fn keep(&self, conn: &mut Conn) -> Result<Result<(Arrival, RepositoryId), Error>, Error> {
        let repository = match self.request.pass(conn).await? {
            Ok(granted) => granted.repository.id,
            Err(refused) => return Ok(Err(refused)),
        };
        let piece = NewPiece {
            kind: UploadKind::Affected,
            batch: &self.batch,
            digest: self.digest.clone(),
            content: self.content.clone(),
        };
        let arrival = uploads::keep(conn, &repository, piece, self.request.ctx.now()).await?;
        Ok(arrival.map(|arrival| (arrival, repository)))
    }
}

/// A whole upload on its way into the store.
struct Whole {
    request: Arc<Request>,
    digest: String,
    counts: Counts,
    graph: String,
}

async fn store(ctx: &Ctx, request: Arc<Request>, brought: Brought) -> Result<Uploaded, Error> {
    let Brought { graph, digest, .. } = brought;
    let laid_out = apart(move || {
        let graph: AffectedGraph = graph.laid_out();
        Ok((counts(&graph), json::text(&graph)?))
    });
    let (counts, graph) = laid_out.await?;
    let whole = Whole { request, digest, counts, graph };
    write_judging(ctx, Weight::Heavy, whole, |conn, whole| Box::pin(async move { whole.store(conn).await }))
        .await?
}

impl Whole {
    async fn store(&self, conn: &mut Conn) -> Result<Result<Uploaded, Error>, Error> {
        let granted = match self.request.pass(conn).await? {
            Ok(granted) => granted,
            Err(refused) => return Ok(Err(refused)),
        };
        let repository = &granted.repository;
        let row = self.row(&granted);
        if !queries::insert(conn, &row, &self.graph).await? {
            let same = queries::same(conn, &repository.id, &self.digest, Some(&row.actor_id)).await?;
            return Ok(same.map(Uploaded::from).ok_or(Error::NotFound));
        }
        if let Some(batch) = &self.request.batch {
            uploads::empty(conn, &repository.id, UploadKind::Affected, &batch.id).await?;
        }
        let entry = self
            .request
            .gate
            .entry(Some(repository), What::AffectedUploaded, Outcome::Ok)
            .target("affected", row.id.as_str(), &row.head_sha)
            .grant(&granted.grant)
            .note(note(&self.counts));
        record(conn, &entry).await?;
        Ok(Ok(row.into()))
    }

    fn row(&self, granted: &Granted) -> AffectedRow {
        let Request { ctx, head_sha, base_sha, .. } = &*self.request;
        let repository = &granted.repository;
        let (actor_type, actor_id, actor_name) = ctx.actor_words();
        let (seen, run_url) = match &ctx.actor {
            Actor::Run(session) => (Some(&session.seen), session.run.url.clone()),
            _ => (None, None),
        };
        let branch = seen.and_then(|seen| seen.branch.clone());
        let event = seen.and_then(|seen| seen.event.clone());
        let workflow = seen.and_then(|seen| seen.workflow.clone());
        let words = [
            Some(repository.name.as_str()),
            branch.as_deref(),
            Some(head_sha),
            Some(base_sha),
            event.as_deref(),
            workflow.as_deref(),
            Some(actor_name.as_str()),
        ];
        let haystack = fold(&words.into_iter().flatten().collect::<Vec<_>>().join(" "));
        let now = ctx.now();
        let Counts { changed, downstream, edges, cycles, layers } = self.counts;
        AffectedRow {
            id: AffectedId::mint(now, ctx.id_bytes()),
            workspace_id: repository.workspace_id.clone(),
            repository_id: repository.id.clone(),
            digest: self.digest.clone(),
            head_sha: head_sha.clone(),
            base_sha: base_sha.clone(),
            branch,
            event,
            actor_type,
            actor_id,
            actor_name,
            workflow,
            run_url,
            changed,
            downstream,
            edges,
            cycles,
            layers,
            created_at: now,
            haystack,
        }
    }
}

fn note(counts: &Counts) -> String {
    if counts.changed == 0 {
        return "nothing is affected".to_owned();
    }
    let mut note = format!("{} changed", counts.changed);
    if counts.downstream > 0 {
        note.push_str(&format!(", {} that depend on them", counts.downstream));
    }
    match counts.cycles {
        0 => {}
        1 => note.push_str(", 1 circle"),
        more => note.push_str(&format!(", {more} circles")),
    }
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_how_much_is_affected() {
        let counts =
            |changed, downstream, cycles| Counts { changed, downstream, edges: 0, cycles, layers: 1 };
        assert_eq!(note(&counts(0, 0, 0)), "nothing is affected");
        assert_eq!(note(&counts(2, 0, 0)), "2 changed");
        assert_eq!(note(&counts(2, 5, 1)), "2 changed, 5 that depend on them, 1 circle");
        assert_eq!(note(&counts(2, 5, 3)), "2 changed, 5 that depend on them, 3 circles");
    }
}
