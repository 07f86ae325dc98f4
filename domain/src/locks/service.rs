//! Locks as people take, release and force them on the page.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{EventId, LockId, RepositoryId, UserId, WorkspaceId};
use stackyard_model::lock::{HolderType, Lock, LockEnd};
use stackyard_model::quote::plain;
use stackyard_model::text::{self, line};
use stackyard_model::{Action, FieldErrors, Ts};

use super::api::conflict;
use super::queries::{self, Ending, LockRow, Wanted};
use super::rules::{self, MESSAGE_MAX, TTL_MAX};
use crate::activity::{Entry, record, record_refusal};
use crate::{Ctx, Error, Here, access, repositories, search};

/// What is locked in a workspace.
#[derive(Debug, Clone)]
pub struct Locks {
    /// Held now, the first to run out first: a page of them.
    pub held: Vec<Lock>,
    /// How many are held in all, by those whom the filter leaves and by others.
    pub counts: HeldCounts,
    /// Where the next page of those begins; none when this is the last.
    pub next_cursor: Option<String>,
    /// Ended during the last hour, the last first.
    pub ended: Vec<Lock>,
}

/// Whose locks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Holders {
    /// Everybody's.
    #[default]
    All,
    /// Those of workflows' runs and of repository tokens.
    Machines,
    /// Those of people.
    People,
    /// Those of the person who asks.
    Mine,
}

/// What narrows the locks.
#[derive(Debug, Clone, Default)]
pub struct LockFilter {
    /// Words that key, holder and message have to contain.
    pub q: String,
    /// Whose.
    pub holders: Holders,
    /// Of one repository.
    pub repository: Option<RepositoryId>,
}

/// How many locks are held, whatever [`LockFilter::holders`] says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldCounts {
    /// By anybody.
    pub all: i64,
    /// By runs and tokens.
    pub machines: i64,
    /// By people.
    pub people: i64,
    /// By the person who asks.
    pub mine: i64,
}

impl HeldCounts {
    /// How many of these holders.
    #[must_use]
    pub const fn of(&self, holders: Holders) -> i64 {
        match holders {
            Holders::All => self.all,
            Holders::Machines => self.machines,
            Holders::People => self.people,
            Holders::Mine => self.mine,
        }
    }
}

/// A form for taking a lock.
#[derive(Debug, Clone)]
pub struct TakeInput {
    /// The repository's id.
    pub repository: String,
    /// The stack.
    pub stack: String,
    /// The component; may have slashes.
    pub component: String,
    /// How long, in minutes.
    pub minutes: u32,
    /// What to say to others.
    pub message: String,
}

/// For how long an ended lock stays on the page.
const ENDED_SHOWN: Duration = Duration::from_secs(3600);
/// Most ended locks that are shown.
const ENDED_MAX: usize = 100;
/// Most held locks of a page.
const LIMIT_MAX: u32 = 500;

/// The locks that are held and run out first, at most `limit` of them.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see locks.
pub async fn soonest(ctx: &Ctx, here: &Here, limit: u32) -> Result<Vec<Lock>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    let rows = queries::held(&mut conn, &everything(here, "", now), None, i64::from(limit)).await?;
    Ok(rows.into_iter().map(|row| row.into_lock(now)).collect())
}

/// The workspace's locks that fit `filter`: of those held, at most `limit` that come after the cursor `after`. A cursor
/// that is none, or an empty one, begins at the first.
///
/// # Errors
/// As [`soonest`].
pub async fn page(
    ctx: &Ctx,
    here: &Here,
    filter: &LockFilter,
    after: &str,
    limit: u32,
) -> Result<Locks, Error> {
    here.require(Action::SeeResources)?;
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(1);
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    let (_, me, _) = ctx.actor_words();
    let wanted = Wanted {
        patterns: &search::patterns(&filter.q),
        repository: filter.repository.as_ref(),
        holders: filter.holders,
        ..everything(here, &me, now)
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut held = queries::held(&mut conn, &wanted, read_cursor(after).as_ref(), count(limit + 1)).await?;
    let more = held.len() > limit;
    held.truncate(limit);
    let next_cursor = held.last().filter(|_| more).map(cursor);
    let ended = queries::ended(&mut conn, &wanted, now - ENDED_SHOWN, count(ENDED_MAX)).await?;
    let counts = counts(&mut conn, &wanted).await?;
    let shown = |rows: Vec<LockRow>| rows.into_iter().map(|row| row.into_lock(now)).collect::<Vec<_>>();
    let (held, mut ended) = (shown(held), shown(ended));
    ended.sort_by_key(|lock| std::cmp::Reverse(lock.ended.as_ref().map(|end| end.at)));
    ended.truncate(ENDED_MAX);
    Ok(Locks { held, counts, next_cursor, ended })
}

/// All locks of a workspace.
fn everything<'a>(here: &'a Here, me: &'a str, now: Ts) -> Wanted<'a> {
    Wanted {
        workspace: here.id(),
        patterns: &[],
        repository: None,
        within: here.within(),
        holders: Holders::All,
        me,
        now,
    }
}

async fn counts(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<HeldCounts, Error> {
    let mut counted = [0; 3];
    for (count, holders) in counted.iter_mut().zip([Holders::Machines, Holders::People, Holders::Mine]) {
        *count = queries::count_held(conn, &Wanted { holders, ..*wanted }).await?;
    }
    let [machines, people, mine] = counted;
    Ok(HeldCounts { all: machines + people, machines, people, mine })
}

/// The place of a held lock among the others.
fn cursor(last: &LockRow) -> String {
    format!("{}-{}", last.expires_at.as_micros(), last.id)
}

fn read_cursor(text: &str) -> Option<(Ts, LockId)> {
    let (at, id) = text.split_once('-')?;
    Some((Ts::from_micros(at.parse().ok()?), id.parse().ok()?))
}

/// One lock.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &LockId) -> Result<Lock, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    Ok(seen(&mut conn, here, id).await?.into_lock(now))
}

/// A lock of a repository that whoever asks may see.
async fn seen(conn: &mut Conn, here: &Here, id: &LockId) -> Result<LockRow, Error> {
    let row = queries::find(conn, here.id(), id).await?;
    row.filter(|row| here.reaches(&row.repository_id)).ok_or(Error::NotFound)
}

/// The last grants of the key of a lock, newest first.
///
/// # Errors
/// [`Error::NotFound`] when the lock is not one of this workspace's.
pub async fn history(ctx: &Ctx, here: &Here, id: &LockId) -> Result<Vec<Lock>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    let row = seen(&mut conn, here, id).await?;
    let rows = queries::of_key(&mut conn, &row).await?;
    Ok(rows.into_iter().map(|row| row.into_lock(now)).collect())
}

