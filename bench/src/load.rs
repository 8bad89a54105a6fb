//! A load generator: HTTP/1.1 with keep-alive over plain sockets, so that the tool costs as little as possible.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request, ready to be written.
pub type Request = Vec<u8>;

/// What a run gave.
pub struct Outcome {
    /// Requests answered with 200.
    pub answered: usize,
    /// How long it took.
    pub took: Duration,
    /// Half of the answers came faster.
    pub p50: Duration,
    /// One in a hundred came slower.
    pub p99: Duration,
}

impl Outcome {
    /// Answers a second.
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

/// A POST with a JSON body and a signature.
pub fn post(path: &str, body: &[u8], signature: &str) -> Request {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         x-hub-signature-256: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// A POST with a JSON body and a bearer token.
pub fn post_with_token(path: &str, body: &[u8], token: &str) -> Request {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

/// Sends every request once, over so many connections at a time; anything but 200 stops the run.
pub async fn run(
    address: SocketAddr,
    requests: Arc<Vec<Request>>,
    connections: usize,
) -> anyhow::Result<Outcome> {
    let next = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let workers: Vec<_> =
        (0..connections).map(|_| tokio::spawn(worker(address, requests.clone(), next.clone()))).collect();
    let mut times = Vec::with_capacity(requests.len());
    for worker in workers {
        times.extend(worker.await??);
    }
    let took = start.elapsed();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Ok(Outcome { answered: times.len(), took, p50: at(50), p99: at(99) })
}

async fn worker(
    address: SocketAddr,
    requests: Arc<Vec<Request>>,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut times = Vec::new();
    let mut buffer = vec![0_u8; 16 * 1024];
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let start = Instant::now();
        stream.write_all(request).await?;
        read_answer(&mut stream, &mut buffer).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            bail!("the server closed the connection");
        }
        filled += read;
        let answer = std::str::from_utf8(&buffer[..filled]).context("an answer that is not text")?;
        let Some((head, body)) = answer.split_once("\r\n\r\n") else { continue };
        if !head.starts_with("HTTP/1.1 200") {
            bail!("answered with {}", head.lines().next().unwrap_or_default());
        }
        let length: usize = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .context("an answer without content-length")?;
        if body.len() >= length {
            return Ok(());
        }
    }
}
