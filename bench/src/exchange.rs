//! Exchanges, durable on SQLite: one client against the flush, many against a server that does nothing else.

use anyhow::Result;
use stackyard_oidc::testing::TestIssuer;

use crate::flush::Flush;
use crate::load;
use crate::place::Place;
use crate::report::{Figure, Limit, note, short};
use crate::rounds::{Pairs, median, quantile};
use crate::server::Server;
use crate::slow_flush;
use crate::tokens;

/// The servers, the real one and its floor, and what makes tokens for both.
pub struct Exchange<'a> {
    /// Where they run.
    pub place: &'a Place,
    /// Who signs.
    pub issuer: &'a TestIssuer,
    /// What is measured.
    pub real: &'a Server,
    /// The floor.
    pub bare: &'a Server,
}

impl Exchange<'_> {
    fn requests(&self, count: usize) -> Result<std::sync::Arc<[Vec<u8>]>> {
        self.requests_to(self.real, count)
    }

    fn requests_to(&self, server: &Server, count: usize) -> Result<std::sync::Arc<[Vec<u8>]>> {
        tokens::requests(self.issuer, &self.place.workspace, &server.address.to_string(), count)
    }

    /// Fetches keys, pins the repository, fills caches.
    pub async fn warm_up(&self) -> Result<()> {
        let requests = self.requests(200)?;
        load::run(self.bare.address, 8, &requests, requests.len()).await?;
        load::run(self.real.address, 8, &requests, requests.len()).await?;
        Ok(())
    }

    /// One client: a flush is what an answer waits for. The limit was set for a disk that flushes in 0.28 ms; where this
    /// one is faster, `slow` is a server whose flushes take as long as that.
    pub async fn alone(&self, rounds: u32, slow: &Server) -> Result<Figure> {
        /// Few at a time: how long a flush takes changes from one second to the next.
        const TIMES: usize = 20;
        let mut flush = Flush::new(self.place.folder())?;
        let mut pairs = Pairs::default();
        // It fetches keys and fills its caches too.
        load::run(slow.address, 1, &self.requests_to(slow, TIMES)?, TIMES).await?;
        let (mut flushes, mut fast, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let requests = self.requests(TIMES)?;
            let mut took = flush.measure(TIMES)?;
            fast.push(load::run(self.real.address, 1, &requests, TIMES).await?.quantile(0.5));
            let slowed = self.requests_to(slow, TIMES)?;
            let subject = load::run(slow.address, 1, &slowed, TIMES).await?;
            bare.push(load::run(self.bare.address, 1, &requests, TIMES).await?.quantile(0.5));
            took.extend(flush.measure(TIMES)?);
            pairs.add(quantile(&mut took, 0.5).max(slow_flush::LEAST_MS), subject.quantile(0.5));
            flushes.append(&mut took);
        }
        let (p50, p99) = (quantile(&mut flushes, 0.5), quantile(&mut flushes, 0.99));
        note("fdatasync of 4 KiB here", &format!("p50 {} ms, p99 {} ms", short(p50), short(p99)));
        note("exchange, one client, on this disk", &format!("p50 {} ms", short(median(fast))));
        note("exchange, bare, one client, on this disk", &format!("p50 {} ms", short(median(bare))));
        Ok(Figure {
            name: "exchange, one client, p50",
            unit: "ms",
            value: pairs.subject(),
            floor_name: "fdatasync, ≥ 0.28 ms",
            floor: pairs.floor(),
            ratio: pairs.ratio(),
            limit: Limit::AtMost(3.0),
            goal: None,
        })
    }

    /// 64 clients: what they share is flushes and two cores.
    pub async fn crowd(&self, rounds: u32, times: usize) -> Result<Figure> {
        const CLIENTS: usize = 64;
        let mut pairs = Pairs::default();
        let mut latencies = Vec::new();
        let (mut bare_cpu, mut real_cpu) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let requests = self.requests(times)?;
            let before = (self.bare.cpu()?, self.real.cpu()?);
            let floor = load::run(self.bare.address, CLIENTS, &requests, times).await?;
            let subject = load::run(self.real.address, CLIENTS, &requests, times).await?;
            #[expect(clippy::cast_precision_loss, reason = "a number of requests")]
            let micros = |before: f64, after: f64| (after - before) * 1e6 / times as f64;
            bare_cpu.push(micros(before.0, self.bare.cpu()?));
            real_cpu.push(micros(before.1, self.real.cpu()?));
            pairs.add(floor.rate, subject.rate);
            latencies.extend(subject.took);
        }
        let (p50, p99) = (quantile(&mut latencies, 0.5), quantile(&mut latencies, 0.99));
        note("exchange, 64 clients", &format!("p50 {} ms, p99 {} ms", short(p50), short(p99)));
        let (bare, real) = (short(median(bare_cpu)), short(median(real_cpu)));
        note("CPU of an exchange", &format!("{real} µs, bare {bare} µs"));
        Ok(Figure {
            name: "exchange, 64 clients",
            unit: "/s",
            value: pairs.subject(),
            floor_name: "bare server",
            floor: pairs.floor(),
            ratio: pairs.ratio(),
            limit: Limit::AtLeast(0.6),
            goal: None,
        })
    }
}
