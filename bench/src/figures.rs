//! All figures, one after the other.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use stackyard_oidc::testing::TestIssuer;
use tokio::runtime::Runtime;

use crate::exchange::Exchange;
use crate::page::Pages;
use crate::place::Place;
use crate::report::{Figure, note, short};
use crate::server::Server;
use crate::{decision, verify, weight};

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
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
}

/// How often everything is done.
struct Effort {
    cpu_rounds: u32,
    rounds: u32,
    alone: u32,
    crowd: usize,
    pages: usize,
}

/// Measures everything. False when a figure is over its limit.
pub fn run(runtime: &Runtime, args: &Args) -> Result<bool> {
    let effort = if args.quick {
        Effort { cpu_rounds: 15, rounds: 3, alone: 20, crowd: 1_500, pages: 400 }
    } else {
        Effort { cpu_rounds: 60, rounds: 9, alone: 60, crowd: 4_000, pages: 1_500 }
    };
    note("cores", &std::thread::available_parallelism()?.to_string());
    let mut figures =
        vec![decision::measure(effort.cpu_rounds)?, verify::measure(runtime, effort.cpu_rounds)?];
    figures.extend(runtime.block_on(served(args, &effort))?);
    figures.push(weight::measure(&args.site)?);
    println!();
    for figure in &figures {
        println!("{}", figure.line());
    }
    Ok(figures.iter().all(Figure::holds))
}

/// What needs servers.
async fn served(args: &Args, effort: &Effort) -> Result<Vec<Figure>> {
    let issuer = TestIssuer::start().await;
    let place = Place::new(&args.scratch, &args.server.canonicalize()?, &issuer)?;
    let myself = std::env::current_exe()?;
    let floor = |words: &[&str], name: &str| {
        let mut command = Command::new(&myself);
        command.args(words).arg("--database").arg(place.copy(name)?);
        Server::start(command)
    };
    let bare_exchange = floor(&["bare-exchange", "--issuer", issuer.url()], "bare-exchange.db")?;
    let bare_page = floor(&["bare-page"], "bare-page.db")?;
    let real = Server::start(place.serve()?)?;

    let exchange = Exchange { place: &place, issuer: &issuer, real: &real, bare: &bare_exchange };
    exchange.warm_up().await?;
    let mut figures =
        vec![exchange.alone(effort.alone).await?, exchange.crowd(effort.rounds, effort.crowd).await?];
    let exchanged = real.memory()?;
    let pages = Pages::new(&real, &bare_page).await?;
    figures.extend(pages.repositories(effort.rounds, effort.pages).await?);
    let shown = real.memory()?;
    pages.others(effort.rounds.div_ceil(3), effort.pages).await?;
    note(
        "resident memory on the way",
        &format!("{} MB after the exchanges, {} MB after the page", short(exchanged), short(shown)),
    );
    let bare = (short(bare_exchange.memory()?), short(bare_page.memory()?));
    note("resident memory of the floors", &format!("{} MB (exchange), {} MB (page)", bare.0, bare.1));
    figures.push(Figure::budget("resident memory after all that", "MB", real.memory()?, 60.0));
    Ok(figures)
}
