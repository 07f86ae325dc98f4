//! Pages of fifty rows for a signed-in member, against Leptos with the same rows and nothing around them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::load::{self, Client};
use crate::place::{EMAIL, PASSWORD, REPOSITORIES, SLUG, names};
use crate::report::{Figure, Limit, note, short};
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

impl<'a> Pages<'a> {
    /// Signs in.
    pub async fn new(real: &'a Server, bare: &'a Server) -> Result<Self> {
        let host = real.address;
        let encoded = |text: &str| text.replace('@', "%40").replace(' ', "+");
        let body =
            format!("email={}&password={}&next=%2F&back=%2Fsign-in", encoded(EMAIL), encoded(PASSWORD));
        let request = format!(
            "POST /forms/sign-in HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAccept: text/html\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut client = Client::connect(host).await?;
        let answer = client.send(request.as_bytes()).await?;
        let cookie = load::header(answer.head, "set-cookie").with_context(|| {
            format!("signing in was answered with {}", answer.head.lines().next().unwrap_or_default())
        })?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { real, bare, cookie })
    }

    /// Configured Repositories, with one connection and with many.
    pub async fn repositories(&self, rounds: u32, times: usize) -> Result<[Figure; 3]> {
        let page = self.get(&format!("/dashboard/workspaces/{SLUG}/repositories"), "");
        let bare = request(&self.bare.address.to_string(), "/", "");
        let names = names();
        let size = self.size(self.real, &page, |body| names.iter().all(|name| body.contains(name))).await?;
        let floor_size =
            self.size(self.bare, &bare, |body| body.matches("<tr").count() == REPOSITORIES).await?;
        note("the page and its floor", &format!("{size} and {floor_size} kB"));

        let (mut alone, mut crowd) = (Pairs::default(), Pairs::default());
        let (mut trailing, mut p99, mut crowd_p50) = (Vec::new(), Vec::new(), Vec::new());
        let (mut bare_cpu, mut real_cpu) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let floor = load::run(self.bare.address, 1, &bare, times).await?;
            let subject = load::run(self.real.address, 1, &page, times).await?;
            alone.add(floor.quantile(0.5), subject.quantile(0.5));
            p99.push(subject.quantile(0.99));
            trailing.push(median(subject.trailing));

            let before = (self.bare.cpu()?, self.real.cpu()?);
            let floor = load::run(self.bare.address, CROWD, &bare, 2 * times).await?;
            let subject = load::run(self.real.address, CROWD, &page, 2 * times).await?;
            #[expect(clippy::cast_precision_loss, reason = "a number of requests")]
            let micros = |before: f64, after: f64| (after - before) * 1e6 / (2 * times) as f64;
            bare_cpu.push(micros(before.0, self.bare.cpu()?));
            real_cpu.push(micros(before.1, self.real.cpu()?));
            crowd.add(floor.rate, subject.rate);
            crowd_p50.push(subject.quantile(0.5));
        }
        note(
            "the page",
            &format!(
                "one connection p99 {} ms, 16 connections p50 {} ms",
                short(median(p99)),
                short(median(crowd_p50))
            ),
        );
        let (real, floor) = (short(median(real_cpu)), short(median(bare_cpu)));
        note("CPU of a page", &format!("{real} µs, bare {floor} µs"));
        let waiting = median(trailing);
        Ok([
            Figure {
                name: "page of 50 rows, one connection, p50",
                unit: "ms",
                value: alone.subject(),
                floor_name: "bare Leptos",
                floor: alone.floor(),
                ratio: alone.ratio(),
                limit: Limit::AtMost(2.3),
                goal: Some(0.6),
            },
            Figure {
                name: "page of 50 rows, 16 connections",
                unit: "/s",
                value: crowd.subject(),
                floor_name: "bare Leptos",
                floor: crowd.floor(),
                ratio: crowd.ratio(),
                limit: Limit::AtLeast(0.48),
                goal: Some(5000.0),
            },
            // Held back by Nagle's algorithm, the rest of an answer comes 40 ms after its beginning.
            Figure {
                name: "streamed: first byte to last",
                unit: "ms",
                value: waiting,
                floor_name: "the whole of bare Leptos",
                floor: alone.floor(),
                ratio: waiting / alone.floor(),
                limit: Limit::AtMost(1.0),
                goal: None,
            },
        ])
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
        request(&self.real.address.to_string(), path, &cookie)
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

fn request(host: &str, path: &str, headers: &str) -> Arc<[Vec<u8>]> {
    let text = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: text/html\r\n{headers}\r\n"
    );
    Arc::from([text.into_bytes()])
}
