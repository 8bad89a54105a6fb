//! A business: something that sends requests and receives webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use axum::routing::post;
use emulator::{Config, Emulator, Inbound};
use serde_json::{Value, json};
use tower::ServiceExt;

pub const SECRET: &str = "demo-app-secret";
pub const MARIA: &str = "+15550100123";
pub const SEND: &str = "/v25.0/100000000000001/messages";
pub const SEND_MARKETING: &str = "/v25.0/100000000000001/marketing_messages";

/// A webhook as it was received.
#[derive(Clone)]
pub struct Received {
    pub signature: String,
    pub bytes: Bytes,
}

impl Received {
    /// The `value` of the only change.
    pub fn value(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap();
        assert_eq!(body["object"], "whatsapp_business_account");
        assert_eq!(body["entry"][0]["id"], "200000000000001");
        body["entry"][0]["changes"][0]["value"].clone()
    }

    pub fn field(&self) -> String {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap();
        body["entry"][0]["changes"][0]["field"].as_str().unwrap().to_owned()
    }
}

/// Receives webhooks; answers 200, or first what it was told.
#[derive(Clone, Default)]
pub struct Receiver {
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

impl Receiver {
    pub fn answer_first(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub fn all(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The `statuses[0]` of all status webhooks.
    pub fn statuses(&self) -> Vec<Value> {
        self.all()
            .iter()
            .map(|webhook| webhook.value()["statuses"][0].clone())
            .filter(|s| !s.is_null())
            .collect()
    }

    pub fn status_names(&self) -> Vec<String> {
        self.statuses().iter().map(|status| status["status"].as_str().unwrap().to_owned()).collect()
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, bytes: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    receiver.received.lock().unwrap().push(Received { signature, bytes });
    let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(200);
    StatusCode::from_u16(answer).unwrap()
}

pub async fn receiver_for(emulator: &Emulator) -> Receiver {
    let receiver = Receiver::default();
    let app = Router::new().route("/webhook", post(receive)).with_state(receiver.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    emulator.set_webhook(format!("http://{}/webhook", listener.local_addr().unwrap()), SECRET);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    receiver
}

/// An emulator without waits, and who receives its webhooks.
pub async fn business() -> (Emulator, Receiver) {
    business_with(Config::immediate()).await
}

pub async fn business_with(config: Config) -> (Emulator, Receiver) {
    let emulator = Emulator::new(config);
    let receiver = receiver_for(&emulator).await;
    (emulator, receiver)
}

pub async fn call(emulator: &Emulator, request: Request<Body>) -> Response {
    emulator.router().oneshot(request).await.unwrap()
}

pub async fn text_of(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn json_of(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = text_of(response).await;
    (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) })
}

/// A request with a token; the body is JSON.
pub async fn graph(emulator: &Emulator, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer token")
        .header("content-type", "application/json")
        .body(Body::from(if body.is_null() { String::new() } else { body.to_string() }))
        .unwrap();
    json_of(call(emulator, request).await).await
}

pub async fn send(emulator: &Emulator, body: Value) -> (u16, Value) {
    graph(emulator, "POST", SEND, body).await
}

/// Sends and gives the error code; 0 when it was accepted.
pub async fn code(emulator: &Emulator, body: Value) -> (u16, u64) {
    let (status, answer) = send(emulator, body).await;
    (status, answer["error"]["code"].as_u64().unwrap_or(0))
}

pub fn text(to: &str, body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text", "text": {"body": body}})
}

pub fn template(to: &str, name: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "template",
           "template": {"name": name, "language": {"code": "en"}}})
}

/// Opens the window of a customer and forgets the webhook about it.
pub async fn hello_from(emulator: &Emulator, receiver: &Receiver, customer: &str) {
    emulator.inbound(Inbound::text(customer, "hello").named("Maria")).await.unwrap();
    receiver.received.lock().unwrap().clear();
}

pub fn wamid(answer: &Value) -> String {
    answer["messages"][0]["id"].as_str().unwrap().to_owned()
}
