//! The sealer: gives every event a number that follows the order of commits, and makes from the log what is looked up in
//! it (rules §10, docs/decisions/0013-the-log-at-size.md).
//!
//! On SQLite there is one writer, so the order of rows is that order. On PostgreSQL transactions become visible in another
//! order than their ids say; numbers are given afterwards, by one replica at a time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::functions::StoreClock;
use stackyard_db::log::number_events;
use stackyard_db::schema::{events, log_marks, permission_matches};
use stackyard_db::{Conn, DbError, Kept, run};
use stackyard_model::Ts;
use stackyard_model::activity::{Category, Outcome, What};
use stackyard_model::id::{EventId, PermissionId, RANDOM_LENGTH, WorkspaceId};

use super::lists::within;
use super::strip;
use super::visible::findable;
use super::words::{self, Line};
use crate::{Ctx, Error, Here};

/// Most events of one turn; more wait for the next, which follows at once.
const BATCH: i64 = 1000;
/// How much older than the newest that is sealed an event may be that is committed only now, and seen at once. What is older
/// is seen by [`seal_late`].
const LATE: Duration = Duration::from_secs(3600);
/// The mark of how far the log is sealed.
const SEALED: &str = "sealed";
/// The mark of how far its words are noted: as far, except while they are made again.
const WORDS: &str = "words";

/// What has to be known of an event to seal it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct Row {
    seq: Option<i64>,
    workspace_id: Option<WorkspaceId>,
    at: Ts,
    outcome: Outcome,
    permission_id: Option<PermissionId>,
    facets: String,
}

/// What has to be known of an event to note its words.
#[derive(Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct ToNote {
    seq: Option<i64>,
    workspace_id: Option<WorkspaceId>,
    category: Category,
    action: String,
    haystack: String,
}

/// Seals what has been committed since the last time, at most a batch of it. Says whether there may be more. To be called
/// by one replica at a time; two at once do no harm, since numbers are unique.
///
/// # Errors
/// When the store fails; the next turn tries again.
pub async fn seal(ctx: &Ctx) -> Result<bool, Error> {
    // Nothing is to be done most of the time, which is seen without writing.
    let mut conn = ctx.deps().db.read().await?;
    if !waits(&mut conn).await? {
        return Ok(false);
    }
    drop(conn);
    seal_from(ctx, Reach::Recent).await
}

/// Seals events that were committed so long after they were made that [`seal`] does not come by them: on PostgreSQL, after
/// hours in which somebody held a transaction open, or by a replica whose clock is far behind.
///
/// # Errors
/// When the store fails.
pub async fn seal_late(ctx: &Ctx) -> Result<(), Error> {
    let mut conn = ctx.deps().db.read().await?;
    let waits = match &mut conn {
        Conn::Sqlite(_) => false,
        Conn::Pg(_) => any_open(&mut conn, "").await?,
    };
    drop(conn);
    if waits {
        seal_from(ctx, Reach::All).await?;
    }
    Ok(())
}

/// Among which events those without a number are looked for. An index has them, but also all that were there since the
/// database last cleaned up, which is a long walk from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Those that are hardly older than the newest that is sealed.
    Recent,
    /// All.
    All,
}

async fn seal_from(ctx: &Ctx, reach: Reach) -> Result<bool, Error> {
    ctx.deps().db.write_alone(reach, |conn, reach| Box::pin(async move { batch(conn, *reach).await })).await
}

/// The id after which events have no number yet, but for late ones. What was sealed by a clock that is ahead hides nothing that
/// others do now.
async fn open_from(conn: &mut Conn, sealed: i64) -> Result<String, DbError> {
    let query = events::table.filter(events::seq.eq(sealed)).select((events::at, StoreClock));
    let newest: Option<(Ts, Option<Ts>)> = run!(conn, |c| query.get_result(c).await.optional())?;
    let Some((at, clock)) = newest else { return Ok(String::new()) };
    let at = clock.map_or(at, |clock| at.min(clock));
    Ok(EventId::mint(at - LATE, [0; RANDOM_LENGTH]).to_string())
}

