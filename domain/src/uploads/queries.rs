//! The pieces of uploads in the store.

use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{repositories, upload_chunks};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::{RepositoryId, WorkspaceId};
use stackyard_model::upload::{IncompleteUpload, UploadKind};

/// One piece of an upload that came in several.
#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = upload_chunks)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct NewChunk {
    pub(super) repository_id: RepositoryId,
    pub(super) kind: UploadKind,
    pub(super) batch_id: String,
    pub(super) index: i32,
    pub(super) total: i32,
    pub(super) digest: String,
    pub(super) size: i64,
    pub(super) content: String,
    pub(super) created_at: Ts,
}

/// A piece without its content.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = upload_chunks, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct KnownChunk {
    pub(super) index: i32,
    pub(super) total: i32,
    pub(super) digest: String,
    pub(super) size: i64,
}

/// What was kept of a piece.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = upload_chunks, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(crate) struct Piece {
    pub(crate) digest: String,
    /// Empty when the upload was taken already.
    pub(crate) content: String,
}

pub(super) async fn chunks(
    conn: &mut Conn,
    repository: &RepositoryId,
    kind: UploadKind,
    batch: &str,
) -> Result<Vec<KnownChunk>, DbError> {
    let query = upload_chunks::table
        .filter(upload_chunks::repository_id.eq(repository))
        .filter(upload_chunks::kind.eq(kind).and(upload_chunks::batch_id.eq(batch)));
    Ok(run!(conn, |c| query.select(KnownChunk::as_select()).load(c).await)?)
}

/// An upload's pieces, in their order.
pub(crate) async fn pieces(
    conn: &mut Conn,
    repository: &RepositoryId,
    kind: UploadKind,
    batch: &str,
) -> Result<Vec<Piece>, DbError> {
    let query = upload_chunks::table
        .filter(upload_chunks::repository_id.eq(repository))
        .filter(upload_chunks::kind.eq(kind).and(upload_chunks::batch_id.eq(batch)))
        .order(upload_chunks::index);
    Ok(run!(conn, |c| query.select(Piece::as_select()).load(c).await)?)
}

/// Forgets what was kept of an upload that is whole; its pieces are still known when they come again.
pub(crate) async fn empty(
    conn: &mut Conn,
    repository: &RepositoryId,
    kind: UploadKind,
    batch: &str,
) -> Result<(), DbError> {
    let target = upload_chunks::table
        .filter(upload_chunks::repository_id.eq(repository))
        .filter(upload_chunks::kind.eq(kind).and(upload_chunks::batch_id.eq(batch)));
    run!(conn, |c| diesel::update(target).set(upload_chunks::content.eq("")).execute(c).await)?;
    Ok(())
}

/// How many uploads of a repository are known.
pub(super) async fn count_batches(conn: &mut Conn, repository: &RepositoryId) -> Result<i64, DbError> {
    let query = upload_chunks::table
        .filter(upload_chunks::repository_id.eq(repository))
        .select(diesel::dsl::count(upload_chunks::batch_id).aggregate_distinct());
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(super) async fn insert_chunk(conn: &mut Conn, row: &NewChunk) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(upload_chunks::table).values(row).execute(c).await)?;
    Ok(())
}

/// The uploads of a workspace of which pieces are missing, the newest first.
pub(super) async fn incomplete(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    limit: usize,
) -> Result<Vec<IncompleteUpload>, DbError> {
    let of_workspace =
        repositories::table.filter(repositories::workspace_id.eq(workspace)).select(repositories::id);
    let query = upload_chunks::table
        .filter(upload_chunks::repository_id.eq_any(of_workspace))
        .group_by((upload_chunks::repository_id, upload_chunks::kind, upload_chunks::batch_id))
        .select((
            upload_chunks::repository_id,
            upload_chunks::kind,
            upload_chunks::batch_id,
            count_star(),
            max(upload_chunks::total),
            min(upload_chunks::created_at),
        ));
    type Row = (RepositoryId, UploadKind, String, i64, Option<i32>, Option<Ts>);
    let rows: Vec<Row> = run!(conn, |c| query.load(c).await)?;
    let upload = |(repository_id, kind, batch_id, have, total, since): Row| {
        let (total, since) = (total?, since?);
        (have < i64::from(total)).then_some(IncompleteUpload {
            batch_id,
            kind,
            repository_id,
            have,
            total,
            since,
        })
    };
    let mut uploads: Vec<_> = rows.into_iter().filter_map(upload).collect();
    uploads.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.batch_id.cmp(&b.batch_id)));
    uploads.truncate(limit);
    Ok(uploads)
}

/// Forgets pieces that came before a moment, whether or not their upload was ever whole.
pub(super) async fn forget_chunks(conn: &mut Conn, before: Ts) -> Result<(), DbError> {
    let old = upload_chunks::table.filter(upload_chunks::created_at.le(before));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
