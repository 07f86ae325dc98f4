//! All figures, one group after the other.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_model::activity::What;
use stackyard_oidc::testing::TestIssuer;
use tokio::runtime::Runtime;

use crate::exchange::Exchange;
use crate::home::Home;
use crate::log::Log;
use crate::page::Pages;
use crate::place::{Place, Plan, REPOSITORIES, names};
use crate::postgres::Postgres;
use crate::report::{Figure, note, short};
use crate::request::sign_in_as;
use crate::server::Server;
use crate::slow_flush::on_slow_disk;
use crate::{alike, day, decision, forest, people, streams, verify, weight, writes};

/// What is measured, and where.
#[derive(clap::Args)]
pub struct Args {
    /// The server's binary
    #[arg(long)]
    server: PathBuf,
    /// The built files of the site
    #[arg(long)]
    site: PathBuf,
    /// A folder for databases, on the disk that is meant
    #[arg(long)]
    scratch: PathBuf,
    /// The folder of PostgreSQL's programs
    #[arg(long)]
    postgres: PathBuf,
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
    /// One group of figures alone
    #[arg(long)]
    only: Option<Group>,
}

/// Figures that are measured together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Decisions and verification, and what a first visit loads
    Cpu,
    /// Exchanges, pages, locks and reports on SQLite, and the memory after them
    Sqlite,
    /// Locks and reports on PostgreSQL
    Postgres,
    /// A thousand open streams
    Streams,
    /// A day of two hundred repositories
    Day,
    /// A log of a million events, on both databases
    Log,
    /// A team of a thousand, and ten thousand invitations
    People,
    /// What a commit affects when it is very much
    Forest,
}

/// How often everything is done.
struct Effort {
    cpu_rounds: u32,
    rounds: u32,
    alone: u32,
    crowd: usize,
    pages: usize,
    /// Requests of each of many clients that write.
    writes: usize,
    /// Rounds of `pgbench`, and seconds of each.
    pgbench: (u32, u32),
    /// Changes that a thousand streams are told of.
    changes: u32,
    /// Runs of each repository in a day.
    runs: usize,
    /// Events of a log, and how often it is looked through in each way.
    log: (usize, usize),
}

const QUICK: Effort = Effort {
    cpu_rounds: 15,
    rounds: 3,
    alone: 20,
    crowd: 1_500,
    pages: 400,
    writes: 40,
    pgbench: (2, 2),
    changes: 4,
    runs: 8,
    log: (100_000, 40),
};
const LONG: Effort = Effort {
    cpu_rounds: 60,
    rounds: 9,
    alone: 60,
    crowd: 4_000,
    pages: 1_500,
    writes: 100,
    pgbench: (5, 3),
    changes: 12,
    runs: 48,
    log: (1_000_000, 200),
};

/// Measures everything. False when a figure is over its limit.
pub fn run(runtime: &Runtime, args: &Args) -> Result<bool> {
    let effort = if args.quick { QUICK } else { LONG };
    let wanted = |group: Group| args.only.is_none_or(|only| only == group);
    note("cores", &std::thread::available_parallelism()?.to_string());
    let mut figures = Vec::new();
    if wanted(Group::Cpu) {
        figures.push(decision::measure(effort.cpu_rounds)?);
        figures.push(verify::measure(runtime, effort.cpu_rounds)?);
        figures.push(weight::measure(&args.site)?);
    }
    let issuer = runtime.block_on(TestIssuer::start());
    let bench = Bench { args, effort, issuer, program: args.server.canonicalize()? };
    if wanted(Group::Sqlite) {
        figures.extend(runtime.block_on(bench.sqlite())?);
    }
    if wanted(Group::Postgres) {
        figures.extend(runtime.block_on(bench.postgres())?);
    }
    if wanted(Group::Streams) {
        figures.extend(runtime.block_on(bench.streams())?);
    }
    if wanted(Group::Day) {
        figures.push(runtime.block_on(day::measure(
            bench.plan(None, &names(day::REPOSITORIES), day::REPOSITORIES),
            bench.effort.runs,
        ))?);
    }
    if wanted(Group::Log) {
        figures.extend(runtime.block_on(bench.log())?);
    }
    if wanted(Group::People) {
        let names = names(1);
        figures.extend(runtime.block_on(people::measure(bench.plan(None, &names, 0), bench.effort.pages))?);
    }
    if wanted(Group::Forest) {
        figures.extend(runtime.block_on(bench.forest())?);
    }
    println!();
    for figure in &figures {
        println!("{}", figure.line());
    }
    Ok(figures.iter().all(Figure::holds))
}

struct Bench<'a> {
    args: &'a Args,
    effort: Effort,
    issuer: TestIssuer,
    program: PathBuf,
}

