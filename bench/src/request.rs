//! Requests as they go over the wire, made before the clock starts.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::load::{self, Client};
use crate::place::{EMAIL, PASSWORD};
use crate::server::Server;

/// A call of the API by who has this session.
pub fn call(host: &str, session: &str, method: &str, target: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: atmos-bench\r\nAccept: application/json\r\n\
         Authorization: Bearer {session}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A page, with more headers.
pub fn page(host: &str, path: &str, headers: &str) -> Arc<[Vec<u8>]> {
    let text = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: text/html\r\n{headers}\r\n"
    );
    Arc::from([text.into_bytes()])
}

/// What the API answers with, when it is a success.
pub async fn data(client: &mut Client, request: &[u8]) -> Result<Value> {
    let answer = client.send(request).await?;
    let text = String::from_utf8_lossy(answer.body);
    ensure!((200..300).contains(&answer.status), "the answer is {}: {text}", answer.status);
    let mut answer: Value = serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?;
    Ok(answer.get_mut("data").map(Value::take).unwrap_or_default())
}

/// A form as a browser sends it, with its fields written as they go over the wire.
pub fn form(host: &str, path: &str, cookie: &str, fields: &str) -> Vec<u8> {
    format!(
        "POST /forms/{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nAccept: text/html\r\n\
         Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{fields}",
        fields.len()
    )
    .into_bytes()
}

/// Signs the owner in and gives the cookie.
pub async fn sign_in(server: &Server) -> Result<String> {
    sign_in_as(server, EMAIL).await
}

/// Signs somebody in and gives the cookie.
pub async fn sign_in_as(server: &Server, email: &str) -> Result<String> {
    let encoded = |text: &str| text.replace('@', "%40").replace(' ', "+");
    let fields = format!("email={}&password={}&next=%2F&back=%2Fsign-in", encoded(email), encoded(PASSWORD));
    let request = form(&server.address.to_string(), "sign-in", "", &fields);
    let mut client = Client::connect(server.address).await?;
    let answer = client.send(&request).await?;
    let cookie = load::header(answer.head, "set-cookie").with_context(|| {
        format!("signing in was answered with {}", answer.head.lines().next().unwrap_or_default())
    })?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
