//! A day of an organisation with two hundred repositories, as fast as the server takes it: nothing fails, and memory is as
//! much at its end as in its middle.
//!
//! Only what is asked of the server is a day's. Its clock is not: what is swept after hours or days stays, sessions and
//! locks do not run out, and denials are not folded more often than the real minutes allow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_oidc::testing::{TestClaims, TestIssuer};
use tokio::task::JoinSet;

use crate::load::Client;
use crate::place::{Place, Plan, SLUG, names};
use crate::report::{Figure, Limit, note, short};
use crate::request::{call, data, page, sign_in};
use crate::server::Server;
use crate::streams::Streams;
use crate::tokens;

/// How many repositories.
pub const REPOSITORIES: usize = 200;
/// Quarters of the day, six hours each.
const QUARTERS: usize = 4;
/// Runs at the same time.
const WORKERS: usize = 16;
/// Browsers that follow all day.
const BROWSERS: usize = 20;
/// Components of each repository.
const COMPONENTS: usize = 10;
/// Pages that people look at, one a run.
const PAGES: [&str; 6] = ["", "/repositories", "/stacks", "/deployments", "/locks", "/activity"];
/// Requests of a run: see [`Worker::run`].
const REQUESTS: usize = 11;

/// What a day needs.
struct Worker {
    server: std::net::SocketAddr,
    cookie: String,
    exchanges: Arc<[Vec<u8>]>,
    /// The first run of this quarter.
    first: usize,
    next: AtomicUsize,
}

impl Worker {
    /// One run after the other until the quarter is over. Any answer that is no success ends it.
    async fn work(self: Arc<Self>) -> Result<usize> {
        let mut client = Client::connect(self.server).await?;
        let mut done = 0;
        loop {
            let n = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(exchange) = self.exchanges.get(n) else { return Ok(done) };
            self.run(&mut client, exchange, self.first + n).await.with_context(|| format!("run {n}"))?;
            done += REQUESTS;
        }
    }

    /// What the workflow of one run sends: exchange, affected upload, lock, status, deployment with two pieces of log,
    /// its end, unlock, status; and a page that somebody looks at.
    async fn run(&self, client: &mut Client, exchange: &[u8], n: usize) -> Result<()> {
        let host = self.server.to_string();
        let name = names(REPOSITORIES).swap_remove(n % REPOSITORIES);
        let component = format!("component-{}", (n / REPOSITORIES) % COMPONENTS);
        let session = word(&data(client, exchange).await?, "token")?;
        let call = |method: &str, target: &str, body: &Value| {
            call(&host, &session, method, target, &body.to_string())
        };
        let affected = json!({
            "head_sha": format!("{n:040x}"), "base_sha": format!("{:040x}", n + 1),
            "stacks": [{"stack": "dev", "component": component, "dependents": [
                {"stack": "dev", "component": "component-0"}, {"stack": "dev", "component": "component-1"}]}]
        });
        data(client, &call("POST", "/api/v1/affected-stacks", &affected)).await?;
        let lock =
            json!({"key": format!("{name}/dev/{component}-{n}"), "ttl": 600, "lockMessage": "deploying"});
        data(client, &call("POST", "/api/v1/locks", &lock)).await?;
        let status = format!("/api/v1/repos/{name}/instances?stack=dev&component={component}");
        data(client, &call("PATCH", &status, &json!({"command": "plan", "exit_code": 2}))).await?;
        let deployment = json!({"stack": "dev", "component": component, "title": format!("Run {n}")});
        let id = word(&data(client, &call("POST", "/api/v1/deployments", &deployment)).await?, "id")?;
        let piece = Value::String("aws_vpc.main: Modifying...\n".repeat(100));
        let mut offset = 0;
        for _ in 0..2 {
            let target = format!("/api/v1/deployments/{id}/logs?offset={offset}");
            data(client, &call("POST", &target, &piece)).await?;
            offset += piece.to_string().len();
        }
        let ended = json!({"status": "success", "exit_code": 0});
        data(client, &call("PATCH", &format!("/api/v1/deployments/{id}"), &ended)).await?;
        data(client, &call("DELETE", "/api/v1/locks", &lock)).await?;
        data(client, &call("PATCH", &status, &json!({"command": "plan", "exit_code": 0}))).await?;
        let path = PAGES.get(n % PAGES.len()).copied().unwrap_or_default();
        let path = format!("/dashboard/workspaces/{SLUG}{path}");
        let page = page(&host, &path, &format!("Cookie: {}\r\n", self.cookie));
        let answer = client.send(page.first().context("no request")?).await?;
        ensure!(answer.status == 200, "{path} is answered with {}", answer.status);
        Ok(())
    }
}

