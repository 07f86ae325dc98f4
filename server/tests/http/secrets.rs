//! What is secret stands nowhere in the store.

use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::invitations::{self, InviteInput};
use stackyard_model::Role;
use stackyard_model::credential::{CredentialKind, Scope};

use crate::notices::{mails_to, send_all};
use crate::support::{PASSWORD, Place, SmtpServer, Temper, TestApp};

/// The secret in the link of the first mail to somebody.
fn mailed(server: &SmtpServer, email: &str, page: &str) -> String {
    let mails = mails_to(server, email);
    let rest = mails.iter().find_map(|text| text.split_once(page)).unwrap().1.to_owned();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// The secrets of an access token and an API key.
async fn bearers(app: &TestApp, place: &Place) -> Vec<String> {
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    let mut secrets = Vec::new();
    for kind in CredentialKind::ALL {
        let input = CredentialInput {
            kind: *kind,
            name: "nightly".to_owned(),
            description: String::new(),
            scopes: vec![Scope::GroupsRead.to_string()],
            days: None,
        };
        secrets.push(credentials::create(&ctx, &here, input).await.unwrap().1.expose().to_owned());
    }
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn links_tokens_sessions_and_passwords_are_kept_as_hashes_alone() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let place = app.acme_with_locks().await;
    let input = InviteInput {
        people: "mei@acme.example".to_owned(),
        role: "viewer".to_owned(),
        way: "mailed".to_owned(),
        days: "7".to_owned(),
        groups: Vec::new(),
    };
    invitations::invite(&app.operator(), &app.enter(&place.workspace).await, input).await.unwrap();
    app.post("/forms/forgot").html().form(&[("email", "olga@example.com")]).send().await;
    let zoe = app.unproved("Zoe").await;
    let proof = app.post("/forms/account/ask-proof").cookie(&zoe.cookie).html();
    proof.form(&[("back", "/account")]).send().await;
    send_all(&app).await;

    let mut secrets = vec![
        ("password", PASSWORD.to_owned()),
        ("session", place.owner.cookie.clone()),
        ("run's session", app.session(&place).await),
        ("repository token", app.repository_token(&place).await),
        ("copied link", app.invite(&place, "kim@acme.example", Role::Member).await.1),
        ("mailed link", mailed(&server, "mei@acme.example", "/invite/")),
        ("link for a password", mailed(&server, "olga@example.com", "/reset/")),
        ("link for an address", mailed(&server, "zoe@example.com", "/verify/")),
    ];
    secrets.extend(bearers(&app, &place).await.into_iter().map(|secret| ("credential", secret)));
    assert!(app.database().holds("kim@acme.example"), "what is no secret is found");
    for (what, secret) in secrets {
        // With what stands before it or without.
        let bare = secret.rsplit('_').next().unwrap();
        assert!(bare.len() >= 20, "{what}");
        assert!(!app.database().holds(bare), "{what}");
    }
}
