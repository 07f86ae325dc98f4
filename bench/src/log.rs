//! Reading a log of a million events: pages, what narrows them, and words, at its end and far back.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use stackyard_domain::{Ctx, Here, activity, repositories, workspaces};
use stackyard_model::Ts;
use stackyard_model::activity::ActivityFilter;

use crate::home::Home;
use crate::place::names;
use crate::report::{Figure, Limit, note, short};
use crate::rounds::median;

/// Days over which the events are spread.
const DAYS: u64 = 90;
/// How far back is read, in hundredths of the whole log.
const DEPTHS: [usize; 3] = [0, 50, 98];
/// Events of a page.
const PAGE: u32 = 50;
/// Repositories that they are about.
const REPOSITORIES: usize = 200;

/// A way to look through the log.
struct Look {
    name: &'static str,
    filter: ActivityFilter,
    /// Whether it is found by an index, and so within the limit.
    limited: bool,
}

/// Figures of one database.
pub struct Log {
    home: Home,
    here: Here,
    since: Ts,
    database: &'static str,
}

impl Log {
    /// Fills and seals the log of a new database.
    pub async fn fill(url: &str, database: &'static str, events: usize) -> Result<Self> {
        let home = Home::open(url).await?;
        home.furnish(&names(REPOSITORIES), 0).await?;
        let here = home.here().await?;
        let all = repositories::list(&home.ctx, &here, "").await?;
        let since = home.ctx.now() - Duration::from_secs(DAYS * 24 * 3600);
        let began = Instant::now();
        activity::testing::history(&home.ctx, &here, &all, since, events).await?;
        let written = began.elapsed();
        while activity::seal(&home.ctx).await? {}
        #[expect(clippy::cast_precision_loss, reason = "a number of events")]
        let rate = events as f64 / (began.elapsed() - written).as_secs_f64();
        note(
            &format!("{database}: {events} events"),
            &format!("written in {} s, sealed at {}/s", short(written.as_secs_f64()), short(rate)),
        );
        Ok(Self { home, here, since, database })
    }

    /// When so many hundredths of the log were still to come.
    fn back(&self, hundredths: usize) -> Ts {
        let span = self.home.ctx.now().since(self.since).as_secs();
        self.home.ctx.now() - Duration::from_secs(span * u64::try_from(hundredths).unwrap_or(0) / 100)
    }

    /// The ways to look that a page has.
    async fn looks(&self) -> Result<Vec<Look>> {
        let repository = repositories::list(&self.home.ctx, &self.here, "service-42").await?;
        let repository = repository.first().context("there is no service-42")?.id.to_string();
        let any = ActivityFilter::default;
        let looks = [
            ("everything", any(), true),
            ("category", ActivityFilter { category: "lock".to_owned(), ..any() }, true),
            ("actor, rare", ActivityFilter { actor: "user".to_owned(), ..any() }, true),
            ("actor, frequent", ActivityFilter { actor: "run".to_owned(), ..any() }, true),
            ("outcome", ActivityFilter { outcome: "denied".to_owned(), ..any() }, true),
            (
                "category, actor, outcome",
                ActivityFilter {
                    category: "auth".to_owned(),
                    actor: "run".to_owned(),
                    outcome: "denied".to_owned(),
                    ..any()
                },
                true,
            ),
            ("repository", ActivityFilter { repository: repository.clone(), ..any() }, true),
            (
                "repository, category",
                ActivityFilter { repository: repository.clone(), category: "lock".to_owned(), ..any() },
                true,
            ),
            ("time", ActivityFilter { from: Some(self.since), ..any() }, true),
            (
                "time, outcome",
                ActivityFilter { from: Some(self.since), outcome: "denied".to_owned(), ..any() },
                true,
            ),
            ("a frequent word", ActivityFilter { q: "main".to_owned(), ..any() }, true),
            ("a repository's name", ActivityFilter { q: "acme/service-42".to_owned(), ..any() }, true),
            ("a word in 8 of 100", ActivityFilter { q: "deploy-7.yaml".to_owned(), ..any() }, true),
            ("a run's number", ActivityFilter { q: "4321".to_owned(), ..any() }, true),
            ("a word that is nowhere", ActivityFilter { q: "nowhere".to_owned(), ..any() }, true),
            ("two words", ActivityFilter { q: "main service-42".to_owned(), ..any() }, false),
            ("two words, never both", ActivityFilter { q: "component-7 nowhere".to_owned(), ..any() }, false),
            ("inside words", ActivityFilter { q: "ploy-3".to_owned(), within: true, ..any() }, false),
            (
                "a word in a category",
                ActivityFilter { q: "main".to_owned(), category: "lock".to_owned(), ..any() },
                false,
            ),
        ];
        Ok(looks.map(|(name, filter, limited)| Look { name, filter, limited }).into())
    }

