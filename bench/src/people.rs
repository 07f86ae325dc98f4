//! A team of a thousand, and ten thousand invitations at once.

use anyhow::{Context as _, Result, ensure};
use stackyard_domain::team;

use crate::home::Home;
use crate::load::{self, Client};
use crate::place::{Place, Plan, SLUG};
use crate::report::{Figure, note, short};
use crate::request::{form, page, sign_in};
use crate::server::Server;

/// People of the team, its owner among them.
const MEMBERS: usize = 1_000;
/// People on a list that is pasted.
const INVITED: usize = 10_000;
/// A mail server that nobody can reach: the mails wait.
const NOWHERE: &str = "smtp://127.0.0.1:9";

/// Looks at the team and invites.
pub async fn measure(plan: Plan<'_>, times: usize) -> Result<[Figure; 2]> {
    let place = Place::new(plan).await?;
    let home = Home::open(&place.database_url).await?;
    team::testing::fill(&home.ctx, &home.here().await?, MEMBERS - 1).await?;
    home.close().await;
    let mut command = place.serve()?;
    command.env("STACKYARD_SMTP_URL", NOWHERE);
    let server = Server::start(command)?;
    let (host, cookie) = (server.address.to_string(), sign_in(&server).await?);

    let path = format!("/dashboard/workspaces/{SLUG}/team");
    let request = page(&host, &path, &format!("Cookie: {cookie}\r\n"));
    let mut client = Client::connect(server.address).await?;
    let answer = client.send(request.first().context("no request")?).await?;
    let body = String::from_utf8_lossy(answer.body);
    ensure!(body.contains("1,000 people") && body.matches("<tr").count() == 51, "the page is not the team's");
    let looked = load::run(server.address, 1, &request, times).await?;
    note("a team of 1,000", &format!("one connection p99 {} ms", short(looked.quantile(0.99))));

    let people: String = (0..INVITED).map(|n| format!("person-{n}%40mail.example%0A")).collect();
    let fields = format!("workspace={SLUG}&role=member&way=mailed&days=7&back=%2F&people={people}");
    let answer = client.send(&form(&host, "invitations/invite", &cookie, &fields)).await?;
    ensure!(answer.status == 303, "inviting is answered with {}", answer.status);
    let took = answer.took.as_secs_f64();
    let answer = client.send(request.first().context("no request")?).await?;
    ensure!(String::from_utf8_lossy(answer.body).contains("10,000 invited"), "not all are invited");
    Ok([
        Figure::budget("a team of 1,000, 50 shown, one connection, p50", "ms", looked.quantile(0.5), 2.0),
        Figure::budget("10,000 invited at once", "s", took, 5.0),
    ])
}