/// Whether an event after this id has no number yet.
async fn any_open(conn: &mut Conn, from: &str) -> Result<bool, DbError> {
    let query = events::table.filter(events::seq.is_null().and(events::id.gt(from))).select(events::id);
    let found: Option<EventId> = run!(conn, |c| query.first(c).await.optional())?;
    Ok(found.is_some())
}

/// The mark up to which the log is sealed.
pub(crate) async fn sealed(conn: &mut Conn) -> Result<i64, DbError> {
    mark(conn, SEALED).await
}

async fn mark(conn: &mut Conn, name: &str) -> Result<i64, DbError> {
    let query = log_marks::table.find(name).select(log_marks::seq);
    Ok(run!(conn, |c| query.get_result(c).await.optional())?.unwrap_or(0))
}

async fn waits(conn: &mut Conn) -> Result<bool, DbError> {
    let marks = log_marks::table.select((log_marks::name, log_marks::seq));
    let marks: HashMap<String, i64> =
        run!(conn, |c| marks.load::<(String, i64)>(c).await)?.into_iter().collect();
    let mark = marks.get(SEALED).copied().unwrap_or(0);
    if marks.get(WORDS).copied().unwrap_or(0) < mark {
        return Ok(true);
    }
    if let Conn::Sqlite(c) = conn {
        let query = events::table.filter(events::seq.gt(mark)).select(events::seq);
        let found: Option<Option<i64>> = query.first(&mut **c).await.optional()?;
        return Ok(found.is_some());
    }
    let from = open_from(conn, mark).await?;
    any_open(conn, &from).await
}

/// The newest events of a workspace whose words are not noted yet, newest first: the line that is searched through. There
/// are few; while the words of a long log are made again, those of one batch.
pub(super) async fn not_noted(
    conn: &mut Conn,
    workspace: &WorkspaceId,
) -> Result<Vec<(EventId, String)>, DbError> {
    let mark = mark(conn, WORDS).await?;
    let chosen = (events::workspace_id, events::id, events::haystack);
    let mut rows: Vec<(Option<WorkspaceId>, EventId, String)> = Vec::new();
    if matches!(conn, Conn::Pg(_)) {
        let sealed = sealed(conn).await?;
        let from = open_from(conn, sealed).await?;
        let open = events::table.filter(events::seq.is_null().and(events::id.gt(from)));
        let open = open.order(events::id.desc()).limit(BATCH).select(chosen);
        rows = run!(conn, |c| open.load(c).await)?;
    }
    // By their numbers alone: asked for the workspace too, SQLite reads the whole of it.
    let numbered = events::table.filter(events::seq.gt(mark)).order(events::seq.desc());
    let numbered = numbered.limit(BATCH).select(chosen);
    rows.extend(run!(conn, |c| numbered.load::<(_, _, _)>(c).await)?);
    Ok(rows
        .into_iter()
        .filter(|(of, ..)| of.as_ref() == Some(workspace))
        .map(|(_, id, line)| (id, line))
        .collect())
}

/// Seals some, and then notes words of what is sealed.
async fn batch(conn: &mut Conn, reach: Reach) -> Result<bool, Error> {
    let more = some(conn, reach).await?;
    Ok(note_words(conn).await? || more)
}

/// Notes the words of a batch of what is sealed and has none. Says whether there may be more.
async fn note_words(conn: &mut Conn) -> Result<bool, Error> {
    let (from, upto) = (mark(conn, WORDS).await?, sealed(conn).await?);
    let query =
        events::table.filter(events::seq.gt(from).and(events::seq.le(upto))).order(events::seq).limit(BATCH);
    let rows: Vec<ToNote> =
        run!(conn, |c| query.select(ToNote::as_select()).load(c).await).map_err(DbError::from)?;
    let Some(last) = rows.last().and_then(|row| row.seq) else { return Ok(false) };
    let lines = rows.iter().filter_map(|row| {
        let (seq, workspace) = (row.seq?, row.workspace_id.as_ref()?);
        let findable = findable(What::of(row.category, &row.action));
        Some(Line { seq, workspace, findable, haystack: &row.haystack })
    });
    words::keep(conn, &lines.collect::<Vec<_>>()).await?;
    set_mark(conn, WORDS, last).await?;
    Ok(last < upto)
}