fn word(data: &Value, name: &str) -> Result<String> {
    Ok(data.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {data}"))?.to_owned())
}

/// The day, with so many runs of each repository.
pub async fn measure(plan: Plan<'_>, runs_each: usize) -> Result<Figure> {
    let issuer: &TestIssuer = plan.issuer;
    let place = Place::new(plan).await?;
    let server = Server::start(place.serve()?)?;
    let cookie = sign_in(&server).await?;
    let exchanges = |first: usize, count: usize| {
        let host = server.address.to_string();
        tokens::requests_of(issuer, &place.workspace, &host, count, |n| {
            let number = i64::try_from((first + n) % REPOSITORIES).unwrap_or_default();
            let name = names(REPOSITORIES).swap_remove((first + n) % REPOSITORIES);
            TestClaims::github(SystemClock.now())
                .repository(&name, 1000 + number, 65)
                .set("run_id", (100_000 + first + n).to_string())
        })
    };
    // Every repository has its inventory before the day begins.
    let mut client = Client::connect(server.address).await?;
    let all: Vec<_> =
        (0..COMPONENTS).map(|n| json!({"stack": "dev", "component": format!("component-{n}")})).collect();
    let body = json!({"instances": all}).to_string();
    for exchange in exchanges(0, REPOSITORIES)?.iter() {
        let session = word(&data(&mut client, exchange).await?, "token")?;
        let host = server.address.to_string();
        data(&mut client, &call(&host, &session, "POST", "/api/v1/instances", &body)).await?;
    }
    let _streams = Streams::open(server.address, std::slice::from_ref(&cookie), BROWSERS).await?;

    let runs = REPOSITORIES * runs_each;
    note(
        "a day of 200 repositories",
        &format!(
            "{runs_each} runs of each, 16 at a time, each: exchange, affected upload, lock, 2 statuses, deployment with \
             2 pieces of log, unlock, a page; 20 open streams"
        ),
    );
    let (mut memory, mut requests, mut busy) = (Vec::new(), 0, Duration::ZERO);
    for quarter in 0..QUARTERS {
        let first = REPOSITORIES + quarter * (runs / QUARTERS);
        let exchanges = exchanges(first, runs / QUARTERS)?;
        let worker = Arc::new(Worker {
            server: server.address,
            cookie: cookie.clone(),
            exchanges,
            first,
            next: AtomicUsize::new(0),
        });
        let began = Instant::now();
        let mut all = JoinSet::new();
        for _ in 0..WORKERS {
            all.spawn(Arc::clone(&worker).work());
        }
        while let Some(done) = all.join_next().await {
            requests += done??;
        }
        busy += began.elapsed();
        // What is sealed and forgotten afterwards belongs to the quarter.
        tokio::time::sleep(Duration::from_secs(2)).await;
        memory.push(server.memory()?);
    }
    let each: Vec<_> = memory.iter().map(|memory| short(*memory)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a number of requests")]
    let rate = requests as f64 / busy.as_secs_f64();
    note(
        "the day",
        &format!(
            "{requests} requests, 0 errors, {}/s, so {} real minutes; MB after each quarter: {}",
            short(rate),
            short(busy.as_secs_f64() / 60.0),
            each.join(", ")
        ),
    );
    let [_, second, _, last] = <[f64; QUARTERS]>::try_from(memory).ok().context("four quarters")?;
    Ok(Figure {
        name: "memory after a day of 200 repositories",
        unit: "MB",
        value: last,
        floor_name: "after half of it",
        floor: second,
        ratio: last / second,
        limit: Limit::AtMost(1.1),
        goal: None,
    })
}
