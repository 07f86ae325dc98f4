//! A small HTTP/1.1 client on kept-alive connections, and many of them at once. It talks to this machine only.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::rounds::quantile;

/// Longest time for one round; a server that hangs must not hang the bench.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most bytes of an answer.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// How much is read at once.
const READ: usize = 256 * 1024;

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// One answer.
pub struct Answer<'a> {
    /// Its status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'a str,
    /// The body as it was sent, with the lengths of its chunks when it came in chunks.
    pub body: &'a [u8],
    /// From the last byte of the request to the last of the answer.
    pub took: Duration,
    /// From the first byte of the answer to the last.
    pub trailing: Duration,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        ensure!(address.ip().is_loopback(), "{address} is not this machine");
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(2 * READ) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let began = Instant::now();
        self.more().await?;
        let first = Instant::now();
        let body = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = text(self.buffer.get(..body))?;
        let status = head.get(9..12).and_then(|code| code.parse().ok()).context("no status line")?;
        if let Some(length) = header(head, "content-length") {
            let length: usize = length.parse().context("a length that is no number")?;
            while self.buffer.len() < body + length {
                self.more().await?;
            }
        } else if header(head, "transfer-encoding").is_some() {
            self.chunks(body).await?;
        } else {
            ensure!(status == 204 || status == 304, "an answer without a length");
        }
        let done = Instant::now();
        let (took, trailing) = (done - began, done - first);
        let head = text(self.buffer.get(..body))?;
        Ok(Answer { status, head, body: self.buffer.get(body..).unwrap_or_default(), took, trailing })
    }

    /// Reads until the last chunk of a body that begins at `at`.
    async fn chunks(&mut self, mut at: usize) -> Result<()> {
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            let Some(line) = find(rest, b"\r\n") else {
                self.more().await?;
                continue;
            };
            let size =
                usize::from_str_radix(text(rest.get(..line))?, 16).context("a chunk without a size")?;
            let next = at + line + 2 + size + 2;
            while self.buffer.len() < next {
                self.more().await?;
            }
            if size == 0 {
                return Ok(());
            }
            at = next;
        }
    }

    async fn more(&mut self) -> Result<()> {
        ensure!(self.buffer.len() < ANSWER_MAX, "an answer without end");
        self.buffer.reserve(READ);
        ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server closed the connection");
        Ok(())
    }
}

fn text(bytes: Option<&[u8]>) -> Result<&str> {
    Ok(std::str::from_utf8(bytes.unwrap_or_default())?)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The value of a header; `name` in small letters.
pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// What a round came to.
pub struct Outcome {
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds of each.
    pub took: Vec<f64>,
    /// Milliseconds from the first byte of each answer to its last.
    pub trailing: Vec<f64>,
}

impl Outcome {
    /// The value below which the share `q` of all answers lies, in milliseconds.
    pub fn quantile(&self, q: f64) -> f64 {
        quantile(&mut self.took.clone(), q)
    }
}

/// What one connection sends: requests one after the other, from the beginning again, until so many are sent.
struct Share {
    requests: Arc<[Vec<u8>]>,
    next: Arc<AtomicUsize>,
    total: usize,
}

/// Sends `total` requests over `connections` that are opened first: `requests` one after the other, from the
/// beginning again when there are fewer. Every answer must be a success.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    requests: &Arc<[Vec<u8>]>,
    total: usize,
) -> Result<Outcome> {
    let next = Arc::new(AtomicUsize::new(0));
    let share = || Share { requests: Arc::clone(requests), next: Arc::clone(&next), total };
    answered(address, (0..connections).map(|_| share()).collect(), total).await
}

/// Sends `times` requests over each of as many connections as there are scripts: its own script, from the beginning
/// again. Every answer must be a success.
pub async fn each(address: SocketAddr, scripts: &[Arc<[Vec<u8>]>], times: usize) -> Result<Outcome> {
    let share =
        |script: &Arc<[Vec<u8>]>| Share { requests: Arc::clone(script), next: Arc::default(), total: times };
    answered(address, scripts.iter().map(share).collect(), scripts.len() * times).await
}

async fn answered(address: SocketAddr, shares: Vec<Share>, total: usize) -> Result<Outcome> {
    let mut clients = Vec::with_capacity(shares.len());
    for share in shares {
        clients.push((Client::connect(address).await?, share));
    }
    let began = Instant::now();
    let mut all = JoinSet::new();
    for (client, share) in clients {
        all.spawn(timeout(PATIENCE, work(client, share)));
    }
    let mut took = Vec::with_capacity(total);
    let mut trailing = Vec::with_capacity(total);
    while let Some(done) = all.join_next().await {
        let (mine, behind) = done?.context("a round took too long")??;
        took.extend(mine);
        trailing.extend(behind);
    }
    let elapsed = began.elapsed().as_secs_f64();
    ensure!(took.len() == total, "{} of {total} requests were answered", took.len());
    #[expect(clippy::cast_precision_loss, reason = "a number of requests")]
    let rate = took.len() as f64 / elapsed;
    Ok(Outcome { rate, took, trailing })
}

async fn work(mut client: Client, share: Share) -> Result<(Vec<f64>, Vec<f64>)> {
    let Share { requests, next, total } = share;
    let (mut took, mut trailing) = (Vec::with_capacity(total), Vec::with_capacity(total));
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = requests.get(number % requests.len().max(1)).filter(|_| number < total);
        let Some(request) = request else { return Ok((took, trailing)) };
        let answer = client.send(request).await?;
        if !(200..300).contains(&answer.status) {
            bail!("the answer is {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        }
        took.push(answer.took.as_secs_f64() * 1e3);
        trailing.push(answer.trailing.as_secs_f64() * 1e3);
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn answer_with(pieces: &'static [&'static str]) -> (u16, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 64];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            for piece in pieces {
                stream.write_all(piece.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut client = Client::connect(address).await.unwrap();
        let answer = client.send(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let seen = (answer.status, String::from_utf8(answer.body.to_vec()).unwrap());
        server.await.unwrap();
        seen
    }

    #[tokio::test]
    async fn an_answer_ends_where_its_length_says() {
        let pieces = &["HTTP/1.1 200 OK\r\nContent-", "Length: 5\r\n\r\nhe", "llo"];
        assert_eq!(answer_with(pieces).await, (200, "hello".to_owned()));
    }

    #[tokio::test]
    async fn an_answer_in_chunks_ends_with_the_empty_one() {
        let pieces = &[
            "HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
            "lo\r\n1",
            "\r\n!\r\n0\r\n",
            "\r\n",
        ];
        assert_eq!(answer_with(pieces).await, (404, "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n".to_owned()));
    }
}
