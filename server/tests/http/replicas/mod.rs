//! Two programs on one PostgreSQL behind a plain TCP switch, one of which is killed while it is written to (rules §10, §13).
//! On SQLite one program at a time serves a database, so there the one that was killed is started again.

mod clients;
mod stream;
mod switch;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable,
    Selectable, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use serde_json::{Value, json};
use stackyard_db::schema::{ci_sessions, deployments, events, locks, log_marks};
use stackyard_db::testing::backend;
use stackyard_db::{Backend, Db, run};
use stackyard_oidc::http_client;

use self::clients::{Ledger, Load};
use self::stream::Browser;
use self::switch::Switch;
use crate::running::{House, Serving};

/// For the lease of one who was killed to run out, and for what was done to be sealed and told.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program behind the switch.
fn serve(house: &House, switch: &Switch) -> Serving {
    // Free a moment ago; who takes it meanwhile makes us choose another.
    loop {
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listen = address.to_string();
        let mut command = house.command(&["serve", "--listen", &listen, "--public-url", &switch.url]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        if let Some(Ok(_)) = BufReader::new(child.stdout.take().unwrap()).lines().next() {
            switch.lead_to(address);
            return Serving { child, url: switch.url.clone() };
        }
        child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_although_a_replica_was_killed() {
    let house = Arc::new(House::new().await);
    for kind in ["ws:instances:create", "ws:deployments:create"] {
        let here = ["--workspace", "acme", "--repository", "acme/infra", "--kind", kind];
        house.admin(&[&["add-permission"], &here[..]].concat());
    }
    let switch = Switch::start().await;
    // The first one seals the log, and is the one that is killed.
    let first = serve(&house, &switch);
    let session = first.session(&house).await;
    let inventory = json!({"instances": [{"stack": "dev", "component": "vpc"}]});
    assert_eq!(first.send("POST", "/api/v1/instances", &session, &inventory).await.0, 200);
    let cookie = house.sign_in(&switch.url).await;
    let second = (backend() == Backend::Postgres).then(|| serve(&house, &switch));
    // One connection after the other, so there is a browser at each of them.
    let browsers = [Browser::open(&switch.url, &cookie).await, Browser::open(&switch.url, &cookie).await];

    let load = Load::new(Arc::clone(&house), &switch.url, &session);
    let clients = load.start();
    tokio::time::sleep(Duration::from_secs(3)).await;
    first.kill();
    let killed = Instant::now();
    let last = second.unwrap_or_else(|| serve(&house, &switch));
    tokio::time::sleep(Duration::from_secs(3)).await;
    load.end();
    for client in clients {
        client.await.unwrap();
    }

    let db = house.database.open().await;
    until(killed, "the log is sealed", async || open(&db).await == 0).await;
    let sealed = killed.elapsed();
    let newest = log(&db, &house.workspace).await.last().unwrap().seq.unwrap();
    until(killed, "everybody was told", async || {
        browsers.iter().all(|browser| browser.told().last >= newest)
    })
    .await;
    let log = log(&db, &house.workspace).await;
    for told in browsers.iter().map(Browser::told) {
        let within = |seq: i64| Some(seq) > told.first && seq <= told.last;
        let here = log.iter().filter(|event| event.workspace_id.is_some() && event.seq.is_some_and(within));
        assert_eq!(usize::try_from(told.events).unwrap(), here.count(), "{told:?}");
    }
    let cuts: usize = browsers.iter().map(|browser| browser.told().cuts).sum();
    assert_eq!(
        cuts,
        if backend() == Backend::Postgres { 1 } else { 2 },
        "who was at the one that was killed"
    );

    numbers_follow_each_other(&log);
    locks_are_there_once(&db, &load.ledger, &log).await;
    sessions_are_there_once(&db, &last, &load.ledger, &log).await;
    deployments_are_there_once(&db, &switch.url, &session, &load.ledger, &log).await;
    let ledger = &load.ledger;
    println!(
        "{} locks, {} exchanges, {} deployments acknowledged, {} answers lost, {} busy; sealed {sealed:?} after the kill",
        ledger.taken.lock().len(),
        ledger.exchanged.lock().len(),
        ledger.deployed.lock().len(),
        ledger.lost(),
        ledger.busy(),
    );
    assert!(ledger.lost() > 0, "it was killed while it was written to");
    last.kill();
}

/// What has to be known of an event here.
#[derive(Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct Event {
    seq: Option<i64>,
    workspace_id: Option<String>,
    category: String,
    action: String,
    outcome: String,
    actor_id: String,
    target_id: String,
}

/// Waits for something to happen after the kill.
async fn until(killed: Instant, what: &str, mut happened: impl AsyncFnMut() -> bool) {
    while !happened().await {
        assert!(killed.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many events are not sealed yet.
async fn open(db: &Db) -> i64 {
    let mut conn = db.read().await.unwrap();
    let mark = log_marks::table.find("sealed").select(log_marks::seq);
    let mark: Option<i64> = run!(&mut conn, |c| mark.first(c).await.optional()).unwrap();
    let open = events::table.filter(events::seq.is_null().or(events::seq.gt(mark.unwrap_or(0)))).count();
    run!(&mut conn, |c| open.get_result(c).await).unwrap()
}

/// The whole log, as it is numbered.
async fn log(db: &Db, workspace: &str) -> Vec<Event> {
    let mut conn = db.read().await.unwrap();
    let log: Vec<Event> =
        run!(&mut conn, |c| events::table.order(events::seq).select(Event::as_select()).load(c).await)
            .unwrap();
    assert!(log.iter().all(|event| event.workspace_id.as_deref().is_none_or(|one| one == workspace)));
    log
}

/// The numbers of what happened, by what it was done to.
fn done<'a>(log: &'a [Event], category: &str, action: &str) -> HashMap<&'a str, i64> {
    let mut found = HashMap::new();
    for event in log {
        if (event.category.as_str(), event.action.as_str(), event.outcome.as_str())
            == (category, action, "ok")
        {
            let before = found.insert(event.target_id.as_str(), event.seq.unwrap());
            assert_eq!(before, None, "{category}.{action} of {} is there twice", event.target_id);
        }
    }
    found
}

fn numbers_follow_each_other(log: &[Event]) {
    let numbers: Vec<_> = log.iter().map(|event| event.seq.unwrap()).collect();
    let expected: Vec<_> = (1..=i64::try_from(log.len()).unwrap()).collect();
    assert_eq!(numbers, expected, "without a gap, and none twice");
}

async fn locks_are_there_once(db: &Db, ledger: &Ledger, log: &[Event]) {
    let mut conn = db.read().await.unwrap();
    let rows = locks::table.select((locks::id, locks::key, locks::fence, locks::ended_how));
    let rows: Vec<(String, String, i64, Option<String>)> = run!(&mut conn, |c| rows.load(c).await).unwrap();
    let (created, deleted) = (done(log, "lock", "created"), done(log, "lock", "deleted"));
    let ids: HashSet<_> = rows.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ids, created.keys().copied().collect());
    let ended: HashSet<_> =
        rows.iter().filter(|(.., how)| how.is_some()).map(|(id, ..)| id.as_str()).collect();
    assert_eq!(ended, deleted.keys().copied().collect());
    for (key, id, fence) in ledger.taken.lock().iter() {
        assert!(rows.iter().any(|(i, k, f, _)| (i, k, f) == (id, key, fence)), "{key} {fence} is gone");
    }
    assert!(ledger.released.lock().iter().all(|id| ended.contains(id.as_str())));

    // Who gets a key after somebody else gets it after that one gave it back, by the log's own order.
    let mut by_key: BTreeMap<&str, Vec<(i64, &str)>> = BTreeMap::new();
    for (id, key, fence, _) in &rows {
        by_key.entry(key).or_default().push((*fence, id));
    }
    for (key, mut grants) in by_key {
        grants.sort_unstable();
        let fences: Vec<_> = grants.iter().map(|(fence, _)| *fence).collect();
        assert_eq!(fences, (1..=fences.len() as i64).collect::<Vec<_>>(), "{key}");
        for pair in grants.windows(2) {
            let (ended, next) = (deleted[pair[0].1], created[pair[1].1]);
            assert!(created[pair[0].1] < ended && ended < next, "{key}: {pair:?}");
        }
    }
}

async fn sessions_are_there_once(db: &Db, server: &Serving, ledger: &Ledger, log: &[Event]) {
    let mut conn = db.read().await.unwrap();
    let ids: Vec<String> =
        run!(&mut conn, |c| ci_sessions::table.select(ci_sessions::id).load(c).await).unwrap();
    let exchanged = done(log, "auth", "oidc_token_exchange_success");
    assert_eq!(ids.iter().map(String::as_str).collect::<HashSet<_>>(), exchanged.keys().copied().collect());
    let runs: HashSet<_> = log
        .iter()
        .filter(|event| event.action == "oidc_token_exchange_success")
        .filter_map(|event| event.actor_id.split('/').nth(1))
        .collect();
    let promised = ledger.exchanged.lock().clone();
    assert!(promised.iter().all(|(run, _)| runs.contains(run.as_str())));
    for (run, session) in promised.iter().step_by(7) {
        let status = server.send("GET", "/api/v1/deployments?limit=1", session, &Value::Null).await.0;
        assert_eq!(status, 200, "the session of {run}");
    }
}

async fn deployments_are_there_once(db: &Db, url: &str, session: &str, ledger: &Ledger, log: &[Event]) {
    let mut conn = db.read().await.unwrap();
    let rows: Vec<(String, String)> =
        run!(&mut conn, |c| deployments::table.select((deployments::id, deployments::status)).load(c).await)
            .unwrap();
    let (created, finished) = (done(log, "deployment", "created"), done(log, "deployment", "finished"));
    assert_eq!(
        rows.iter().map(|(id, _)| id.as_str()).collect::<HashSet<_>>(),
        created.keys().copied().collect()
    );
    let ended = rows.iter().filter(|(_, status)| status == "success").map(|(id, _)| id.as_str());
    assert_eq!(ended.collect::<HashSet<_>>(), finished.keys().copied().collect());
    let promised = ledger.deployed.lock().clone();
    for (id, sent) in promised {
        assert!(created[id.as_str()] < finished[id.as_str()]);
        let request = http_client().unwrap().get(format!("{url}/api/v1/deployments/{id}/logs"));
        let answer = request.bearer_auth(session).send().await.unwrap();
        assert_eq!(String::from_utf8(answer.bytes().await.unwrap().to_vec()).unwrap(), sent, "{id}");
    }
}
