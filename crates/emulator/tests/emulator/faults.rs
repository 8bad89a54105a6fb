//! What goes wrong on demand.

use std::time::Duration;

use emulator::{Config, Emulator, Faults, Running, serve};
use serde_json::{Value, json};

use crate::support::*;

fn set(emulator: &Emulator, faults: Value) {
    emulator.set_faults(serde_json::from_value::<Faults>(faults).unwrap());
}

/// Over a real connection, because only there it can break.
async fn served(emulator: &Emulator) -> (Running, reqwest::RequestBuilder) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = serve(listener, emulator.clone()).await.unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    let request = client
        .post(format!("{}{SEND}", running.base_url()))
        .bearer_auth("token")
        .json(&template(MARIA, "order_confirmation"));
    (running, request)
}

#[tokio::test]
async fn a_dropped_answer_closes_the_connection_after_the_message_was_processed() {
    let (emulator, receiver) = business().await;
    set(&emulator, json!({"accept_then_drop": true}));
    let (running, request) = served(&emulator).await;
    let error = request.send().await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout() && !error.is_connect(), "{error:?}");
    let logged = &emulator.requests_after(0)[0];
    assert_eq!(logged.status, 0);
    assert!(logged.wamid.is_some());
    emulator.idle().await;
    assert_eq!(receiver.status_names(), ["sent", "delivered", "read"]);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_reset_closes_the_connection_and_processes_nothing() {
    let (emulator, receiver) = business().await;
    set(&emulator, json!({"reset": true}));
    let (running, request) = served(&emulator).await;
    request.send().await.unwrap_err();
    let logged = &emulator.requests_after(0)[0];
    assert_eq!((logged.status, &logged.wamid), (0, &None));
    emulator.idle().await;
    assert!(receiver.all().is_empty() && emulator.customers().is_empty());
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn latency_comes_after_the_processing() {
    let emulator = Emulator::new(Config::immediate());
    set(&emulator, json!({"latency_ms": 60_000}));
    let (_running, request) = served(&emulator).await;
    let error = request.timeout(Duration::from_millis(200)).send().await.unwrap_err();
    assert!(error.is_timeout());
    assert!(emulator.requests_after(0)[0].wamid.is_some());
}

#[tokio::test]
async fn error_codes_come_at_their_rate_and_process_nothing() {
    let emulator = Emulator::new(Config::immediate());
    set(&emulator, json!({"seed": 3, "errors": [{"code": 130429, "rate": 0.25}]}));
    let mut refused = 0;
    for n in 0..400 {
        match code(&emulator, template(&format!("+1555020{n:04}"), "spring_sale")).await {
            (200, 0) => {}
            (400, 130_429) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!((70..130).contains(&refused), "{refused} of 400 at a rate of 0.25");
    let logged = emulator.requests_after(0);
    assert_eq!(logged.iter().filter(|request| request.wamid.is_some()).count(), 400 - refused);
}

#[tokio::test]
async fn http_faults_happen_with_and_without_processing() {
    let emulator = Emulator::new(Config::immediate());
    set(&emulator, json!({"http": [{"status": 503}]}));
    assert_eq!(send(&emulator, template(MARIA, "spring_sale")).await.0, 503);
    set(&emulator, json!({"http": [{"status": 500, "processed": true}]}));
    assert_eq!(send(&emulator, template(MARIA, "spring_sale")).await.0, 500);
    let wamids: Vec<bool> =
        emulator.requests_after(0).iter().map(|request| request.wamid.is_some()).collect();
    assert_eq!(wamids, [false, true]);
}

#[tokio::test]
async fn an_answer_may_be_no_json() {
    let emulator = Emulator::new(Config::immediate());
    set(&emulator, json!({"bad_json": true}));
    let (running, request) = served(&emulator).await;
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(serde_json::from_str::<Value>(&response.text().await.unwrap()).is_err());
    assert!(emulator.requests_after(0)[0].wamid.is_some());
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn statuses_can_be_doubled_reversed_lost_and_turned_into_failures() {
    for (faults, expected) in [
        (json!({"duplicate_statuses": 1}), vec!["sent", "sent", "delivered", "delivered", "read", "read"]),
        (json!({"reorder_statuses": true}), vec!["read", "delivered", "sent"]),
        (json!({"lost_statuses": true}), vec![]),
        (json!({"failed_statuses": [{"code": 131049}]}), vec!["failed"]),
    ] {
        let (emulator, receiver) = business().await;
        set(&emulator, faults.clone());
        assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
        emulator.idle().await;
        assert_eq!(receiver.status_names(), expected, "{faults}");
    }
}

#[tokio::test]
async fn unknown_numbers_are_refused_or_fail_by_status() {
    let (emulator, receiver) = business().await;
    set(&emulator, json!({"unknown_numbers": ["+1 555 010 0123"]}));
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (400, 131_026));
    assert_eq!(code(&emulator, template("+15550100124", "spring_sale")).await, (200, 0));
    emulator.reset();
    set(&emulator, json!({"unknown_numbers": [MARIA], "unknown_numbers_by_status": true}));
    let before = receiver.statuses().len();
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
    emulator.idle().await;
    assert_eq!(receiver.statuses()[before..].last().unwrap()["errors"][0]["code"], 131_026);
}

#[tokio::test]
async fn a_token_expires_on_demand() {
    let emulator = Emulator::new(Config::immediate());
    set(&emulator, json!({"expired_token": true}));
    let (status, answer) = send(&emulator, template(MARIA, "spring_sale")).await;
    assert_eq!((status, &answer["error"]["code"]), (401, &json!(190)));
    assert_eq!(answer["error"]["error_subcode"], 463);
}
