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

/// A GET.
pub fn get(path: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.into_bytes()
}

/// One request, answered with 200: the body.
pub async fn once(address: SocketAddr, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut buffer = Vec::new();
    let body = read_answer(&mut stream, &mut buffer).await?;
    Ok(buffer[body].to_vec())
}

/// One request that closes its connection: the head of the answer.
pub async fn head(address: SocketAddr, request: &[u8]) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.split_once("\r\n\r\n").map_or_else(String::new, |(head, _)| head.to_owned()))
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
    let mut buffer = Vec::with_capacity(64 * 1024);
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        let start = Instant::now();
        stream.write_all(request).await?;
        read_answer(&mut stream, &mut buffer).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

/// Reads one answer with 200 into the buffer; says where in it the body is, as it was sent.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> anyhow::Result<std::ops::Range<usize>> {
    buffer.clear();
    let mut body: Option<(usize, Option<usize>)> = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        if body.is_none()
            && let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            let head = std::str::from_utf8(&buffer[..end]).context("a head that is not text")?;
            if !head.starts_with("HTTP/1.1 200") {
                bail!("answered with {}", head.lines().next().unwrap_or_default());
            }
            let of = |wanted: &str| {
                let fields = head.lines().filter_map(|line| line.split_once(':'));
                { fields }
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .map(|(_, value)| value.trim().to_owned())
            };
            let length = match of("content-length") {
                Some(length) => Some(length.parse().context("a content-length that is no number")?),
                None => None,
            };
            if length.is_none() && of("transfer-encoding").is_none() {
                bail!("an answer of unknown length");
            }
            body = Some((end + 4, length));
        }
        let Some((start, length)) = body else { continue };
        let complete = match length {
            Some(length) => buffer.len() >= start + length,
            None => buffer.ends_with(b"0\r\n\r\n"),
        };
        if complete {
            return Ok(start..buffer.len());
        }
    }
}
