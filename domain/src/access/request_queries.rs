//! Requests for access in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{access_requests, grants, members, users};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::access::{AccessRequest, Asked, RequestState, ResourceRole, ResourceType};
use stackyard_model::id::{AccessRequestId, GrantId, MemberId, WorkspaceId};
use stackyard_model::{Role, Ts};

use super::requests::subject;
use crate::{Ctx, Here};

/// Most requests whose end is written in one transaction.
const OVER_AT_ONCE: i64 = 100;

/// A request as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = access_requests, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct RequestRow {
    pub(super) id: AccessRequestId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) member_id: MemberId,
    subject: String,
    role: Option<Role>,
    pub(super) resource_type: Option<ResourceType>,
    pub(super) resource_name: Option<String>,
    resource_role: Option<ResourceRole>,
    pub(super) reason: String,
    pub(super) state: RequestState,
    created_at: Ts,
    decided_at: Option<Ts>,
    decided_by_name: Option<String>,
    pub(super) note: Option<String>,
    pub(super) expires_at: Option<Ts>,
    pub(super) grant_id: Option<GrantId>,
}

impl RequestRow {
    pub(super) fn new(ctx: &Ctx, here: &Here, asked: &Asked, reason: &str) -> Self {
        let now = ctx.now();
        let subject = subject(asked);
        let (role, resource) = match asked.clone() {
            Asked::Role(role) => (Some(role), None),
            Asked::Repository(name, role) => (None, Some((name, role))),
        };
        let (resource_name, resource_role) = resource.unzip();
        Self {
            id: AccessRequestId::mint(now, ctx.id_bytes()),
            workspace_id: here.id().clone(),
            member_id: here.member_id.clone(),
            subject,
            role,
            resource_type: resource_role.map(|_| ResourceType::Repository),
            resource_name,
            resource_role,
            reason: reason.to_owned(),
            state: RequestState::Pending,
            created_at: now,
            decided_at: None,
            decided_by_name: None,
            note: None,
            expires_at: None,
            grant_id: None,
        }
    }

    /// The same, decided now by whoever asks.
    pub(super) fn decided(self, ctx: &Ctx, state: RequestState, note: Option<&str>) -> Self {
        let (_, _, by) = ctx.actor_words();
        let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
        Self { state, decided_at: Some(ctx.now()), decided_by_name: Some(by), note, ..self }
    }

    /// What it asks for.
    pub(super) fn asked(&self) -> Option<Asked> {
        match (self.role, &self.resource_name, self.resource_role) {
            (Some(role), ..) => Some(Asked::Role(role)),
            (None, Some(name), Some(role)) => Some(Asked::Repository(name.clone(), role)),
            _ => None,
        }
    }
}

/// A request with the name of who asks.
pub(super) struct Found {
    pub(super) row: RequestRow,
    name: String,
}

impl Found {
    /// As pages show it at a moment: what is over is shown so, whether or not it was written down yet.
    pub(super) fn into_request(self, now: Ts) -> Option<AccessRequest> {
        let Self { row, name } = self;
        let over = row.state == RequestState::Approved && row.expires_at.is_some_and(|end| end <= now);
        Some(AccessRequest {
            asked: row.asked()?,
            id: row.id,
            member_id: row.member_id,
            member_name: name,
            reason: row.reason,
            state: if over { RequestState::Expired } else { row.state },
            created_at: row.created_at,
            decided_at: row.decided_at,
            decided_by_name: row.decided_by_name,
            note: row.note,
            expires_at: row.expires_at,
        })
    }
}

/// Requests, the newest first, before one of them: of one member, or of all; those that wait, or all others.
pub(super) async fn page(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    only_of: Option<&MemberId>,
    pending: bool,
    before: Option<&AccessRequestId>,
    limit: i64,
) -> Result<Vec<Found>, DbError> {
    let rows: Vec<(RequestRow, String)> = run!(conn, |c| {
        let mut query = access_requests::table
            .inner_join(members::table.inner_join(users::table))
            .filter(access_requests::workspace_id.eq(workspace))
            .select((RequestRow::as_select(), users::name))
            .into_boxed();
        query = if pending {
            query.filter(access_requests::state.eq(RequestState::Pending))
        } else {
            query.filter(access_requests::state.ne(RequestState::Pending))
        };
        if let Some(member) = only_of {
            query = query.filter(access_requests::member_id.eq(member));
        }
        if let Some(before) = before {
            query = query.filter(access_requests::id.lt(before));
        }
        query.order(access_requests::id.desc()).limit(limit).load(c).await
    })?;
    Ok(rows.into_iter().map(|(row, name)| Found { row, name }).collect())
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &AccessRequestId,
) -> Result<Option<Found>, DbError> {
    let query = access_requests::table
        .inner_join(members::table.inner_join(users::table))
        .filter(access_requests::id.eq(id).and(access_requests::workspace_id.eq(workspace)));
    let row: Option<(RequestRow, String)> =
        run!(conn, |c| query.select((RequestRow::as_select(), users::name)).get_result(c).await.optional())?;
    Ok(row.map(|(row, name)| Found { row, name }))
}

