//! Clients that leave in the middle, and clients that never come to the point.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::kind::MessageKind;
use domain::template::{Template, TemplateStatus};
use serde_json::json;
use server::listen::{self, Limits};
use sqlx::Connection as _;
use support::{APP_SECRET, Shop, on_both_engines, sign};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

on_both_engines!(
    whoever_leaves_in_the_middle_leaves_nothing_half_done,
    whoever_says_nothing_is_shown_out_and_keeps_nobody_waiting,
);

/// Requests dropped; ten thousand by hand: `ABORTS=10000 cargo xtask test whoever_leaves`.
#[expect(clippy::disallowed_methods, reason = "asked of the tests, not of the server")]
fn aborts() -> u64 {
    std::env::var("ABORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(600)
}

/// Numbers that look random and are the same each time.
struct Dice(AtomicU64);

impl Dice {
    fn roll(&self, below: u64) -> u64 {
        // Knuth's multiplier for 64 bits.
        let next = |state: u64| {
            Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
        };
        let state = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap_or_default();
        (state >> 33) % below
    }
}

async fn listening(shop: &Shop, limits: Limits) -> (SocketAddr, CancellationToken) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stopping = CancellationToken::new();
    tokio::spawn(listen::serve(listener, shop.routes.clone(), limits, stopping.clone()));
    (address, stopping)
}

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The customer who stops in the request with this number.
fn customer(n: u64) -> String {
    format!("2782{:07}", 5_000_000 + n)
}

/// What is asked in the request with this number: a STOP, an order, a contact, a page.
fn asked(shop: &Shop, cookie: &str, n: u64) -> String {
    let key = &shop.write_key;
    match n % 4 {
        0 => {
            let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "200000000000001",
                "changes": [{"field": "messages", "value": {"messaging_product": "whatsapp",
                    "metadata": {"display_phone_number": "15550100001", "phone_number_id": support::PHONE_NUMBER_ID},
                    "contacts": [{"profile": {"name": "Ana"}, "wa_id": customer(n)}],
                    "messages": [{"from": customer(n), "id": format!("wamid.{n}"), "type": "text", "text": {"body": "STOP"},
                        "timestamp": shop.service.now().seconds().to_string()}]}}]}]})
            .to_string();
            let signature = sign(APP_SECRET, body.as_bytes());
            request(
                "POST",
                "/webhooks/whatsapp/shop",
                &format!("x-hub-signature-256: {signature}\r\n"),
                &body,
            )
        }
        1 => request("POST", "/api/v1/messages", &keyed(key, n), &order(n).to_string()),
        2 => {
            let body = json!({"phone": format!("+{}", customer(n)), "name": "Ben", "tags": ["vip", "b2b"]});
            request("POST", "/api/v1/contacts", &keyed(key, n), &body.to_string())
        }
        _ => request("GET", "/contacts", &format!("cookie: {cookie}\r\naccept: text/html\r\n"), ""),
    }
}

fn keyed(key: &str, n: u64) -> String {
    format!("authorization: Bearer {key}\r\nidempotency-key: abort-{n}\r\n")
}

fn order(n: u64) -> serde_json::Value {
    json!({"to": format!("+{}", customer(n)), "kind": "utility", "template": {"name": "order_confirmation", "language": "en"}})
}