/// Takes a lock for a person.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Conflict`] naming the holder when it is held.
pub async fn take(ctx: &Ctx, here: &Here, input: TakeInput) -> Result<Lock, Error> {
    here.require(Action::SeeResources)?;
    let user = ctx.signed_in()?;
    let mut errors = FieldErrors::default();
    let id = errors
        .keep("repository", input.repository.parse::<RepositoryId>().map_err(|_| "Choose a repository."));
    let part = |text: &str| {
        let text = line(text, 1, 400, "Write 1 to 400 characters.")?;
        let whole = !text.split('/').any(str::is_empty);
        if whole { Ok(text) } else { Err("Slashes stand between parts, not at the ends.") }
    };
    let stack = errors.keep("stack", part(&input.stack));
    let component = errors.keep("component", part(&input.component));
    let longest = u32::try_from(TTL_MAX.as_secs() / 60).unwrap_or(u32::MAX);
    if input.minutes == 0 || input.minutes > longest {
        errors.push("minutes", "A lock lasts from 1 minute to 7 days.");
    }
    let message = errors.keep("message", line(&input.message, 0, MESSAGE_MAX, "At most 1,000 characters."));
    let (Some(id), Some(stack), Some(component), Some(message), true) =
        (id, stack, component, message, errors.is_empty())
    else {
        return Err(Error::Invalid(errors));
    };
    let repository = repositories::get(ctx, here, &id).await?;
    access::require_on(ctx, here, Action::UseLocks, &id).await?;
    let path = format!("{stack}/{component}");
    let now = ctx.now();
    let key = format!("{}/{path}", repository.name);
    if rules::key(&key, &repository.name).is_err() {
        return Err(Error::field("component", "The whole key has at most 1,024 bytes. Shorten it."));
    }
    let row = LockRow {
        id: LockId::mint(now, ctx.id_bytes()),
        workspace_id: here.id().clone(),
        repository_id: repository.id.clone(),
        haystack: queries::haystack(&key, &user.account.name, &message),
        key,
        path,
        holder_type: HolderType::User,
        holder_id: user.account.id.to_string(),
        holder_name: user.account.name.clone(),
        workflow: None,
        run_url: None,
        message,
        fence: 0,
        created_at: now,
        expires_at: now,
        ended_at: None,
        ended_how: None,
        ended_by: None,
        ended_reason: None,
    };
    let entry = Entry::done(ctx, here.id(), What::LockCreated)
        .target("lock", row.id.as_str(), &row.key)
        .repository(&repository.id, &repository.name)
        .note(plain(&row.message));
    let ttl = Duration::from_secs(u64::from(input.minutes) * 60);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), row, entry, ttl), |conn, (ctx, here, row, entry, ttl)| {
            Box::pin(async move {
                access::require_on_now(ctx, conn, here, Action::UseLocks, &row.repository_id).await?;
                let now = ctx.store_now(conn).await?;
                if let Some(held) = queries::held_on(conn, &row.repository_id, &row.path, now).await? {
                    let mut entry = entry.clone().target("lock", held.id.as_str(), &held.key).held_by(&held);
                    entry.event.outcome = Outcome::Failed;
                    record_refusal(conn, entry, EventId::mint(now, ctx.id_bytes())).await?;
                    return Ok(Err(conflict(&held)));
                }
                let repository = repositories::find_repository(conn, &row.workspace_id, &row.repository_id);
                let repository = repository.await?.ok_or(Error::NotFound)?;
                let fence = queries::next_fence(conn, &repository, &row.path).await?;
                let row = LockRow { fence, created_at: now, expires_at: now + *ttl, ..row.clone() };
                queries::insert(conn, &row).await?;
                record(conn, entry).await?;
                Ok::<_, Error>(Ok(row.into_lock(now)))
            })
        })
        .await?
}

