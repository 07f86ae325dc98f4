//! Giving the log away: every event that was sealed, in the order of that, so that none is left out or comes twice
//! (rules §10).

use stackyard_model::Action;
use stackyard_model::activity::{ActivityFilter, Event};

use super::lists::{self, Wanted};
use super::sealed;
use super::visible::{unsearched, visible};
use crate::{Ctx, Error, Here, access, search};

/// Sequence numbers that are looked through at once.
const WINDOW: i64 = 2_000;

/// An export under way.
pub struct Export {
    here: Here,
    filter: ActivityFilter,
    patterns: Vec<String>,
    at: i64,
    upto: i64,
}

/// Begins to give away the events that fit `filter`, up to the last that is sealed now.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the log.
pub async fn export(ctx: &Ctx, here: &Here, filter: ActivityFilter) -> Result<Export, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let upto = sealed(&mut conn).await?;
    let patterns = search::patterns(&filter.q);
    Ok(Export { here: here.clone(), filter, patterns, at: 0, upto })
}

impl Export {
    /// The next events, oldest first; none when that was all.
    ///
    /// # Errors
    /// When the store fails, or who asks may not see the log any more.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<Event>>, Error> {
        while self.at < self.upto {
            // Nothing is held while the reader takes its time, in which they may have lost what they could see.
            let mut conn = ctx.deps().db.read().await?;
            self.here = access::again(ctx, &mut conn, &self.here).await?;
            self.here.require(Action::SeeResources)?;
            let mut wanted = Wanted::of(&self.here, &self.filter);
            if !self.patterns.is_empty() {
                wanted.unsearched = unsearched(&self.here);
            }
            let until = self.upto.min(self.at + WINDOW);
            let found = lists::sealed_between(&mut conn, &wanted, &self.patterns, (self.at, until)).await?;
            self.at = until;
            if !found.is_empty() {
                return Ok(Some(found.into_iter().map(|event| visible(&self.here, event)).collect()));
            }
        }
        Ok(None)
    }
}
