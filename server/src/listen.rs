//! From a socket to the router, with limits for whoever connects and says nothing.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take to arrive, and how long a connection may say nothing at all.
    pub head_within: Duration,
    /// How many connections there may be at once; the next ones wait to be accepted.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // Longer than proxies keep a connection they may use again (nginx and load balancers 60 s): whoever closes first should be
        // the one that asks, or a request is lost between the two.
        Self { head_within: Duration::from_secs(75), connections: 8_192 }
    }
}

/// How long nothing is accepted after the system refused to, mostly for want of file descriptors.
const REFUSED: Duration = Duration::from_millis(100);

/// Answers requests until it is told to stop; then whatever is in flight ends, and so does this.
pub async fn serve(listener: TcpListener, routes: Router, limits: Limits, stopping: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_within);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepting = async {
            let slot = slots.clone().acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accepting => accepted,
            () = stopping.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_the_peer(&error) => continue,
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(REFUSED).await;
                continue;
            }
        };
        let connection =
            graceful.watch(http.serve_connection(TokioIo::new(ready(stream)), answer(&routes, peer)));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                // Somebody left in the middle, or was too slow: their own affair.
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

fn ready(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY was not set");
    }
    stream
}

/// Errors of the connection that was to be accepted, not of accepting.
fn is_of_the_peer(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as E;
    matches!(error.kind(), E::ConnectionRefused | E::ConnectionAborted | E::ConnectionReset)
}

/// The router, told who is at the other end.
fn answer(
    routes: &Router,
    peer: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future: Send,
> + use<> {
    let routes = routes.clone();
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    })
}
