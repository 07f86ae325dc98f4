//! How connections are taken.

use axum::serve::{ListenerExt as _, TapIo};
use tokio::net::{TcpListener, TcpStream};

/// Connections on which every write is sent at once. Answers are written in more than one piece; Nagle's algorithm
/// would hold the second back until the client, which waits for more, acknowledges the first: 40 ms.
pub fn at_once(listener: TcpListener) -> TapIo<TcpListener, fn(&mut TcpStream)> {
    listener.tap_io(send_at_once)
}

fn send_at_once(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::time::{Duration, Instant};

    use axum::Router;
    use axum::body::{Body, Bytes};
    use axum::routing::get;
    use futures::stream;

    use super::*;

    /// An answer of three pieces that are written one after the other.
    async fn pieces() -> Body {
        let pieces = stream::unfold(0, |n| async move {
            tokio::task::yield_now().await;
            (n < 3).then(|| (Ok::<_, std::convert::Infallible>(Bytes::from_static(b"piece")), n + 1))
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_pieces_of_an_answer_do_not_wait_for_each_other() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(pieces));
        let server = tokio::spawn(async move { axum::serve(at_once(listener), router).await });
        let client = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            let mut took = Vec::new();
            // The first acknowledgements of a connection are quick in any case.
            for _ in 0..40 {
                let began = Instant::now();
                stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
                let mut answer = Vec::new();
                let mut buffer = [0; 4096];
                while !answer.ends_with(b"\r\n0\r\n\r\n") {
                    let read = stream.read(&mut buffer).unwrap();
                    assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
                    answer.extend_from_slice(&buffer[..read]);
                }
                took.push(began.elapsed());
            }
            took.sort();
            took[took.len() / 2]
        });
        let median = client.await.unwrap();
        server.abort();
        assert!(median < Duration::from_millis(20), "{median:?}");
    }
}
