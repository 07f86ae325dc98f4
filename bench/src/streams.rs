//! A thousand browsers that follow a workspace: what they cost, and how soon all of them are told of a change.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use stackyard_domain::live;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::load::Client;
use crate::place::SLUG;
use crate::report::{Figure, note, short};
use crate::request::{call, data};
use crate::rounds::median;
use crate::server::Server;

/// How many browsers.
const STREAMS: usize = 1000;
/// Of how many people, each of whom may have so many open.
pub const PEOPLE: usize = STREAMS.div_ceil(live::STREAMS_MAX);
/// Longest wait for any of them.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is sent to a browser that is told of a change.
const CHANGED: &[u8] = b"event: changed";
/// What is sent to one that has just come.
const FOLLOWING: &[u8] = b"event: following";

/// Browsers that follow until this is dropped.
pub struct Streams {
    told: mpsc::UnboundedReceiver<Instant>,
    _readers: JoinSet<Result<()>>,
}

impl Streams {
    /// Opens streams, and waits until each says from where it follows.
    pub async fn open(address: SocketAddr, cookies: &[String], count: usize) -> Result<Self> {
        let (tell, told) = mpsc::unbounded_channel();
        let mut readers = JoinSet::new();
        for cookie in cookies.iter().cycle().take(count) {
            let request = format!(
                "GET /dashboard/workspaces/{SLUG}/live HTTP/1.1\r\nHost: {address}\r\n\
                 Accept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
            );
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut seen = Vec::new();
            while count_in(&seen, FOLLOWING) == 0 {
                ensure!(timeout(PATIENCE, stream.read_buf(&mut seen)).await?? > 0, "a stream was not opened");
            }
            readers.spawn(read(stream, tell.clone()));
        }
        Ok(Self { told, _readers: readers })
    }
}

/// Reads a stream to its end and tells of every change. What is cut between two reads is joined.
async fn read(mut stream: TcpStream, tell: mpsc::UnboundedSender<Instant>) -> Result<()> {
    let mut seen = Vec::with_capacity(512);
    while stream.read_buf(&mut seen).await? > 0 {
        let now = Instant::now();
        for _ in 0..count_in(&seen, CHANGED) {
            tell.send(now)?;
        }
        let rest = seen.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        seen.drain(..rest);
    }
    Ok(())
}

fn count_in(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).filter(|window| *window == wanted).count()
}

/// Opens a thousand at a server that has done nothing else, and changes something now and then.
pub async fn measure(server: &Server, session: &str, cookies: &[String], rounds: u32) -> Result<[Figure; 2]> {
    let host = server.address.to_string();
    let lock = |method: &str| {
        call(&host, session, method, "/api/v1/locks", r#"{"key":"acme/infra/bench/followed","ttl":600}"#)
    };
    let mut client = Client::connect(server.address).await?;
    // What the first of anything costs is not theirs; and the server before this one has left its lease to run out.
    let mut first = Streams::open(server.address, cookies, 10).await?;
    for _ in 0..20 {
        data(&mut client, &lock("POST")).await?;
        data(&mut client, &lock("DELETE")).await?;
    }
    timeout(PATIENCE, first.told.recv()).await.context("nobody was told")?;
    drop(first);
    sleep(Duration::from_secs(3)).await;
    let before = server.memory()?;
    let began = Instant::now();
    let mut streams = Streams::open(server.address, cookies, STREAMS).await?;
    let opened = began.elapsed();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut grown: f64 = 0.0;
    for round in 0..rounds {
        // At another place of the interval each time.
        sleep(Duration::from_millis(700 + 37 * u64::from(round))).await;
        let began = Instant::now();
        data(&mut client, &lock(if round % 2 == 0 { "POST" } else { "DELETE" })).await?;
        let mut took = Vec::with_capacity(STREAMS);
        while took.len() < STREAMS {
            let told = timeout(PATIENCE, streams.told.recv()).await.context("not everybody was told")?;
            took.push((told.context("every stream has ended")? - began).as_secs_f64());
        }
        first.push(took.first().copied().unwrap_or_default());
        last.push(took.iter().copied().fold(0.0, f64::max));
        grown = grown.max(server.memory()? - before);
    }
    let slowest = last.iter().copied().fold(0.0, f64::max);
    note(
        "1,000 streams",
        &format!(
            "opened in {} s one after the other; a change is seen by the first after {} s, by all after {} s",
            short(opened.as_secs_f64()),
            short(median(first)),
            short(median(last))
        ),
    );
    Ok([
        Figure::budget("1,000 open streams: memory added", "MB", grown, 30.0),
        Figure::budget("a change is seen by all 1,000, slowest", "s", slowest, 1.5),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_however_many_come_at_once() {
        assert_eq!(count_in(b"event: changed\nid: 7\n\nevent: changed\n", CHANGED), 2);
        assert_eq!(count_in(b"event: chan", CHANGED), 0);
    }
}
