//! Whether a floor writes what the server writes: one that writes less would be none.

use anyhow::{Context as _, Result, ensure};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::events;
use stackyard_db::{DbError, run};
use stackyard_domain::Ctx;
use stackyard_model::Ts;
use stackyard_model::activity::What;

use crate::home::Home;

/// By how much, in percent, the floor's row may be shorter or longer than the server's: numbers and names differ in length.
const DIFFERENCE: usize = 5;

/// The columns of an event in which a floor could save something.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct Said {
    actor_name: String,
    target_id: String,
    target_name: String,
    kind: Option<String>,
    workflow: Option<String>,
    branch: Option<String>,
    event: Option<String>,
    address: Option<String>,
    user_agent: Option<String>,
    permission_id: Option<String>,
    details: String,
    haystack: String,
    facets: String,
}

impl Said {
    /// How much each column says.
    fn lengths(&self) -> [usize; 13] {
        [
            Some(&self.actor_name),
            Some(&self.target_id),
            Some(&self.target_name),
            self.kind.as_ref(),
            self.workflow.as_ref(),
            self.branch.as_ref(),
            self.event.as_ref(),
            self.address.as_ref(),
            self.user_agent.as_ref(),
            self.permission_id.as_ref(),
            Some(&self.details),
            Some(&self.haystack),
            Some(&self.facets),
        ]
        .map(|text| text.map_or(0, String::len))
    }
}

/// Fails when the floor's newest event of one of these kinds says less than the server's, or more. Both have written some
/// since `since`.
pub async fn check((server, floor): (&str, &str), since: Ts, kinds: &[What]) -> Result<()> {
    let (server, floor) = (Home::open(server).await?, Home::open(floor).await?);
    for what in kinds {
        let ours = newest(&server.ctx, *what, since).await?;
        let theirs = newest(&floor.ctx, *what, since).await?;
        ensure!(are_alike(&ours, &theirs), "{what:?}: the server writes {ours:?}, the floor {theirs:?}");
    }
    server.close().await;
    floor.close().await;
    Ok(())
}

fn are_alike(ours: &Said, theirs: &Said) -> bool {
    let near = |ours: usize, theirs: usize| 100 * ours.abs_diff(theirs) <= DIFFERENCE * ours;
    let words = |said: &Said| said.haystack.split(|c: char| !c.is_alphanumeric()).count();
    let (lengths, others) = (ours.lengths(), theirs.lengths());
    lengths.iter().zip(&others).all(|(ours, theirs)| (*ours == 0) == (*theirs == 0))
        && near(lengths.iter().sum(), others.iter().sum())
        && near(words(ours), words(theirs))
}

async fn newest(ctx: &Ctx, what: What, since: Ts) -> Result<Said> {
    let mut conn = ctx.deps().db.read().await?;
    let query = events::table
        .filter(events::category.eq(what.category().as_str()).and(events::action.eq(what.action())))
        .filter(events::outcome.eq("ok").and(events::at.ge(since)))
        .order(events::id.desc());
    let found: Option<Said> = run!(&mut conn, |c| query.select(Said::as_select()).first(c).await.optional())
        .map_err(DbError::from)?;
    found.with_context(|| format!("no event of {what:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: Option<&str>, details: &str) -> Said {
        let text = |text: &str| Some(text.to_owned());
        Said {
            actor_name: "Run 1".to_owned(),
            target_id: "lock_1".to_owned(),
            target_name: "acme/infra/dev/vpc".to_owned(),
            kind: kind.map(str::to_owned),
            workflow: text("deploy.yaml"),
            branch: text("main"),
            event: text("push"),
            address: text("127.0.0.1"),
            user_agent: text("atmos"),
            permission_id: text("perm_1"),
            details: details.to_owned(),
            haystack: "run 1 lock created".to_owned(),
            facets: "lock.run.ok".to_owned(),
        }
    }

    #[test]
    fn a_floor_is_one_that_says_neither_less_nor_more() {
        let ours = said(Some("ws:locks:create"), r#"{"note":"a message"}"#);
        assert!(are_alike(&ours, &said(Some("ws_locks_create"), r#"{"note":"a massage"}"#)));
        assert!(!are_alike(&ours, &said(None, r#"{"note":"a message"}"#)));
        assert!(!are_alike(&ours, &said(Some("ws:locks:create"), "{}")));
        assert!(!are_alike(&ours, &said(Some("ws:locks:create"), r#"{"note":"a message, and much more"}"#)));
        let split = Said { haystack: "run 1 lock_created".to_owned(), ..said(Some("ws:locks:create"), "{}") };
        let whole = Said { haystack: "run 1 lockcreated".to_owned(), ..said(Some("ws:locks:create"), "{}") };
        assert!(!are_alike(&split, &whole));
    }
}
