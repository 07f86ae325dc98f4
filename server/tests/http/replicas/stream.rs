//! A browser that follows a workspace, and comes back with the last id that it had when its stream breaks.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use stackyard_oidc::http_client;

use crate::support::{Sent, take_event};

/// What a browser was told.
#[derive(Debug, Default, Clone)]
pub struct Told {
    /// From where it follows.
    pub first: Option<i64>,
    /// How far it was told.
    pub last: i64,
    /// How many events.
    pub events: i64,
    /// How often its stream broke.
    pub cuts: usize,
}

/// A browser that follows until the test ends.
pub struct Browser(Arc<Mutex<Told>>);

impl Browser {
    /// Opens a stream and waits until it says from where it follows.
    pub async fn open(url: &str, cookie: &str) -> Self {
        let told = Arc::new(Mutex::new(Told::default()));
        let (following, url, cookie) = (Arc::clone(&told), url.to_owned(), cookie.to_owned());
        tokio::spawn(async move {
            loop {
                let _ = follow(&url, &cookie, &following).await;
                following.lock().cuts += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        while told.lock().first.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self(told)
    }

    /// What it was told until now.
    pub fn told(&self) -> Told {
        self.0.lock().clone()
    }
}

/// Reads one stream to its end.
async fn follow(url: &str, cookie: &str, told: &Mutex<Told>) -> Option<()> {
    let request = http_client().unwrap().get(format!("{url}/dashboard/workspaces/acme/live"));
    let mut request = request.header("cookie", cookie).timeout(Duration::from_secs(600));
    if told.lock().first.is_some() {
        request = request.header("last-event-id", told.lock().last.to_string());
    }
    let mut response = request.send().await.ok()?;
    assert_eq!(response.status().as_u16(), 200);
    let mut text = String::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some(sent) = take_event(&mut text) {
            hear(&sent, &mut told.lock());
        }
    }
    Some(())
}

fn hear((event, id, data): &Sent, told: &mut Told) {
    if event == "changed" {
        assert_eq!(data["upto"], *id);
        // What is nobody's workspace's is passed over.
        let from = data["from"].as_i64().unwrap();
        assert!(told.first.is_none() || from >= told.last, "{event} {data} after {told:?}");
        told.events += data["events"].as_i64().unwrap();
    }
    told.first.get_or_insert(*id);
    told.last = *id;
}
