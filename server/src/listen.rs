//! How connections are taken and how long they may last: nobody holds one for nothing.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::extract::connect_info::ConnectInfo;
use axum::response::Response;
use futures::{Stream, StreamExt as _, stream};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service;
use tower_http::timeout::TimeoutBody;

/// How long clients may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request, from the moment that the connection is free for it: so also the longest that a
    /// connection is kept without one.
    pub head: Duration,
    /// Between two pieces of a request's body.
    pub pause: Duration,
    /// For the whole of a body.
    pub body: Duration,
    /// Connections at once; others wait in the system's queue.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(60),
            pause: Duration::from_secs(30),
            body: Duration::from_secs(600),
            connections: 8192,
        }
    }
}

/// Waits before another connection is taken when none could be, as when there are no file descriptors left.
const EXHAUSTED: Duration = Duration::from_millis(500);

/// Serves until `stop` says so or its sender is gone, then until the requests that are being answered are.
pub async fn serve<S>(listener: TcpListener, service: S, patience: Patience, mut stop: watch::Receiver<bool>)
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(patience.connections));
    let mut stopped = pin!(async move {
        let _ = stop.wait_for(|stop| *stop).await;
    });
    loop {
        let (stream, peer, place) = tokio::select! {
            taken = take(&listener, &free) => taken,
            () = &mut stopped => break,
        };
        send_at_once(&stream);
        let service = service.clone();
        let answer = service_fn(move |request| service.clone().call(arrived(request, peer, patience)));
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            // What goes wrong on a connection is the client's: it went away, or sent what is no request.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The next connection, and its place among those that there may be.
async fn take(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // Nobody closes the semaphore, so there is a place sooner or later.
    let place = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
}

/// A request as the router knows it.
fn arrived(request: hyper::Request<Incoming>, peer: SocketAddr, patience: Patience) -> Request {
    let mut request = request.map(|body| {
        if body.is_end_stream() { Body::empty() } else { Body::from_stream(timely(body, patience)) }
    });
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// The pieces of a body, as long as they come in time.
fn timely(body: Incoming, patience: Patience) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
    let pieces = Body::new(TimeoutBody::new(patience.pause, body)).into_data_stream();
    let late = Box::pin(tokio::time::sleep(patience.body));
    stream::unfold(Some((pieces, late)), async |state| {
        let (mut pieces, mut late) = state?;
        tokio::select! {
            piece = pieces.next() => match piece? {
                Ok(piece) => Some((Ok(piece), Some((pieces, late)))),
                Err(error) => Some((Err(error.into()), None)),
            },
            () = &mut late => Some((Err("the body took too long".into()), None)),
        }
    })
}

/// Sends every piece at once. Answers are written in more than one; Nagle's algorithm would hold the second back until
/// the client, which waits for more, acknowledges the first: 40 ms.
fn send_at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY cannot be set");
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::time::Instant;

    use axum::Router;
    use axum::routing::{get, post};

    use super::*;

    /// An answer of three pieces that are written one after the other.
    async fn pieces() -> Body {
        let pieces = stream::unfold(0, |n| async move {
            tokio::task::yield_now().await;
            (n < 3).then(|| (Ok::<_, Infallible>(Bytes::from_static(b"piece")), n + 1))
        });
        Body::from_stream(pieces)
    }

    /// A server with little patience, until the sender is dropped.
    async fn impatient() -> (SocketAddr, watch::Sender<bool>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(pieces)).route("/", post(async |body: Bytes| body));
        let (stop, stopping) = watch::channel(false);
        let short = Duration::from_millis(300);
        let patience = Patience { head: short, pause: short, body: 2 * short, connections: 2 };
        tokio::spawn(serve(listener, router, patience, stopping));
        (address, stop)
    }

    /// What comes back when `sent` is sent and nothing after it, and how long the connection stays.
    async fn left_alone(address: SocketAddr, sent: &'static str) -> (String, Duration) {
        let client = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            stream.write_all(sent.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
        });
        client.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_pieces_of_an_answer_do_not_wait_for_each_other() {
        let (address, _stop) = impatient().await;
        let client = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
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
        assert!(median < Duration::from_millis(20), "{median:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_sends_no_whole_request_is_let_go() {
        let (address, _stop) = impatient().await;
        for nothing in ["", "GET / HTTP/1.1\r\nhost: loc"] {
            let (answer, stayed) = left_alone(address, nothing).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
            assert!(stayed < Duration::from_secs(5), "{nothing:?} {stayed:?}");
        }
        let half = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf";
        let (answer, stayed) = left_alone(address, half).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(stayed < Duration::from_secs(5), "{stayed:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_sends_a_body_drop_by_drop_is_let_go() {
        let (address, _stop) = impatient().await;
        let client = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
            stream.write_all(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\n").unwrap();
            let mut answer = [0; 4096];
            while began.elapsed() < Duration::from_secs(10) {
                // Each drop comes in time; the whole does not.
                if stream.write_all(b"x").is_err() {
                    return (String::new(), began.elapsed());
                }
                if let Ok(read) = stream.read(&mut answer) {
                    let text = String::from_utf8_lossy(answer.get(..read).unwrap()).into_owned();
                    return (text, began.elapsed());
                }
            }
            panic!("nobody let it go");
        });
        let (answer, stayed) = client.await.unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
        assert!(stayed > Duration::from_millis(500) && stayed < Duration::from_secs(5), "{stayed:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn those_who_wait_for_a_connection_get_one_when_others_are_let_go() {
        let (address, _stop) = impatient().await;
        let silent = [TcpStream::connect(address).unwrap(), TcpStream::connect(address).unwrap()];
        let (answer, _) =
            left_alone(address, "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        drop(silent);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_being_answered_is_answered_after_the_signal_to_stop() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = async || {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "done"
        };
        let (stop, stopping) = watch::channel(false);
        let router = Router::new().route("/", get(slow));
        let server = tokio::spawn(serve(listener, router, Patience::default(), stopping));
        let asked = tokio::spawn(left_alone(address, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"));
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.send_replace(true);
        assert!(asked.await.unwrap().0.ends_with("done"));
        server.await.unwrap();
    }
}