pub(super) async fn count_pending(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64, DbError> {
    let query = access_requests::table
        .filter(access_requests::workspace_id.eq(workspace))
        .filter(access_requests::state.eq(RequestState::Pending))
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(super) async fn count_pending_of(conn: &mut Conn, member: &MemberId) -> Result<i64, DbError> {
    let query = access_requests::table
        .filter(access_requests::member_id.eq(member))
        .filter(access_requests::state.eq(RequestState::Pending))
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// The name of a member.
pub(super) async fn name_of(conn: &mut Conn, member: &MemberId) -> Result<Option<String>, DbError> {
    let query = members::table.inner_join(users::table).filter(members::id.eq(member)).select(users::name);
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Writes a request. False when one about the same waits already.
pub(super) async fn insert(conn: &mut Conn, row: &RequestRow) -> Result<bool, DbError> {
    let new = diesel::insert_into(access_requests::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

/// Writes what became of a request.
pub(super) async fn update(conn: &mut Conn, row: &RequestRow) -> Result<(), DbError> {
    let set = (
        access_requests::state.eq(row.state),
        access_requests::decided_at.eq(row.decided_at),
        access_requests::decided_by_name.eq(&row.decided_by_name),
        access_requests::note.eq(&row.note),
        access_requests::expires_at.eq(row.expires_at),
        access_requests::grant_id.eq(&row.grant_id),
    );
    let target = access_requests::table.find(&row.id);
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// What was granted for a time that is over, and is not written down as such yet.
pub(super) async fn over(conn: &mut Conn, now: Ts) -> Result<Vec<RequestRow>, DbError> {
    let query = access_requests::table
        .filter(access_requests::state.eq(RequestState::Approved))
        .filter(access_requests::expires_at.le(now))
        .order(access_requests::expires_at)
        .limit(OVER_AT_ONCE);
    Ok(run!(conn, |c| query.select(RequestRow::as_select()).load(c).await)?)
}

/// Takes away what a request gave: the grant, or the role that was lent.
pub(super) async fn end_granted(conn: &mut Conn, row: &RequestRow, now: Ts) -> Result<(), DbError> {
    if let Some(grant) = &row.grant_id {
        let target = grants::table.find(grant);
        run!(conn, |c| diesel::delete(target).execute(c).await)?;
        return Ok(());
    }
    let target = members::table.filter(members::id.eq(&row.member_id).and(members::lent_until.le(now)));
    let nothing = (members::lent_role.eq(None::<Role>), members::lent_until.eq(None::<Ts>));
    run!(conn, |c| diesel::update(target).set(nothing).execute(c).await)?;
    Ok(())
}

/// Notes that a grant for a time was taken back before its end.
pub(super) async fn end_of_grant(conn: &mut Conn, grant: &GrantId, now: Ts) -> Result<(), DbError> {
    let target = access_requests::table
        .filter(access_requests::grant_id.eq(grant))
        .filter(access_requests::state.eq(RequestState::Approved));
    let set = (access_requests::state.eq(RequestState::Expired), access_requests::expires_at.eq(now));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// Notes that a role which a member was lent is over, because they were given another one.
pub(crate) async fn end_lent_role(conn: &mut Conn, member: &MemberId) -> Result<(), DbError> {
    let target = access_requests::table
        .filter(access_requests::member_id.eq(member).and(access_requests::role.is_not_null()))
        .filter(access_requests::state.eq(RequestState::Approved))
        .filter(access_requests::expires_at.is_not_null());
    let ended = access_requests::state.eq(RequestState::Expired);
    run!(conn, |c| diesel::update(target).set(ended).execute(c).await)?;
    Ok(())
}
