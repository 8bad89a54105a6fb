//! `/webhooks/whatsapp/{connection}`: every status, and deliveries as the world sends them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support::{APP_SECRET, Shop, VERIFY_TOKEN, fixtures, json_files, on_both_engines, send, sign, webhook};

on_both_engines!(
    meta_verifies_the_webhook,
    a_right_signature_is_answered_200_and_a_wrong_one_401,
    what_is_no_webhook_is_answered_400,
    an_unknown_connection_is_answered_404,
    a_body_above_the_limit_is_answered_413,
    a_stop_is_on_record_when_200_is_answered,
    the_same_delivery_ten_times_is_one_event,
    words_with_a_zero_in_them_are_stored_too,
    every_published_envelope_is_accepted,
    every_malformed_body_is_refused,
);

async fn meta_verifies_the_webhook(shop: Shop) {
    let path = |connection: &str, token: &str| {
        format!(
            "/webhooks/whatsapp/{connection}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444"
        )
    };
    let answer = shop.get(&path("shop", VERIFY_TOKEN)).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "1158201444"));
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");

    assert_eq!(shop.get(&path("shop", "guess")).await.status, 403);
    assert_eq!(shop.get(&path("nobody", VERIFY_TOKEN)).await.status, 404);
    assert_eq!(shop.get("/webhooks/whatsapp/shop").await.status, 400);
    let unsubscribe = format!(
        "/webhooks/whatsapp/shop?hub.mode=unsubscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1"
    );
    assert_eq!(shop.get(&unsubscribe).await.status, 403);
}

const EMPTY: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;

async fn a_right_signature_is_answered_200_and_a_wrong_one_401(shop: Shop) {
    let answer = shop.deliver(EMPTY).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "ok\n"));

    let right = sign(APP_SECRET, EMPTY.as_bytes());
    let digest = right.strip_prefix("sha256=").unwrap();
    let upper_case_elsewhere = sign("another secret", EMPTY.as_bytes());
    for wrong in [
        None,
        Some("sha1=abc"),
        Some("sha256="),
        Some("sha256=zz"),
        Some("sha256=00"),
        Some("sha256=+00"),
        Some(digest),
        Some(&right[..right.len() - 2]),
        Some(upper_case_elsewhere.as_str()),
    ] {
        let answer = shop.deliver_signed(EMPTY, wrong).await;
        assert_eq!(answer.status, 401, "{wrong:?}: {}", answer.text());
    }
    let changed = EMPTY.replace("[]", "[ ]");
    assert_eq!(shop.deliver_signed(changed, Some(&right)).await.status, 401);
}

async fn what_is_no_webhook_is_answered_400(shop: Shop) {
    for body in ["", "hello", "{", "[]", "\"text\"", "{}", "\u{feff}{}"] {
        let answer = shop.deliver(body).await;
        assert_eq!(answer.status, 400, "{body:?}: {}", answer.text());
    }
    assert_eq!(shop.deliver(vec![0xff, 0xfe, 0x00]).await.status, 400);
}

async fn an_unknown_connection_is_answered_404(shop: Shop) {
    let signature = sign(APP_SECRET, EMPTY.as_bytes());
    for connection in
        ["nobody", "cnx_00000000000000000000000000000000", "%00", "sh%00op", "%F0%9F%98%80", "..%2Fshop"]
    {
        let answer = shop.send(webhook(connection, EMPTY.into(), Some(&signature))).await;
        assert_eq!(answer.status, 404, "{connection}: {}", answer.text());
    }
}

async fn a_body_above_the_limit_is_answered_413(shop: Shop) {
    let largest = 4 * 1024 * 1024;
    let answer = shop.deliver(vec![b' '; largest + 1]).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    // At the limit it is read, and found to be no JSON.
    assert_eq!(shop.deliver(vec![b' '; largest]).await.status, 400);
    // A body that does not say its length is cut off at the limit too.
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
    let request = Request::post("/webhooks/whatsapp/shop").body(Body::from_stream(endless)).unwrap();
    assert_eq!(shop.send(request).await.status, 413);
}