/// Releases a lock that the person holds.
///
/// # Errors
/// [`Error::Forbidden`] naming the holder when it is somebody else's, [`Error::Conflict`] when it has ended.
pub async fn release(ctx: &Ctx, here: &Here, id: &LockId) -> Result<(), Error> {
    here.require(Action::SeeResources)?;
    let me = ctx.signed_in()?.account.id.to_string();
    let entry = Entry::done(ctx, here.id(), What::LockDeleted);
    let how = LockEnd::Released;
    end(ctx, here, id, entry, Request { how, needs: Some(Action::UseLocks), only_of: Some(me), reason: None })
        .await
}

/// Ends somebody else's lock, with a reason that the log keeps.
///
/// # Errors
/// [`Error::Invalid`] without a reason, [`Error::Forbidden`] for a role that may not.
pub async fn force_release(ctx: &Ctx, here: &Here, id: &LockId, reason: &str) -> Result<(), Error> {
    here.require(Action::SeeResources)?;
    let reason = text::reason(reason).map_err(|message| Error::field("reason", message))?;
    let entry = Entry::done(ctx, here.id(), What::LockForced).note(reason.clone());
    let (how, needs) = (LockEnd::Forced, Some(Action::ForceRelease));
    end(ctx, here, id, entry, Request { how, needs, only_of: None, reason: Some(reason) }).await
}

struct Request {
    how: LockEnd,
    /// What whoever asks has to be allowed on the repository; none when that was decided already.
    needs: Option<Action>,
    /// The person whose lock it has to be.
    only_of: Option<String>,
    reason: Option<String>,
}

async fn end(ctx: &Ctx, here: &Here, id: &LockId, entry: Entry, request: Request) -> Result<(), Error> {
    let args = (ctx.clone(), here.clone(), id.clone(), entry, request);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, entry, request)| {
            Box::pin(async move { end_one(conn, ctx, here, id, entry, request).await })
        })
        .await
}

async fn end_one(
    conn: &mut Conn,
    ctx: &Ctx,
    here: &Here,
    id: &LockId,
    entry: &Entry,
    request: &Request,
) -> Result<(), Error> {
    let row = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    if let Some(action) = request.needs {
        access::require_on_now(ctx, conn, here, action, &row.repository_id).await?;
    }
    let now = ctx.store_now(conn).await?;
    if row.clone().into_lock(now).ended.is_some() {
        return Err(Error::conflict(
            "LockEnded",
            format!("The lock on {} has ended already.", plain(&row.key)),
        ));
    }
    let is_mine = |me: &String| row.holder_type == HolderType::User && row.holder_id == *me;
    if request.only_of.as_ref().is_some_and(|me| !is_mine(me)) {
        let holder = plain(&row.holder_name);
        let message = format!("{holder} holds this lock. An admin can force-release it, with a reason.");
        return Err(Error::Forbidden(message));
    }
    let (_, _, by) = ctx.actor_words();
    let ending = Ending { at: now, how: request.how, by: Some(by), reason: request.reason.clone() };
    queries::end(conn, id, &ending).await?;
    let repository = repositories::find_repository(conn, here.id(), &row.repository_id).await?;
    let mut entry = entry.clone().target("lock", row.id.as_str(), &row.key);
    if let Some(repository) = repository {
        entry = entry.repository(&repository.id, &repository.name);
    }
    record(conn, &entry).await
}

/// What a person holds in a workspace, the newest first.
pub(crate) async fn held_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Ts,
) -> Result<Vec<Lock>, Error> {
    let held = queries::held_by(conn, workspace, user.as_str(), now).await?;
    Ok(held.into_iter().map(|row| row.into_lock(now)).collect())
}

/// Ends somebody else's lock in the transaction of a reason to.
pub(crate) async fn force_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &LockId,
    reason: &str,
) -> Result<(), Error> {
    let entry = Entry::done(ctx, here.id(), What::LockForced).note(reason);
    let reason = Some(reason.to_owned());
    let request = Request { how: LockEnd::Forced, needs: None, only_of: None, reason };
    end_one(conn, ctx, here, id, &entry, &request).await
}

/// How many locks are held in a workspace.
pub(crate) async fn count_held(ctx: &Ctx, conn: &mut Conn, here: &Here) -> Result<i64, Error> {
    let now = ctx.store_now(conn).await?;
    Ok(queries::count_held(conn, &everything(here, "", now)).await?)
}

/// The lock that is held on a path, `stack/component`, of a repository.
pub(crate) async fn held_on(
    ctx: &Ctx,
    conn: &mut Conn,
    repository: &RepositoryId,
    path: &str,
) -> Result<Option<Lock>, Error> {
    let now = ctx.store_now(conn).await?;
    let open = queries::open_on(conn, repository, path).await?;
    Ok(open.filter(|row| row.expires_at > now).map(|row| row.into_lock(now)))
}
