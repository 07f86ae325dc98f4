//! Locks taken and released, and reports of plans, through HTTP: against the same rows through the same writer on SQLite,
//! and against `pgbench` on PostgreSQL.
//!
//! A report of a plan is the call that records an event with least besides: it changes one row and writes the event.
//! Refusals would write less, but the same one is only counted for a minute.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_model::activity;
use stackyard_oidc::testing::TestIssuer;

use crate::alike;
use crate::home::Home;
use crate::load::{self, Client};
use crate::place::Place;
use crate::postgres::{Postgres, Script};
use crate::report::{Figure, Limit, note, short};
use crate::request::{call, data};
use crate::rounds::{Pairs, median};
use crate::server::Server;
use crate::tokens;

/// How many clients make a crowd.
const CLIENTS: usize = 64;
/// Connections of a server to PostgreSQL, and so of `pgbench`.
const CONNECTIONS: usize = 16;
/// Stacks of the inventory, and components of each: some five hundred instances, and a stack for each client.
const STACKS: usize = 64;
const COMPONENTS: usize = 8;

/// What an event says of its run. A variable of its own: `pgbench` takes a colon and a word for one anywhere.
const RUN: &str = r#"{"runId":"1234567890","attempt":"1","url":"https://github.com/acme/infra/actions/runs/1234567890","startedBy":"octocat","sha":"0123456789abcdef0123456789abcdef01234567","gitRef":"refs/heads/main","remoteId":74}"#;

/// A session of a run of the first repository.
pub async fn session(place: &Place, issuer: &TestIssuer, server: &Server) -> Result<String> {
    let exchange = tokens::requests(issuer, &place.workspace, &server.address.to_string(), 1)?;
    let mut client = Client::connect(server.address).await?;
    let data = data(&mut client, exchange.first().context("no request")?).await?;
    Ok(data.get("token").and_then(|token| token.as_str()).context("no session")?.to_owned())
}

/// Uploads the inventory of the first repository.
pub async fn inventory(server: &Server, session: &str) -> Result<()> {
    let all = (0..STACKS).flat_map(|stack| {
        (0..COMPONENTS).map(move |n| format!(r#"{{"stack":"stack-{stack}","component":"component-{n:02}"}}"#))
    });
    let body = format!(r#"{{"instances":[{}]}}"#, all.collect::<Vec<_>>().join(","));
    let request = call(&server.address.to_string(), session, "POST", "/api/v1/instances", &body);
    data(&mut Client::connect(server.address).await?, &request).await?;
    Ok(())
}

/// What is called.
#[derive(Clone, Copy)]
enum What {
    Locks,
    Reports,
}

impl What {
    /// What one client sends again and again.
    fn script(self, host: &str, session: &str, client: usize) -> Arc<[Vec<u8>]> {
        match self {
            Self::Locks => {
                let key = format!("acme/infra/bench/component-{client}");
                let body = format!(r#"{{"key":"{key}","ttl":600,"lockMessage":"bench"}}"#);
                ["POST", "DELETE"].map(|method| call(host, session, method, "/api/v1/locks", &body)).into()
            }
            Self::Reports => {
                let target =
                    format!("/api/v1/repos/acme/infra/instances?stack=stack-{client}&component=component-00");
                let body = r#"{"command":"plan","exit_code":0}"#;
                [call(host, session, "PATCH", &target, body)].into()
            }
        }
    }

    fn scripts(self, server: &Server, session: &str, clients: usize) -> Vec<Arc<[Vec<u8>]>> {
        let host = server.address.to_string();
        (0..clients).map(|client| self.script(&host, session, client)).collect()
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Locks => "locks and unlocks",
            Self::Reports => "reports of plans",
        }
    }

    /// The events that are written.
    const fn events(self) -> &'static [activity::What] {
        match self {
            Self::Locks => &[activity::What::LockCreated, activity::What::LockDeleted],
            Self::Reports => &[activity::What::DriftStatusUpdated],
        }
    }

    /// The script for `pgbench`, and how many calls it is.
    const fn sql(self) -> (&'static str, f64) {
        match self {
            Self::Locks => (include_str!("pgbench/locks.sql"), 2.0),
            Self::Reports => (include_str!("pgbench/reports.sql"), 1.0),
        }
    }
}

/// Two servers that write the same rows.
pub struct Sides<'a> {
    /// The one that is measured.
    pub real: &'a Server,
    /// The floor.
    pub bare: &'a Server,
    /// The addresses of their databases.
    pub databases: (&'a str, &'a str),
}

/// On SQLite: the server, and one that writes the same rows.
pub async fn on_sqlite(
    Sides { real, bare, databases }: Sides<'_>,
    session: &str,
    rounds: u32,
    times: usize,
) -> Result<[Figure; 2]> {
    let mut figures = Vec::new();
    for (what, name) in
        [(What::Locks, "SQLite: lock + unlock, 64 clients"), (What::Reports, "SQLite: reports, 64 clients")]
    {
        let ours = what.scripts(real, session, CLIENTS);
        let theirs = what.scripts(bare, session, CLIENTS);
        let alone = |scripts: &[Arc<[Vec<u8>]>]| scripts.get(..1).unwrap_or_default().to_vec();
        let (one, other) = (alone(&ours), alone(&theirs));
        let began = SystemClock.now();
        load::each(bare.address, &theirs, 2).await?;
        load::each(real.address, &ours, 2).await?;
        alike::check(databases, began, what.events()).await?;
        let (mut crowd, mut single) = (Pairs::default(), Pairs::default());
        let (mut rates, mut p99) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let floor = load::each(bare.address, &other, times).await?;
            let subject = load::each(real.address, &one, times).await?;
            single.add(floor.quantile(0.5), subject.quantile(0.5));
            rates.push(subject.rate);
            let floor = load::each(bare.address, &theirs, times).await?;
            let subject = load::each(real.address, &ours, times).await?;
            crowd.add(floor.rate, subject.rate);
            p99.push(subject.quantile(0.99));
        }
        alone_note("SQLite", what, &single, median(rates), "bare");
        note(name, &format!("p99 {} ms", short(median(p99))));
        figures.push(rate(name, &crowd, "bare server", Limit::AtLeast(0.6)));
    }
    two(figures)
}