impl Bench<'_> {
    fn plan<'a>(&'a self, database_url: Option<String>, names: &'a [String], able: usize) -> Plan<'a> {
        let (scratch, program, issuer) = (self.args.scratch.as_path(), self.program.as_path(), &self.issuer);
        Plan { scratch, program, issuer, database_url, names, able }
    }

    /// The usual place, with an inventory, and nothing running in it.
    async fn place(&self, database_url: Option<String>) -> Result<Place> {
        let place = Place::new(self.plan(database_url, &names(REPOSITORIES), 1)).await?;
        let server = Server::start(place.serve()?)?;
        let session = writes::session(&place, &self.issuer, &server).await?;
        writes::inventory(&server, &session).await?;
        drop(server);
        // What is still in the journal goes into the database's own file, which floors copy.
        Home::open(&place.database_url).await?.close().await;
        Ok(place)
    }

    /// What SQLite and the pages come to.
    async fn sqlite(&self) -> Result<Vec<Figure>> {
        let (effort, issuer) = (&self.effort, &self.issuer);
        let place = self.place(None).await?;
        let myself = std::env::current_exe()?;
        let floor = |words: &[&str], name: &str| {
            let mut command = Command::new(&myself);
            command.args(words).arg("--database").arg(place.copy(name)?);
            Server::start(command)
        };
        let bare_exchange = floor(&["bare-exchange", "--issuer", issuer.url()], "bare-exchange.db")?;
        let bare_page = floor(&["bare-page"], "bare-page.db")?;
        let bare_writes = floor(&["bare-writes"], "bare-writes.db")?;
        let began = Instant::now();
        let real = Server::start(place.serve()?)?;
        let started = Figure::budget("a start, until it listens", "s", began.elapsed().as_secs_f64(), 1.0);
        let mut slow = on_slow_disk(place.serve()?)?;
        slow.env("STACKYARD_DATABASE_URL", format!("sqlite://{}", place.copy("slow.db")?.display()));
        let slow = Server::start(slow)?;

        let exchange = Exchange { place: &place, issuer, real: &real, bare: &bare_exchange };
        let began = SystemClock.now();
        exchange.warm_up().await?;
        let beside = |name: &str| format!("sqlite://{}", place.path(name).display());
        let databases = (place.database_url.as_str(), &*beside("bare-exchange.db"));
        alike::check(databases, began, &[What::TokenExchanged]).await?;
        let mut figures = vec![
            started,
            exchange.alone(effort.alone, &slow).await?,
            exchange.crowd(effort.rounds, effort.crowd).await?,
        ];
        let exchanged = real.memory()?;
        let pages = Pages::new(&real, &bare_page).await?;
        figures.extend(pages.repositories(effort.rounds, effort.pages).await?);
        figures.extend(pages.stacks(effort.rounds.div_ceil(2), effort.pages).await?);
        let shown = real.memory()?;
        pages.others(effort.rounds.div_ceil(3), effort.pages).await?;
        let session = writes::session(&place, issuer, &real).await?;
        let sides = writes::Sides {
            real: &real,
            bare: &bare_writes,
            databases: (&place.database_url, &beside("bare-writes.db")),
        };
        figures.extend(writes::on_sqlite(sides, &session, effort.rounds, effort.writes).await?);
        note(
            "resident memory on the way",
            &format!("{} MB after the exchanges, {} MB after the pages", short(exchanged), short(shown)),
        );
        let bare = (short(bare_exchange.memory()?), short(bare_page.memory()?));
        note("resident memory of the floors", &format!("{} MB (exchange), {} MB (page)", bare.0, bare.1));
        figures.push(Figure::budget("resident memory after all that", "MB", real.memory()?, 60.0));
        Ok(figures)
    }

    /// What PostgreSQL comes to.
    async fn postgres(&self) -> Result<Vec<Figure>> {
        let postgres = Postgres::new(&self.args.postgres)?;
        let place = self.place(Some(postgres.database("bench")?)).await?;
        // A database of its own: the server would number and count the events of `pgbench` as well.
        let floor = writes::Floor { database_url: postgres.copy("floor", &place.database_url)?, postgres };
        let real = Server::start(place.serve()?)?;
        let session = writes::session(&place, &self.issuer, &real).await?;
        let (rounds, seconds) = self.effort.pgbench;
        let times = (rounds, self.effort.writes, seconds);
        Ok(writes::on_postgres(&floor, &place, &real, &session, times).await?.into())
    }

    async fn streams(&self) -> Result<Vec<Figure>> {
        let place = self.place(None).await?;
        let home = Home::open(&place.database_url).await?;
        let people = home.people(streams::PEOPLE).await?;
        home.close().await;
        let before = Server::start(place.serve()?)?;
        let session = writes::session(&place, &self.issuer, &before).await?;
        // Signing in takes memory of its own, so it is done elsewhere. The cookies are named by the port.
        let mut cookies = Vec::new();
        for email in &people {
            cookies.push(sign_in_as(&before, email).await?);
        }
        let port = before.address.port().to_string();
        drop(before);
        let server = Server::start(place.serve()?)?;
        let now = server.address.port().to_string();
        let cookies: Vec<_> = cookies.iter().map(|cookie| cookie.replacen(&port, &now, 1)).collect();
        Ok(streams::measure(&server, &session, &cookies, self.effort.changes).await?.into())
    }

    async fn forest(&self) -> Result<[Figure; 2]> {
        let place = self.place(None).await?;
        let server = Server::start(place.serve()?)?;
        let session = writes::session(&place, &self.issuer, &server).await?;
        forest::measure(&server, &session).await
    }

    async fn log(&self) -> Result<Vec<Figure>> {
        let (events, times) = self.effort.log;
        let folder = tempfile::tempdir_in(&self.args.scratch).context("no folder for a log")?;
        let sqlite = format!("sqlite://{}", folder.path().join("stackyard.db").display());
        let postgres = Postgres::new(&self.args.postgres)?.database("log")?;
        let mut figures = Log::fill(&sqlite, "SQLite", events).await?.measure(times).await?;
        figures.extend(Log::fill(&postgres, "PostgreSQL", events).await?.measure(times).await?);
        Ok(figures)
    }
}