    /// Reads it in every way at every depth.
    pub async fn measure(&self, times: usize) -> Result<Vec<Figure>> {
        let ctx = &self.home.ctx;
        // Pages follow an event that is there.
        let mut before = Vec::new();
        for hundredths in DEPTHS {
            let until = Some(self.back(hundredths)).filter(|_| hundredths > 0);
            let filter = ActivityFilter { until, ..ActivityFilter::default() };
            let found = activity::list(ctx, &self.here, &filter, 1).await?;
            let first = found.items.into_iter().next().context("an empty log")?;
            before.push(if hundredths > 0 { first.id.to_string() } else { String::new() });
        }
        let (mut slowest, mut ratios) = ((0.0, ""), Vec::new());
        for look in self.looks().await? {
            let mut p50 = Vec::new();
            for before in &before {
                let filter = ActivityFilter { before: before.clone(), ..look.filter.clone() };
                p50.push(
                    timed(times, async || activity::list(ctx, &self.here, &filter, PAGE).await.map(drop))
                        .await?,
                );
            }
            let each: Vec<_> = p50.iter().map(|p50| short(*p50)).collect();
            note(&format!("{}: {}", self.database, look.name), &format!("p50 {} ms", each.join(", ")));
            if let (true, [end, .., far]) = (look.limited, p50.as_slice()) {
                ratios.push(far / end);
                for p50 in &p50 {
                    slowest = if *p50 > slowest.0 { (*p50, look.name) } else { slowest };
                }
            }
        }
        self.beside(ctx, times).await?;
        note(&format!("{}: the slowest of these", self.database), slowest.1);
        let [page, depth] = match self.database {
            "SQLite" => ["SQLite: the log, slowest of all looks, p50", "SQLite: far back by the newest"],
            _ => ["PostgreSQL: the log, slowest of looks, p50", "PostgreSQL: far back by the newest"],
        };
        let ratio = median(ratios);
        Ok(vec![
            Figure::budget(page, "ms", slowest.0, 5.0),
            Figure {
                name: depth,
                unit: "×",
                value: ratio,
                floor_name: "the newest page",
                floor: 1.0,
                ratio,
                limit: Limit::AtMost(1.2),
                goal: None,
            },
        ])
    }

    /// What stands around the list.
    async fn beside(&self, ctx: &Ctx, times: usize) -> Result<()> {
        let any = ActivityFilter::default();
        let strip =
            timed(times, async || activity::strip(ctx, &self.here, &any, 7 * 24).await.map(drop)).await?;
        let totals = timed(times, async || workspaces::totals(ctx, &self.here).await.map(drop)).await?;
        let found = workspaces::totals(ctx, &self.here).await?;
        note(
            &format!("{}: around it", self.database),
            &format!(
                "strip of a week p50 {} ms; the overview's counts p50 {} ms, {} allowed, {} denied",
                short(strip),
                short(totals),
                found.allowed,
                found.denied
            ),
        );
        Ok(())
    }
}

/// Milliseconds that half of all calls stay below.
async fn timed<E: Into<anyhow::Error>>(
    times: usize,
    mut call: impl AsyncFnMut() -> Result<(), E>,
) -> Result<f64> {
    let mut took = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        call().await.map_err(Into::into)?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(took))
}
