//! The program that mails, and is killed while it does.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::RunQueryDsl;
use stackyard_db::schema::leases;
use stackyard_db::{DbError, run};
use stackyard_domain::invitations::{self, InviteInput};
use stackyard_domain::{Actor, Ctx, RequestInfo, access};

use crate::running::House;
use crate::support::{SmtpServer, Temper};

/// Longer than it takes for the work of a killed program to be taken over, and to be done, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const INVITED: usize = 120;

async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// To whom the mails went that were taken.
fn recipients(server: &SmtpServer) -> Vec<String> {
    let to = |text: &String| text.lines().find_map(|line| line.strip_prefix("To: ")).unwrap().to_owned();
    server.taken().iter().map(to).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_killed_while_it_mails_goes_on_afterwards_and_sends_none_twice() {
    let server = SmtpServer::start(Temper::Good).await;
    let house = House::new().await;
    let deps = house.deps("http://localhost:3000").await.mailing(Some(server.mailer()));
    let ctx = Ctx::new(Arc::new(deps), RequestInfo::default()).with_actor(Actor::Operator);
    let here = access::enter_as_operator(&ctx, "acme").await.unwrap();
    let input = InviteInput {
        people: (0..INVITED).map(|n| format!("person-{n}@acme.example\n")).collect(),
        role: "viewer".to_owned(),
        way: "mailed".to_owned(),
        days: "7".to_owned(),
        groups: Vec::new(),
    };
    assert_eq!(invitations::invite(&ctx, &here, input).await.unwrap().invited, INVITED);
    let flags = ["--smtp-url", &server.url(), "--mail-from", "stackyard@acme.example"];
    let mut killed = 0;
    for enough in [20, 60] {
        let serving = house.serve_with(&flags);
        until("it mails", async || server.taken().len() >= enough).await;
        serving.kill();
        killed += 1;
        assert!(server.taken().len() < INVITED, "it was killed while it mailed");
        if enough == 20 {
            // The first is taken over at once; the second when the time of its lease has run out.
            let forgotten = ctx.deps().db.write((), |conn, ()| {
                Box::pin(async move {
                    Ok::<_, DbError>(run!(conn, |c| diesel::delete(leases::table).execute(c).await)?)
                })
            });
            forgotten.await.unwrap();
        }
    }
    let serving = house.serve_with(&flags);
    // One at a time is on its way: of that one nobody knows whether it arrived.
    until("it mails the rest", async || server.taken().len() >= INVITED - killed).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    serving.kill();
    let all = recipients(&server);
    let once: HashSet<_> = all.iter().collect();
    assert_eq!(once.len(), all.len(), "none twice");
    ctx.deps().db.close().await;
}