async fn whoever_leaves_in_the_middle_leaves_nothing_half_done(shop: Shop) {
    let template = Template {
        name: "order_confirmation".to_owned(),
        language: "en".to_owned(),
        kind: MessageKind::Utility,
        status: TemplateStatus::Approved,
        body: "Thank you for your order.".to_owned(),
        footer: None,
        buttons: Vec::new(),
    };
    service::testing::put_template(&shop.service, shop.business, &template).await.unwrap();
    let cookie = shop.cookie().await;
    let (address, stopping) = listening(&shop, Limits::default()).await;
    let dice = std::sync::Arc::new(Dice(AtomicU64::new(7)));
    let tracker = TaskTracker::new();
    let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(48));
    let total = aborts();
    for n in 0..total {
        let turn = turns.clone().acquire_owned().await.unwrap();
        let (text, dice) = (asked(&shop, &cookie, n), dice.clone());
        tracker.spawn(async move {
            let Ok(mut stream) = TcpStream::connect(address).await else { return };
            // A third of them leaves before all of it is said, the others at some moment of the answer.
            let length = text.len() as u64;
            let said = if n.is_multiple_of(3) { dice.roll(length) } else { length };
            let said = usize::try_from(said).unwrap();
            let _ = stream.write_all(&text.as_bytes()[..said]).await;
            tokio::time::sleep(Duration::from_micros(dice.roll(25_000))).await;
            if dice.roll(2) == 0 {
                // Reset instead of closed.
                let _ = stream.set_zero_linger();
            }
            drop(stream);
            drop(turn);
        });
    }
    tracker.close();
    tracker.wait().await;

    // Everything that was asked in full is answered when it is asked again, and done once.
    for n in (0..total).filter(|n| n % 4 == 1).step_by(7) {
        let ask = || {
            let request = axum::http::Request::post("/api/v1/messages")
                .header("authorization", format!("Bearer {}", shop.write_key))
                .header("content-type", "application/json")
                .header("idempotency-key", format!("abort-{n}"))
                .body(axum::body::Body::from(order(n).to_string()))
                .unwrap();
            shop.send(request)
        };
        let mut answer = ask().await;
        // The one whose client left goes on to its end, and is waited for.
        for _ in 0..100 {
            if answer.status != 409 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            answer = ask().await;
        }
        assert_eq!(answer.status, 202, "{n}: {}", answer.text());
    }
    let begun = Instant::now();
    let answer = shop.customer_writes("27829999999", "wamid.LAST", "STOP").await;
    assert_eq!(answer.status, 200);
    assert!(begun.elapsed() < Duration::from_secs(10), "the next STOP is not kept waiting");

    let url = shop.world.database_url.clone();
    let on_postgres = url.starts_with("postgres");
    let count = async |sql: &'static str| -> i64 {
        if on_postgres {
            let mut database = sqlx::PgConnection::connect(&url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap()
        } else {
            let mut database = sqlx::SqliteConnection::connect(&url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut database).await.unwrap()
        }
    };
    if on_postgres {
        let open = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
        assert_eq!(count(open).await, 0, "no connection is left inside a transaction");
    } else {
        assert_eq!(
            count("select count(*) from pragma_integrity_check where integrity_check <> 'ok'").await,
            0
        );
    }
    let halves = [
        (
            "contacts without a name of theirs",
            "select count(*) from contact c where c.merged_into is null and not exists \
          (select 1 from contact_identity i where i.contact_id = c.id)",
        ),
        (
            "contacts with one of two labels",
            "select count(*) from contact c where c.name = 'Ben' and \
          (select count(*) from contact_tag t where t.contact_id = c.id) <> 2",
        ),
        (
            "people who stopped without an event",
            "select count(*) from contact c where c.state = 'opted_out' and not exists \
          (select 1 from consent_event e where e.contact_id = c.id and e.to_state = 'opted_out')",
        ),
        (
            "events without the message that caused them",
            "select count(*) from consent_event e where not exists \
          (select 1 from message_in m where m.contact_id = e.contact_id)",
        ),
        (
            "orders that were enqueued twice",
            "select count(*) from (select contact_id from message_out where kind = 'utility' \
          group by contact_id having count(*) > 1) as s",
        ),
        (
            "people counted in another state",
            "select coalesce(sum(abs(n)), 0) from (select coalesce(sum(k.n), 0) - (select count(*) \
          from contact c where c.business_id = k.business_id and c.state = k.state and c.merged_into is null and not c.erased) as n \
          from contact_count k group by k.business_id, k.state) as s",
        ),
    ];
    for (what, sql) in halves {
        let sql = format!("select cast(({sql}) as bigint)");
        assert_eq!(count(Box::leak(sql.into_boxed_str())).await, 0, "{what}");
    }
    assert!(
        count("select count(*) from contact").await > i64::try_from(total / 20).unwrap(),
        "enough requests arrived in full"
    );
    assert!(service::ledger::verify(&shop.service, shop.business).await.unwrap().broken.is_none());
    stopping.cancel();
}

async fn whoever_says_nothing_is_shown_out_and_keeps_nobody_waiting(shop: Shop) {
    let limits = Limits { head_within: Duration::from_millis(400), connections: 64 };
    let (address, stopping) = listening(&shop, limits).await;
    let mut silent = Vec::new();
    for n in 0..64 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localh").await.unwrap();
        }
        silent.push(stream);
    }
    // All places are taken; whoever comes now waits until the silent ones are shown out, and no longer.
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer))
        .await
        .expect("an answer")
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for mut stream in silent {
        let mut rest = Vec::new();
        let shown_out = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await;
        assert!(shown_out.is_ok(), "a silent connection is closed");
    }
    stopping.cancel();
}
