//! Workflows that call through the switch, and remember what they were promised.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::Client;
use serde_json::{Value, json};
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_oidc::http_client;
use stackyard_oidc::testing::TestClaims;
use tokio::task::JoinHandle;

use crate::running::House;

/// Keys that several workflows want.
const CONTESTED: [&str; 2] = ["acme/infra/dev/vpc", "acme/infra/dev/eks"];
/// Pieces of each deployment's log.
const PIECES: usize = 4;

/// What was acknowledged.
#[derive(Default)]
pub struct Ledger {
    /// Who knows that it holds which key at the moment.
    holders: Mutex<HashMap<String, usize>>,
    /// Locks that were given: key, id, fencing number.
    pub taken: Mutex<Vec<(String, String, i64)>>,
    /// Locks that were given back: ids.
    pub released: Mutex<Vec<String>>,
    /// Exchanges: runs and their sessions.
    pub exchanged: Mutex<Vec<(String, String)>>,
    /// Deployments that ended, with their logs.
    pub deployed: Mutex<Vec<(String, String)>>,
    lost: AtomicUsize,
    busy: AtomicUsize,
}

impl Ledger {
    /// Answers that did not come.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }

    /// Answers that the database is busy.
    pub fn busy(&self) -> usize {
        self.busy.load(Ordering::Relaxed)
    }
}

/// What all of them share.
pub struct Load {
    client: Client,
    url: String,
    session: String,
    house: Arc<House>,
    ended: AtomicBool,
    pub ledger: Ledger,
}

impl Load {
    pub fn new(house: Arc<House>, url: &str, session: &str) -> Arc<Self> {
        let (url, session) = (url.to_owned(), session.to_owned());
        let client = http_client().unwrap();
        Arc::new(Self {
            client,
            url,
            session,
            house,
            ended: AtomicBool::new(false),
            ledger: Ledger::default(),
        })
    }

    /// Starts them: some want the same locks, some locks of their own, some exchange tokens, some deploy.
    pub fn start(self: &Arc<Self>) -> Vec<JoinHandle<()>> {
        let mut all = Vec::new();
        for client in 0..10 {
            let load = Arc::clone(self);
            all.push(tokio::spawn(async move {
                for turn in 0.. {
                    if load.ended.load(Ordering::Relaxed) {
                        return;
                    }
                    match client {
                        0..4 => load.lock(client, CONTESTED[(client + turn) % 2]).await,
                        4..6 => load.lock(client, &format!("acme/infra/dev/{client}-{turn}")).await,
                        6..8 => load.exchange(&format!("{client}{turn:06}")).await,
                        _ => load.deploy(&format!("client {client}, turn {turn}")).await,
                    }
                }
            }));
        }
        all
    }

    /// Lets everybody finish what they are at.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    /// An answer; none when it did not come or says that the database is busy, so that nobody knows what was done.
    async fn call(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let answer = self.answer(method, path, body).await;
        let unknown = match &answer {
            None => &self.ledger.lost,
            Some((503, _)) => &self.ledger.busy,
            Some(_) => return answer,
        };
        unknown.fetch_add(1, Ordering::Relaxed);
        // What was on its way when the server was killed is done by then, or never.
        tokio::time::sleep(Duration::from_millis(200)).await;
        None
    }

    /// An answer over a connection of its own, so that the switch has something to do.
    async fn answer(&self, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.url));
        let request = request.bearer_auth(&self.session).header("connection", "close");
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, serde_json::from_slice(&answer.bytes().await.ok()?).unwrap()))
    }

    /// Takes a lock, if nobody has it, and gives it back.
    async fn lock(&self, client: usize, key: &str) {
        let me = format!("client {client}.");
        let wanted = json!({"key": key, "ttl": 600, "lockMessage": me});
        let id = match self.call("POST", "/api/v1/locks", &wanted).await {
            Some((201, answer)) => {
                let data = &answer["data"];
                let id = data["id"].as_str().unwrap().to_owned();
                let fence = data["fence"].as_i64().unwrap();
                self.ledger.taken.lock().push((key.to_owned(), id.clone(), fence));
                Some(id)
            }
            // Taken or not given back when an answer was lost.
            Some((409, answer)) if answer["context"]["message"] == me => None,
            Some((409, _)) | None => return,
            Some((status, answer)) => panic!("{status} {answer}"),
        };
        let before = self.ledger.holders.lock().insert(key.to_owned(), client);
        assert!(before.is_none_or(|before| before == client), "{key} is held by {before:?} and {client}");
        tokio::time::sleep(Duration::from_millis(3)).await;
        assert_eq!(self.ledger.holders.lock().remove(key), Some(client));
        match self.call("DELETE", "/api/v1/locks", &json!({"key": key})).await {
            Some((200, _)) => self.ledger.released.lock().extend(id),
            Some((status, answer)) => panic!("what was held cannot be given back: {status} {answer}"),
            None => {}
        }
    }

    async fn exchange(&self, run: &str) {
        let claims = TestClaims::github(SystemClock.now()).set("run_id", run).set("aud", "atmos-pro.com");
        let body = json!({"token": self.house.issuer.sign(&claims), "workspaceId": self.house.workspace});
        match self.call("POST", "/api/v1/auth/github-oidc", &body).await {
            Some((200, answer)) => {
                let session = answer["data"]["token"].as_str().unwrap().to_owned();
                self.ledger.exchanged.lock().push((run.to_owned(), session));
            }
            Some((status, answer)) => panic!("{status} {answer}"),
            None => {}
        }
    }

    /// Records a deployment, sends its log piece by piece, each until it is taken, and ends it.
    async fn deploy(&self, title: &str) {
        let body = json!({"stack": "dev", "component": "vpc", "title": title});
        let Some((status, answer)) = self.call("POST", "/api/v1/deployments", &body).await else { return };
        assert_eq!(status, 201, "{answer}");
        let id = answer["data"]["id"].as_str().unwrap().to_owned();
        let mut log = String::new();
        for piece in 0..PIECES {
            let piece = Value::String(format!("{title}, piece {piece}\n"));
            self.until_done("POST", &format!("/api/v1/deployments/{id}/logs?offset={}", log.len()), &piece)
                .await;
            log.push_str(&piece.to_string());
        }
        self.until_done("PATCH", &format!("/api/v1/deployments/{id}"), &json!({"status": "success"})).await;
        self.ledger.deployed.lock().push((id, log));
    }

    /// What may be sent again is sent until it is acknowledged.
    async fn until_done(&self, method: &str, path: &str, body: &Value) {
        loop {
            match self.call(method, path, body).await {
                Some((200, _)) => return,
                Some((status, answer)) => panic!("{path}: {status} {answer}"),
                None => {}
            }
        }
    }
}
