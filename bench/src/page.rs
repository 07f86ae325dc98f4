//! Pages of fifty rows for a signed-in member, against Leptos with the same number of rows and nothing around them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::load::{self, Client};
use crate::place::{REPOSITORIES, SLUG, names};
use crate::report::{Figure, Limit, note, short};
use crate::request::{self, sign_in};
use crate::rounds::{Pairs, median};
use crate::server::Server;

/// How many connections make a crowd.
const CROWD: usize = 16;

/// The servers, the real one and its floor, and the member's cookie.
pub struct Pages<'a> {
    real: &'a Server,
    bare: &'a Server,
    cookie: String,
}

/// What a page and its floor came to.
#[derive(Default)]
struct Shown {
    alone: Pairs,
    crowd: Pairs,
    trailing: Vec<f64>,
    p99: Vec<f64>,
    crowd_p50: Vec<f64>,
    bare_cpu: Vec<f64>,
    real_cpu: Vec<f64>,
}

impl Shown {
    /// What is said of it beside the figures, and the two that every such page has.
    fn figures(&self, names: [&'static str; 2]) -> [Figure; 2] {
        let (p99, p50) = (short(median(self.p99.clone())), short(median(self.crowd_p50.clone())));
        note(names[0], &format!("one connection p99 {p99} ms, 16 connections p50 {p50} ms"));
        let (real, floor) = (short(median(self.real_cpu.clone())), short(median(self.bare_cpu.clone())));
        note("CPU of such a page", &format!("{real} µs, bare {floor} µs"));
        [
            Figure {
                name: names[0],
                unit: "ms",
                value: self.alone.subject(),
                floor_name: "bare Leptos",
                floor: self.alone.floor(),
                ratio: self.alone.ratio(),
                limit: Limit::AtMost(2.3),
                goal: Some(0.6),
            },
            Figure {
                name: names[1],
                unit: "/s",
                value: self.crowd.subject(),
                floor_name: "bare Leptos",
                floor: self.crowd.floor(),
                ratio: self.crowd.ratio(),
                limit: Limit::AtLeast(0.48),
                goal: Some(5000.0),
            },
        ]
    }
}

impl<'a> Pages<'a> {
    /// Signs in.
    pub async fn new(real: &'a Server, bare: &'a Server) -> Result<Self> {
        Ok(Self { real, bare, cookie: sign_in(real).await? })
    }

    /// Configured Repositories, with one connection and with many.
    pub async fn repositories(&self, rounds: u32, times: usize) -> Result<Vec<Figure>> {
        let names = names(REPOSITORIES);
        let is_it = |body: &str| names.iter().all(|name| body.contains(name));
        let shown = self.against_bare("repositories", is_it, rounds, times).await?;
        let waiting = median(shown.trailing.clone());
        let mut figures = Vec::from(
            shown.figures(["page of 50 rows, one connection, p50", "page of 50 rows, 16 connections"]),
        );
        // Held back by Nagle's algorithm, the rest of an answer comes 40 ms after its beginning.
        figures.push(Figure {
            name: "streamed: first byte to last",
            unit: "ms",
            value: waiting,
            floor_name: "the whole of bare Leptos",
            floor: shown.alone.floor(),
            ratio: waiting / shown.alone.floor(),
            limit: Limit::AtMost(1.0),
            goal: None,
        });
        Ok(figures)
    }

    /// Fifty instances of the five hundred that there are, under their stacks.
    pub async fn stacks(&self, rounds: u32, times: usize) -> Result<[Figure; 2]> {
        let is_it = |body: &str| body.matches("<tr").count() > 50 && body.contains("component-07");
        let shown = self.against_bare("stacks", is_it, rounds, times).await?;
        Ok(shown.figures(["Stacks, 50 rows, one connection, p50", "Stacks, 50 rows, 16 connections"]))
    }

    async fn against_bare(
        &self,
        name: &str,
        is_it: impl Fn(&str) -> bool,
        rounds: u32,
        times: usize,
    ) -> Result<Shown> {
        let page = self.get(&format!("/dashboard/workspaces/{SLUG}/{name}"), "");
        let bare = request::page(&self.bare.address.to_string(), "/", "");
        let size = self.size(self.real, &page, is_it).await?;
        let floor_size =
            self.size(self.bare, &bare, |body| body.matches("<tr").count() == REPOSITORIES).await?;
        note(name, &format!("{size} kB, its floor {floor_size} kB"));
        let mut shown = Shown::default();
        for _ in 0..rounds {
            let floor = load::run(self.bare.address, 1, &bare, times).await?;
            let subject = load::run(self.real.address, 1, &page, times).await?;
            shown.alone.add(floor.quantile(0.5), subject.quantile(0.5));
            shown.p99.push(subject.quantile(0.99));
            shown.trailing.push(median(subject.trailing));

            let before = (self.bare.cpu()?, self.real.cpu()?);
            let floor = load::run(self.bare.address, CROWD, &bare, 2 * times).await?;
            let subject = load::run(self.real.address, CROWD, &page, 2 * times).await?;
            #[expect(clippy::cast_precision_loss, reason = "a number of requests")]
            let micros = |before: f64, after: f64| (after - before) * 1e6 / (2 * times) as f64;
            shown.bare_cpu.push(micros(before.0, self.bare.cpu()?));
            shown.real_cpu.push(micros(before.1, self.real.cpu()?));
            shown.crowd.add(floor.rate, subject.rate);
            shown.crowd_p50.push(subject.quantile(0.5));
        }
        Ok(shown)
    }

    /// Other pages and the packed one, for who reads on.
    pub async fn others(&self, rounds: u32, times: usize) -> Result<()> {
        let repositories = format!("/dashboard/workspaces/{SLUG}/repositories");
        let activity = format!("/dashboard/workspaces/{SLUG}/activity");
        let overview = format!("/dashboard/workspaces/{SLUG}");
        for (name, path, headers) in [
            ("Activity", &activity, ""),
            ("Overview", &overview, ""),
            ("50 repositories, packed by gzip", &repositories, "Accept-Encoding: gzip, deflate, br\r\n"),
        ] {
            let page = self.get(path, headers);
            let size = self.size(self.real, &page, |_| true).await?;
            let (mut p50, mut rate) = (Vec::new(), Vec::new());
            for _ in 0..rounds {
                p50.push(load::run(self.real.address, 1, &page, times).await?.quantile(0.5));
                rate.push(load::run(self.real.address, CROWD, &page, 2 * times).await?.rate);
            }
            let (p50, rate) = (short(median(p50)), short(median(rate)));
            note(name, &format!("one connection p50 {p50} ms, 16 connections {rate}/s, {size} kB"));
        }
        Ok(())
    }

    fn get(&self, path: &str, headers: &str) -> Arc<[Vec<u8>]> {
        let cookie = format!("Cookie: {}\r\n{headers}", self.cookie);
        request::page(&self.real.address.to_string(), path, &cookie)
    }

    /// Kilobytes of the answer, when it is the page that is meant.
    async fn size(&self, server: &Server, page: &[Vec<u8>], is_it: impl Fn(&str) -> bool) -> Result<String> {
        let mut client = Client::connect(server.address).await?;
        let answer = client.send(page.first().context("no request")?).await?;
        ensure!(answer.status == 200, "a page is answered with {}", answer.status);
        ensure!(is_it(&String::from_utf8_lossy(answer.body)), "the page is not the one that is meant");
        #[expect(clippy::cast_precision_loss, reason = "kilobytes")]
        let kilobytes = answer.body.len() as f64 / 1e3;
        Ok(short(kilobytes))
    }
}