async fn a_stop_is_on_record_when_200_is_answered(shop: Shop) {
    let answer = shop.customer_writes("15550100123", "wamid.stop", "STOP").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let contact = shop.api("GET", "/contacts?phone=%2B15550100123", None).await.json()["data"][0].clone();
    assert_eq!(contact["marketing"]["state"], "opted_out", "{contact}");
    assert_eq!(contact["marketing"]["source"], "keyword");
}

async fn the_same_delivery_ten_times_is_one_event(shop: Shop) {
    for _ in 0..10 {
        assert_eq!(shop.customer_writes("15550100123", "wamid.stop", "STOP").await.status, 200);
    }
    let id = shop.api("GET", "/contacts", None).await.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let consent = shop.api("GET", &format!("/contacts/{id}/consent"), None).await.json();
    assert_eq!(consent["events"].as_array().map(Vec::len), Some(1), "{consent}");
    assert_eq!(consent["events"][0]["evidence"]["words"], "STOP");
}

async fn words_with_a_zero_in_them_are_stored_too(shop: Shop) {
    // PostgreSQL stores no zero in a text. A delivery that can never be stored would be delivered for a week.
    let answer = shop.customer_writes("15550100123", "wamid.zero", "STOP\u{0}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(shop.api("GET", "/contacts", None).await.json()["data"].as_array().map(Vec::len), Some(1));
}

async fn every_published_envelope_is_accepted(shop: Shop) {
    let Some(folder) = fixtures() else { return };
    let mut count = 0;
    for path in json_files(&folder.join("webhooks")) {
        let answer = shop.deliver(std::fs::read(&path).unwrap()).await;
        assert_eq!(answer.status, 200, "{}: {}", path.display(), answer.text());
        count += 1;
    }
    assert!(count > 100, "only {count} envelopes");
}

async fn every_malformed_body_is_refused(shop: Shop) {
    let Some(folder) = fixtures() else { return };
    for path in json_files(&folder.join("malformed")) {
        let answer = shop.deliver(std::fs::read(&path).unwrap()).await;
        assert!(answer.status.is_client_error(), "{}: {}", path.display(), answer.status);
    }
    assert_eq!(shop.api("GET", "/contacts", None).await.json(), json!({"data": [], "next": null}));
}

/// The vectors bring their own secrets, and so do not need both engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn published_signatures_are_judged_right() {
    let Some(folder) = fixtures() else { return };
    let shop = Shop::on_sqlite().await;
    let vectors: Value =
        serde_json::from_slice(&std::fs::read(folder.join("hmac_vectors.json")).unwrap()).unwrap();
    for (number, vector) in vectors["positive"].as_array().unwrap().iter().enumerate() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let handle = format!("vector{number}");
        shop.connect(&handle, text("secret")).await;
        let body = match text("verified_here").contains("escaped") {
            true => escape_as_meta_does(text("body")),
            false => text("body").to_owned(),
        };
        let answer = send(&shop.routes, webhook(&handle, body.clone().into(), Some(text("header")))).await;
        // Not every vector signs a webhook: the signature is right when the answer is not 401.
        let expected = if body.starts_with('{') { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{}: {}", text("name"), answer.text());

        for negative in vectors["negative"].as_array().unwrap() {
            let answer =
                send(&shop.routes, webhook(&handle, body.clone().into(), negative["header"].as_str())).await;
            assert_eq!(answer.status, 401, "{}", negative["why"]);
        }
    }
}

/// Meta signs the body with everything beyond ASCII written as `\uXXXX`.
fn escape_as_meta_does(text: &str) -> String {
    let mut escaped = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("\\u{unit:04x}")),
        }
    }
    escaped
}
