//! Whether a request is for this server at all, and whether one that changes something was sent by its own pages.

use std::collections::HashSet;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Method, StatusCode, header};

use super::cookies;
use super::guard::bearer;
use crate::api::is_api;
use crate::config::PublicUrl;
use crate::failure::Failure;
use crate::state::AppState;

const FETCH_SITE: &str = "sec-fetch-site";
/// What watches the server asks by address.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// The hosts that this server answers to, and the origins that are its own.
pub struct Names {
    hosts: HashSet<String>,
    origins: HashSet<String>,
}

impl Names {
    /// The public address, and this machine's own names at the port that is listened on.
    #[must_use]
    pub fn new(public_url: &PublicUrl, port: u16) -> Self {
        let mut hosts = HashSet::from([public_url.authority.clone()]);
        let mut origins = HashSet::from([public_url.origin()]);
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            let authority = if port == 80 { name.to_owned() } else { format!("{name}:{port}") };
            origins.insert(format!("http://{authority}"));
            hosts.insert(authority);
        }
        Self { hosts, origins }
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.contains(host) || self.hosts.contains(&host.to_ascii_lowercase())
    }

    /// Whether the browser says that a page of ours, at the host that is asked, sent the request.
    fn sent_by_us(&self, host: &str, headers: &HeaderMap) -> bool {
        let ours = |origin: &str| {
            let of_host = origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host));
            of_host && self.origins.contains(origin)
        };
        match headers.get(header::ORIGIN) {
            // A page whose address is told to nobody hides its origin too; what sent the form is still said.
            Some(origin) if origin != "null" => origin.to_str().is_ok_and(ours),
            _ => headers.get(FETCH_SITE).is_some_and(|site| site == "same-origin"),
        }
    }
}

/// Refuses what is meant for another host, and what another site made a browser send.
pub async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match refuse(&state, &request) {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    }
}

fn refuse(state: &AppState, request: &Request) -> Option<Failure> {
    let headers = request.headers();
    let host = match headers.get(header::HOST) {
        Some(host) => host.to_str().ok(),
        None => request.uri().authority().map(http::uri::Authority::as_str),
    };
    let is_probe = PROBES.contains(&request.uri().path());
    if !is_probe && !host.is_some_and(|host| state.names.knows(host)) {
        return Some(Failure::new(
            StatusCode::MISDIRECTED_REQUEST,
            "BadRequest",
            format!(
                "This server does not answer to that host name. Use {}, or set STACKYARD_PUBLIC_URL.",
                state.parts.public_url.origin()
            ),
        ));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    // A bearer token makes cookies ignored, and no site can make a browser send one.
    if !changes || bearer(headers).is_some() {
        return None;
    }
    // Outside the API every request is a form's, also those that have no cookie yet: signing in and setting up.
    let from_browser =
        !is_api(request.uri().path()) || cookies::value(headers, &state.cookies.session).is_some();
    (from_browser && !state.names.sent_by_us(host.unwrap_or_default(), headers)).then(|| {
        Failure::new(
            StatusCode::FORBIDDEN,
            "Forbidden",
            "This was sent from another site, so nothing was done. Open the page here and try again.",
        )
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn names() -> Names {
        Names::new(&PublicUrl::parse("https://Stackyard.example").unwrap(), 3000)
    }

    #[test]
    fn the_public_name_and_the_loopback_names_are_known() {
        for host in
            ["stackyard.example", "STACKYARD.example", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"]
        {
            assert!(names().knows(host), "{host}");
        }
        for host in ["stackyard.example:8443", "localhost", "127.0.0.1:3001", "evil.example", ""] {
            assert!(!names().knows(host), "{host}");
        }
    }

    #[test]
    fn the_browser_must_say_that_we_sent_it() {
        let says = |name: &'static str, value: &'static str| {
            let host = value.split_once("://").map_or("stackyard.example", |(_, host)| host);
            names().sent_by_us(
                host,
                &HeaderMap::from_iter([(
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )]),
            )
        };
        assert!(says("origin", "https://stackyard.example"));
        assert!(says("origin", "http://localhost:3000"));
        assert!(says("sec-fetch-site", "same-origin"));
        for origin in
            ["null", "http://stackyard.example", "https://stackyard.example.evil", "http://localhost:3001"]
        {
            assert!(!says("origin", origin), "{origin}");
        }
        let hidden = |site: &'static str| {
            let headers = [
                (header::ORIGIN, HeaderValue::from_static("null")),
                (header::HeaderName::from_static(FETCH_SITE), HeaderValue::from_static(site)),
            ];
            names().sent_by_us("stackyard.example", &HeaderMap::from_iter(headers))
        };
        assert!(hidden("same-origin") && !hidden("cross-site") && !hidden("same-site") && !hidden("none"));
        for site in ["none", "same-site", "cross-site"] {
            assert!(!says("sec-fetch-site", site), "{site}");
        }
        assert!(!names().sent_by_us("stackyard.example", &HeaderMap::new()));
        let loopback =
            HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static("http://localhost:3000"))]);
        assert!(!names().sent_by_us("stackyard.example", &loopback), "known, but another host");
    }
}
