//! The contacts page as the server makes it, against the same bytes from memory.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::disk;
use crate::load::{self, Request};
use crate::record::{Figure, Goal, keep};

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// The server to measure, as `cargo xtask build` makes it.
    #[arg(long, default_value = "target/release/whatscloud")]
    binary: PathBuf,
    /// Pages a round.
    #[arg(long, default_value_t = 2_000)]
    pages: usize,
    /// Rounds of each side, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections at a time.
    #[arg(long, default_value_t = 8)]
    connections: usize,
}

/// Whoever may look at the demo.
const LOGIN: &str = "email=owner%40demo.test&password=demo-password";

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let figures = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        drop(listener);
        let mut server = start(options, address, directory.path()).await?;
        let cookie = log_in(address).await?;
        let page = load::get("/contacts", &[("cookie", &cookie), ("accept", "text/html")]);
        let body = load::once(address, &page).await?;
        anyhow::ensure!(body.len() > 10_000, "that is no page of contacts");
        let bytes = axum::body::Bytes::from(body);
        let size = bytes.len();
        let bare = Router::new().route(
            "/contacts",
            get(move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], bytes) }),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let memory = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, bare).await });
        let requests: Arc<Vec<Request>> = Arc::new(vec![page; options.pages]);
        let (mut ratios, mut rates) = (Vec::new(), Vec::new());
        for round in 1..=options.rounds {
            let bare = load::run(memory, requests.clone(), options.connections).await?;
            let ours = load::run(address, requests.clone(), options.connections).await?;
            println!(
                "round {round}: from memory {:.0}/s, made by the server {:.0}/s (p50 {:.2?}, p99 {:.2?})",
                bare.rate(),
                ours.rate(),
                ours.p50,
                ours.p99
            );
            ratios.push(ours.rate() / bare.rate());
            rates.push(ours.rate());
        }
        server.kill().await?;
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        anyhow::Ok(vec![
            Figure::asked(
                format!("contacts page of {size} bytes: share of the rate from memory"),
                median(ratios),
                Goal::AtLeast(0.10),
            ),
            Figure::shown("contacts pages a second", median(rates)),
        ])
    })?;
    keep("page", arguments, &fsync, &figures)
}

async fn start(options: &Options, address: SocketAddr, data: &std::path::Path) -> anyhow::Result<Child> {
    let mut server = Command::new(&options.binary)
        .args(["serve", "--demo", "--listen", &address.to_string(), "--data-dir"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| {
            format!("{} cannot be started; `cargo xtask build` makes it", options.binary.display())
        })?;
    let mut lines = BufReader::new(server.stdout.take().context("no output")?).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await? {
            if line.contains("listening") {
                return Ok(());
            }
        }
        anyhow::bail!("the server ended before it listened")
    };
    tokio::time::timeout(Duration::from_secs(60), listening).await??;
    Ok(server)
}

/// The cookie of a session.
async fn log_in(address: SocketAddr) -> anyhow::Result<String> {
    let request = format!(
        "POST /sfn/app/auth/api/log_in HTTP/1.1\r\nhost: {address}\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{LOGIN}",
        LOGIN.len()
    );
    let head = load::head(address, request.as_bytes()).await?;
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, value)| name.eq_ignore_ascii_case("set-cookie") && value.contains("session="))
        .and_then(|(_, value)| value.trim().split(';').next().map(str::to_owned))
        .context("the demo's login gave no session")
}
