//! The way in, against a route that checks the same signature and parses the same JSON but stores nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use domain::id::ConnectionId;
use service::connections::{NewConnection, Secret};
use service::{Clock, Config, INGEST_BATCH, SecretKey, Service};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::disk;
use crate::load::{self, Outcome, Request};
use crate::record::{Figure, Goal, keep};

const SECRET: &str = "bench-app-secret";

/// How to measure.
#[derive(clap::Args)]
pub struct Options {
    /// Connections that send at the same time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Webhooks in one run.
    #[arg(long, default_value_t = 60_000)]
    webhooks: usize,
    /// Runs of each side, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Different customers.
    #[arg(long, default_value_t = 20_000)]
    customers: usize,
    /// `postgres://…`; a SQLite file in a temporary directory otherwise.
    #[arg(long)]
    database_url: Option<String>,
}

/// Measures and prints.
pub fn run(options: &Options, arguments: &[String]) -> anyhow::Result<()> {
    let directory = tempfile::tempdir_in(".")?;
    let fsync = disk::fsync(directory.path())?;
    println!("disk: fdatasync of 4 KiB p50 {:.2?}, p99 {:.2?}", fsync.p50, fsync.p99);
    let serving = runtime("serve", 2)?;
    let loading = runtime("load", 2)?;
    let url = |name: &str| match &options.database_url {
        Some(url) => url.clone(),
        None => format!("sqlite://{}", directory.path().join(name).display()),
    };

    let bare = serving.block_on(serve(Router::new().route("/bare", post(bare))))?;
    let (grouped, path) = serving.block_on(product(url("grouped.sqlite"), INGEST_BATCH))?;
    let mut traffic = Traffic::new(options.customers);
    let (mut bares, mut ours) = (Vec::new(), Vec::new());
    for round in 1..=options.rounds {
        let requests = Arc::new(traffic.requests("/bare", options.webhooks));
        let measured = loading.block_on(load::run(bare, requests, options.connections))?;
        print("bare route", round, &measured);
        bares.push(measured.rate());
        let requests = Arc::new(traffic.requests(&path, options.webhooks));
        let measured = loading.block_on(load::run(grouped, requests, options.connections))?;
        print("webhooks, durable", round, &measured);
        ours.push(measured.rate());
    }
    let (single, path) = serving.block_on(product(url("single.sqlite"), 1))?;
    let requests = Arc::new(traffic.requests(&path, (options.webhooks / 20).max(500)));
    let alone = loading.block_on(load::run(single, requests, options.connections))?;
    print("one webhook a commit", 1, &alone);

    let ratios: Vec<f64> = ours.iter().zip(&bares).map(|(ours, bare)| ours / bare).collect();
    println!("ratio to the bare route: {:.3} (rounds: {})", median(&ratios), listed(&ratios));
    println!("ratio to one webhook a commit: {:.1}", median(&ours) / alone.rate());
    let figures = [
        Figure::asked(
            "durable webhooks: share of the bare route's rate (must 0.2)",
            median(&ratios),
            Goal::AtLeast(0.5),
        ),
        Figure::asked("times one webhook a commit", median(&ours) / alone.rate(), Goal::AtLeast(20.0)),
        Figure::shown("webhooks a second, durable", median(&ours)),
    ];
    keep("ingest", arguments, &fsync, &figures)
}

fn runtime(name: &str, threads: usize) -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name(name)
        .enable_all()
        .build()?)
}

async fn serve(router: Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// Checks and parses, nothing else.
async fn bare(headers: HeaderMap, body: Bytes) -> StatusCode {
    if !whatsapp::signature::verify(SECRET.as_bytes(), &body, signature(&headers)) {
        return StatusCode::UNAUTHORIZED;
    }
    match whatsapp::webhook::parse(&body) {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok())
}

/// The product's way in on a fresh database.
async fn product(database_url: String, ingest_batch: usize) -> anyhow::Result<(SocketAddr, String)> {
    let service = Service::open(Config {
        database_url,
        secret_key: SecretKey::generate(),
        public_url: "http://127.0.0.1".to_owned(),
        default_region: None,
        files: std::env::temp_dir().join("whatscloud-tests"),
        pool_size: 4,
        ingest_batch,
        clock: Clock::system(),
    })
    .await?;
    let business = service::business::create(&service, "Bench", None).await?;
    let connection = NewConnection {
        business,
        handle: None,
        phone_number_id: "100000000000001".to_owned(),
        waba_id: "200000000000001".to_owned(),
        display_number: "+1 555 010 0001".to_owned(),
        access_token: Secret::new("bench"),
        app_secret: Secret::new(SECRET),
        verify_token: Secret::new("bench"),
        graph_url: Some("http://127.0.0.1:9".to_owned()),
        messages_per_second: None,
    };
    let id: ConnectionId = service::connections::add(&service, connection).await?;
    let path = format!("/webhooks/{id}");
    let address =
        serve(Router::new().route("/webhooks/{connection}", post(receive)).with_state(service)).await?;
    Ok((address, path))
}

async fn receive(
    State(service): State<Service>,
    axum::extract::Path(connection): axum::extract::Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    match service::webhooks::receive(&service, &connection, &body, signature(&headers)).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Makes webhooks that were never sent before: of a hundred, 5 STOP, 2 START, 33 statuses, 60 texts.
struct Traffic {
    customers: usize,
    sent: usize,
    started: i64,
}

impl Traffic {
    fn new(customers: usize) -> Self {
        Self { customers: customers.max(1), sent: 0, started: Clock::system().now().seconds() }
    }

    fn requests(&mut self, path: &str, count: usize) -> Vec<Request> {
        (0..count)
            .map(|_| {
                let body = self.body();
                load::post(
                    path,
                    body.as_bytes(),
                    &whatsapp::signature::sign(SECRET.as_bytes(), body.as_bytes()),
                )
            })
            .collect()
    }

    fn body(&mut self) -> String {
        self.sent += 1;
        let number = self.sent;
        // A multiplier prime to the count spreads the customers without repeating them in order.
        let customer = number.wrapping_mul(7_919) % self.customers;
        let phone = format!("1555{customer:07}");
        let at = self.started;
        let value = match number % 100 {
            0..33 => format!(
                r#""statuses":[{{"id":"wamid.bench{number}","status":"delivered","timestamp":"{at}","recipient_id":"{phone}"}}]"#
            ),
            kind => {
                let words = match kind {
                    33..38 => "STOP",
                    38..40 => "START",
                    _ => "Hello, where is my order? I ordered it last week.",
                };
                format!(
                    r#""contacts":[{{"profile":{{"name":"Customer {customer}"}},"wa_id":"{phone}"}}],"messages":[{{"from":"{phone}","id":"wamid.bench{number}","timestamp":"{at}","type":"text","text":{{"body":"{words}"}}}}]"#
                )
            }
        };
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"200000000000001","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550100001","phone_number_id":"100000000000001"}},{value}}}}}]}}]}}"#
        )
    }
}

fn print(what: &str, round: usize, outcome: &Outcome) {
    println!(
        "round {round}: {what}: {:.0}/s ({} answered), p50 {:.2?}, p99 {:.2?}",
        outcome.rate(),
        outcome.answered,
        outcome.p50,
        outcome.p99
    );
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn listed(values: &[f64]) -> String {
    values.iter().map(|value| format!("{value:.3}")).collect::<Vec<_>>().join(", ")
}