async fn some(conn: &mut Conn, reach: Reach) -> Result<bool, Error> {
    let mark = sealed(conn).await?;
    number(conn, mark, reach).await?;
    let query = events::table.filter(events::seq.gt(mark)).order(events::seq).limit(BATCH);
    let rows: Vec<Row> =
        run!(conn, |c| query.select(Row::as_select()).load(c).await).map_err(DbError::from)?;
    let Some(last) = rows.last().and_then(|row| row.seq) else { return Ok(false) };
    let of_workspaces = || rows.iter().filter_map(|row| Some((row, row.workspace_id.as_ref()?)));

    let mut counts: BTreeMap<(&WorkspaceId, Ts, &str), i64> = BTreeMap::new();
    for (row, workspace) in of_workspaces() {
        *counts.entry((workspace, strip::hour(row.at), row.facets.as_str())).or_default() += 1;
    }
    for ((workspace, hour, facets), count) in counts {
        strip::add(conn, workspace, (hour, facets), count).await?;
    }

    let mut matches: HashMap<&PermissionId, (i64, Ts)> = HashMap::new();
    for row in rows.iter().filter(|row| row.outcome == Outcome::Ok) {
        let Some(permission) = &row.permission_id else { continue };
        let (count, at) = matches.entry(permission).or_insert((0, row.at));
        *count += 1;
        *at = row.at.max(*at);
    }
    for (permission, (count, at)) in matches {
        matched(conn, permission, count, at).await?;
    }

    set_mark(conn, SEALED, last).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX) >= BATCH)
}

/// Gives numbers to the events that have none. SQLite has given them.
async fn number(conn: &mut Conn, mark: i64, reach: Reach) -> Result<(), DbError> {
    if matches!(conn, Conn::Sqlite(_)) {
        return Ok(());
    }
    let from = match reach {
        Reach::Recent => open_from(conn, mark).await?,
        Reach::All => String::new(),
    };
    let open = events::table.filter(events::seq.is_null().and(events::id.gt(from)));
    let open = open.order(events::id).limit(BATCH).select(events::id);
    let ids: Vec<String> = run!(conn, |c| open.load(c).await)?;
    let numbers: Vec<i64> = (mark + 1..).take(ids.len()).collect();
    number_events(conn, ids, numbers).await
}

async fn matched(conn: &mut Conn, permission: &PermissionId, count: i64, at: Ts) -> Result<(), DbError> {
    let row = (
        permission_matches::permission_id.eq(permission),
        permission_matches::count.eq(count),
        permission_matches::last_at.eq(at),
    );
    let changes =
        (permission_matches::count.eq(permission_matches::count + count), permission_matches::last_at.eq(at));
    let counted = diesel::insert_into(permission_matches::table)
        .values(row)
        .on_conflict(permission_matches::permission_id)
        .do_update()
        .set(changes);
    run!(conn, |c| Kept(counted).execute(c).await)?;
    Ok(())
}

async fn set_mark(conn: &mut Conn, name: &str, seq: i64) -> Result<(), DbError> {
    let row = (log_marks::name.eq(name), log_marks::seq.eq(seq));
    let marked = diesel::insert_into(log_marks::table)
        .values(row)
        .on_conflict(log_marks::name)
        .do_update()
        .set(log_marks::seq.eq(seq));
    run!(conn, |c| Kept(marked).execute(c).await)?;
    Ok(())
}

/// How many events of each workspace, or of one those that whoever asks may see, were sealed after one mark up to another.
pub(crate) async fn count_sealed(
    conn: &mut Conn,
    here: Option<&Here>,
    from: i64,
    upto: i64,
) -> Result<Vec<(WorkspaceId, i64)>, DbError> {
    let found: Vec<(Option<WorkspaceId>, i64)> = run!(conn, |c| {
        let mut query = events::table
            .filter(events::seq.gt(from).and(events::seq.le(upto)))
            .group_by(events::workspace_id)
            .select((events::workspace_id, diesel::dsl::count_star()))
            .into_boxed();
        if let Some(here) = here {
            query = query.filter(events::workspace_id.eq(here.id()));
            within!(query, here.within());
        }
        query.load(c).await
    })?;
    Ok(found.into_iter().filter_map(|(workspace, count)| Some((workspace?, count))).collect())
}
