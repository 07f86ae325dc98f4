//! A plain TCP switch, as stands before replicas: every connection goes to the next of them that answers.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};

/// The switch, until the test ends.
pub struct Switch {
    /// What clients connect to.
    pub url: String,
    behind: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Switch {
    /// On a free port, with nothing behind it yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = Arc::new(Mutex::new(Vec::new()));
        let targets = Arc::clone(&behind);
        tokio::spawn(async move {
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let targets = targets.lock().clone();
                tokio::spawn(carry(client, targets, number));
            }
        });
        Self { url, behind }
    }

    /// One more behind it.
    pub fn lead_to(&self, server: SocketAddr) {
        self.behind.lock().push(server);
    }
}

/// Carries both ways until one side goes away, and then lets go of the other.
async fn carry(mut client: TcpStream, targets: Vec<SocketAddr>, number: usize) {
    for n in 0..targets.len() {
        if let Ok(mut server) = TcpStream::connect(targets[(number + n) % targets.len()]).await {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}