/// Where `pgbench` writes.
pub struct Floor {
    /// The server of the database.
    pub postgres: Postgres,
    /// A copy of what the measured server has.
    pub database_url: String,
}

/// On PostgreSQL: the server, and `pgbench`.
pub async fn on_postgres(
    floor: &Floor,
    place: &Place,
    real: &Server,
    session: &str,
    (rounds, times, seconds): (u32, usize, u32),
) -> Result<[Figure; 2]> {
    let home = Home::open(&place.database_url).await?;
    let here = home.here().await?;
    let found = stackyard_domain::repositories::list(&home.ctx, &here, "acme/infra").await?;
    let repository = found.first().context("there is no acme/infra")?.id.to_string();
    let variables =
        [("workspace", place.workspace.as_str()), ("repository", repository.as_str()), ("run", RUN)];
    let mut figures = Vec::new();
    for (what, name) in [
        (What::Locks, "PostgreSQL: lock + unlock, 64 clients"),
        (What::Reports, "PostgreSQL: reports, 64 clients"),
    ] {
        let (sql, calls) = what.sql();
        let ours = what.scripts(real, session, CLIENTS);
        let one = ours.get(..1).unwrap_or_default().to_vec();
        let (mut crowd, mut single) = (Pairs::default(), Pairs::default());
        let (mut rates, mut p99) = (Vec::new(), Vec::new());
        let pgbench = |clients: usize| {
            let script = Script { sql, variables: &variables, clients, seconds };
            floor.postgres.pgbench(&floor.database_url, place.folder(), script)
        };
        // Each of the server's connections compiles its statements once.
        let began = SystemClock.now();
        load::each(real.address, &ours, times).await?;
        pgbench(1)?;
        alike::check((&place.database_url, &floor.database_url), began, what.events()).await?;
        for _ in 0..rounds {
            let floor = pgbench(1)?;
            let subject = load::each(real.address, &one, times).await?;
            single.add(floor.latency / calls, subject.quantile(0.5));
            rates.push(subject.rate);
            let floor = pgbench(CONNECTIONS)?;
            let subject = load::each(real.address, &ours, times).await?;
            crowd.add(floor.rate * calls, subject.rate);
            p99.push(subject.quantile(0.99));
        }
        alone_note("PostgreSQL", what, &single, median(rates), "pgbench on average");
        note(name, &format!("p99 {} ms", short(median(p99))));
        figures.push(rate(name, &crowd, "pgbench, 16 clients", Limit::AtLeast(0.5)));
    }
    home.close().await;
    two(figures)
}

fn alone_note(database: &str, what: What, single: &Pairs, rate: f64, floor: &str) {
    let (ours, theirs) = (short(single.subject()), short(single.floor()));
    note(
        &format!("{database}: {}, one client", what.words()),
        &format!("p50 {ours} ms, {}/s; {floor} {theirs} ms", short(rate)),
    );
}

fn rate(name: &'static str, pairs: &Pairs, floor_name: &'static str, limit: Limit) -> Figure {
    Figure {
        name,
        unit: "/s",
        value: pairs.subject(),
        floor_name,
        floor: pairs.floor(),
        ratio: pairs.ratio(),
        limit,
        goal: None,
    }
}

fn two(figures: Vec<Figure>) -> Result<[Figure; 2]> {
    figures.try_into().ok().context("two figures")
}
