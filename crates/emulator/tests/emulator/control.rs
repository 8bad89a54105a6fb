//! The control interface.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn requests_are_listed_from_a_number_on() {
    let (emulator, _receiver) = business().await;
    let sent = template(MARIA, "spring_sale");
    let (_, answer) = send(&emulator, sent.clone()).await;
    send(&emulator, text(MARIA, "no window")).await;
    let (status, all) = graph(&emulator, "GET", "/_emulator/requests?after=0", Value::Null).await;
    assert_eq!(status, 200);
    let (first, second) = (&all["data"][0], &all["data"][1]);
    assert_eq!((&first["n"], &first["status"], &first["path"]), (&json!(1), &json!(200), &json!(SEND)));
    assert_eq!((&first["to"], &first["body"]), (&json!(MARIA), &sent));
    assert_eq!(first["wamid"], wamid(&answer));
    assert!(first["at_us"].as_i64().unwrap() <= second["at_us"].as_i64().unwrap());
    assert_eq!((&second["status"], &second["wamid"]), (&json!(400), &Value::Null));
    let (_, rest) = graph(&emulator, "GET", "/_emulator/requests?after=1", Value::Null).await;
    assert_eq!(rest["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_customer_acts_over_http_and_the_answer_tells_of_the_webhook() {
    let (emulator, receiver) = business().await;
    receiver.answer_first([503]);
    let action = json!({"from": "15550100123", "name": "Maria", "text": "STOP", "to": "100000000000001"});
    let (status, answer) = graph(&emulator, "POST", "/_emulator/inbound", action).await;
    assert_eq!((status, &answer["webhook_status"]), (200, &json!(503)));
    assert!(answer["wamid"].as_str().unwrap().starts_with("wamid."));
    assert!(answer["acked_at_us"].as_i64().unwrap() > 1_700_000_000_000_000);
    emulator.idle().await;
    assert_eq!(receiver.all().len(), 2);
}

#[tokio::test]
async fn unclear_actions_are_refused_with_words() {
    let (emulator, receiver) = business().await;
    for (action, words) in [
        (json!([]), "JSON object"),
        (json!({"text": "STOP"}), "from"),
        (json!({"from": MARIA}), "an action is needed"),
        (json!({"from": MARIA, "text": "a", "image": {}}), "one action at a time"),
        (json!({"from": MARIA, "txt": "STOP"}), "unknown action txt"),
        (json!({"from": "maria", "text": "STOP"}), "not a phone number"),
        (json!({"from": MARIA, "text": "STOP", "to": "1"}), "phone_number_id"),
        (json!({"from": MARIA, "text": "STOP", "user_id": "x"}), "user_id"),
        (json!({"from": MARIA, "text": "STOP", "timestamp": "soon"}), "Unix seconds"),
        (json!({"from": MARIA, "user_preferences": {"value": "maybe"}}), "stop or resume"),
    ] {
        let (status, answer) = graph(&emulator, "POST", "/_emulator/inbound", action.clone()).await;
        assert_eq!(status, 400, "{action}");
        assert!(answer["error"].as_str().unwrap().contains(words), "{action}: {answer}");
    }
    assert!(receiver.all().is_empty());
}

#[tokio::test]
async fn faults_are_set_read_and_cleared() {
    let (emulator, _receiver) = business().await;
    let path = "/_emulator/faults";
    assert_eq!(graph(&emulator, "POST", path, json!({"errors": [{"code": 131048}]})).await.0, 200);
    assert_eq!(graph(&emulator, "GET", path, Value::Null).await.1["errors"][0]["rate"], 1.0);
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (400, 131_048));
    assert_eq!(graph(&emulator, "POST", path, json!({"eror": 1})).await.0, 400);
    assert_eq!(graph(&emulator, "POST", path, json!({})).await.0, 200);
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
}

#[tokio::test]
async fn any_webhook_can_be_delivered() {
    let (emulator, receiver) = business().await;
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "200000000000001",
        "changes": [{"field": "account_update", "value": {"event": "ACCOUNT_VIOLATION"}}]}]});
    let (_, answer) = graph(&emulator, "POST", "/_emulator/webhook", body).await;
    assert_eq!(answer["webhook_status"], 200);
    assert_eq!(receiver.all()[0].value(), json!({"event": "ACCOUNT_VIOLATION"}));
}

#[tokio::test]
async fn a_paused_template_is_told_and_refused() {
    let (emulator, receiver) = business().await;
    let pause = json!({"name": "spring_sale", "language": "en", "status": "PAUSED"});
    assert_eq!(graph(&emulator, "POST", "/_emulator/templates", pause).await.0, 204);
    assert_eq!(receiver.all()[0].value()["event"], "PAUSED");
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (400, 132_015));
    let other = json!({"name": "winter_sale", "language": "en", "status": "PAUSED"});
    assert_eq!(graph(&emulator, "POST", "/_emulator/templates", other).await.0, 404);
}

#[tokio::test]
async fn conversations_and_customers_can_be_read() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    send(&emulator, template(MARIA, "spring_sale")).await;
    emulator.idle().await;
    let (_, conversation) =
        graph(&emulator, "GET", "/_emulator/conversation?with=%2B15550100123", Value::Null).await;
    assert_eq!((&conversation["phone"], &conversation["name"]), (&json!(MARIA), &json!("Maria")));
    let messages = conversation["messages"].as_array().unwrap();
    assert_eq!((&messages[0]["direction"], &messages[0]["status"]), (&json!("in"), &json!("delivered")));
    assert_eq!((&messages[1]["direction"], &messages[1]["status"]), (&json!("out"), &json!("read")));
    assert_eq!(messages[1]["buttons"][0]["text"], "Stop promotions");
    let (_, customers) = graph(&emulator, "GET", "/_emulator/customers", Value::Null).await;
    assert_eq!(customers["data"][0]["phone"], MARIA);
    assert_eq!(
        graph(&emulator, "GET", "/_emulator/conversation?with=%2B15550100999", Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn a_reset_starts_again() {
    let (emulator, _receiver) = business().await;
    send(&emulator, template(MARIA, "spring_sale")).await;
    emulator.set_faults(emulator::Faults { expired_token: true, ..Default::default() });
    assert_eq!(graph(&emulator, "DELETE", "/_emulator", Value::Null).await.0, 204);
    assert!(emulator.requests_after(0).is_empty());
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
    assert_eq!(emulator.requests_after(0)[0].n, 1);
}

#[tokio::test]
async fn pages_of_other_sites_cannot_act() {
    let (emulator, receiver) = business().await;
    let request = Request::builder()
        .method("POST")
        .uri("/_emulator/inbound")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(json!({"from": MARIA, "text": "hi"}).to_string()))
        .unwrap();
    assert_eq!(call(&emulator, request).await.status(), 403);
    assert!(receiver.all().is_empty());
}
