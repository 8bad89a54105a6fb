//! The client against a server on this machine that gives canned answers, good and bad.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; clippy exempts only functions marked as tests"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::consent;
use domain::id::{ContactId, uuid_v7};
use domain::kind::{Form, MessageKind};
use domain::outbound::{Content, Recipient};
use domain::permit::{Gate, Intent, Policy, SendPermit, Verdict, decide};
use domain::phone::Phone;
use domain::template::TemplateStatus;
use domain::time::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use whatsapp::client::{
    Class, Client, GraphError, MediaError, NOT_CONNECTED, NOT_REQUESTED, Outcome, Outgoing, Refusal, Secret,
    Sender,
};

const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);
/// Long enough for a busy machine to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

fn permit() -> SendPermit {
    let gate = Gate {
        contact: ContactId::from_uuid(uuid_v7(NOW, [7; 10])),
        consent_version: 1,
        state: consent::State::OptedIn,
        native_stop: false,
        blocked: false,
        erased: false,
        invalid: false,
        expires_at: None,
        last_inbound_at: Some(NOW),
        country: None,
        marketing_lately: 0,
    };
    let intent = Intent { kind: MessageKind::Service, form: Form::FreeForm, expires_at: None };
    match decide(&gate, &intent, &Policy::default(), NOW) {
        Verdict::Send(permit) => permit,
        refused => panic!("{refused:?}"),
    }
}

fn message() -> Outgoing {
    Outgoing {
        recipient: Recipient::Phone(Phone::from_e164("15550100101").unwrap()),
        content: Content::Text { body: "Hello".to_owned() },
        callback_data: "out_1.1".to_owned(),
        context_wamid: None,
    }
}

/// The sender whose id chooses the server's answer.
fn sender(graph_url: &str, answer: &str) -> Sender {
    Sender {
        graph_url: graph_url.to_owned(),
        version: "v25.0".to_owned(),
        phone_number_id: answer.to_owned(),
        access_token: Secret::new("token-of-a-test".to_owned()),
    }
}

/// What the server saw: headers and body of the last send.
type Seen = Arc<Mutex<Option<(HeaderMap, Bytes)>>>;

async fn answer(
    State(seen): State<Seen>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    *seen.lock().unwrap() = Some((headers, body));
    match id.as_str() {
        "accept" => {
            r#"{"contacts":[{"input":"+15550100101","wa_id":"15550100101"}],"messages":[{"id":"wamid.A"}]}"#
                .into_response()
        }
        "window" => (StatusCode::BAD_REQUEST, r#"{"error":{"code":131047}}"#).into_response(),
        "trouble" => (StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":{"code":131000}}"#).into_response(),
        "bad-json" => "{\"messages\":[{\"id\":".into_response(),
        "long" => "x".repeat(1_000_000).into_response(),
        "redirect" => Redirect::temporary("/v25.0/accept/messages").into_response(),
        "slow" => std::future::pending().await,
        other => panic!("{other}"),
    }
}

const PAGES: [&str; 2] = [
    r#"{"data":[
        {"name":"spring_sale","language":"en_US","category":"MARKETING","status":"APPROVED","components":[
            {"type":"BODY","text":"Hi {{first_name}}"},{"type":"FOOTER","text":"Tap Stop"},
            {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stop promotions"},{"type":"URL"}]}]},
        {"language":"en_US"}],
      "paging":{"cursors":{"before":"A","after":"B&B"},"next":"http://127.0.0.1:1/steal?access_token=x"}}"#,
    r#"{"data":[{"name":"order_update","language":"pt_BR","category":"UTILITY","status":"PAUSED"}],
      "paging":{"cursors":{"before":"B","after":"C"}}}"#,
];

async fn templates(Path(waba): Path<String>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    assert!(query.contains("limit=100"), "{query}");
    match (waba.as_str(), query.contains("after=B%26B")) {
        ("waba", false) => PAGES[0].into_response(),
        ("waba", true) => PAGES[1].into_response(),
        ("endless", _) => PAGES[0].into_response(),
        ("expired", _) => (StatusCode::UNAUTHORIZED, r#"{"error":{"code":190}}"#).into_response(),
        _ => "[]".into_response(),
    }
}

/// A file's description: `file`, one whose digest is of another, one whose address leads elsewhere; anything else is gone.
async fn described(Path(id): Path<String>, headers: HeaderMap) -> Response {
    let host = headers["host"].to_str().unwrap();
    let (address, sha256) = match id.as_str() {
        "file" => (format!("http://{host}/content/a"), SHA256_OF_ABC),
        "swapped" => (format!("http://{host}/content/b"), SHA256_OF_ABC),
        "elsewhere" => ("http://127.0.0.1:1/steal".to_owned(), SHA256_OF_ABC),
        "forgotten" => (format!("http://{host}/content/none"), SHA256_OF_ABC),
        _ => {
            return (StatusCode::BAD_REQUEST, r#"{"error":{"code":100,"error_subcode":33}}"#).into_response();
        }
    };
    format!(r#"{{"url":"{address}","mime_type":"image/jpeg","sha256":"{sha256}","file_size":3,"id":"{id}"}}"#)
        .into_response()
}

const SHA256_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async fn content(Path(name): Path<String>, headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer token-of-a-test");
    match name.as_str() {
        "a" => "abc".into_response(),
        "b" => "abd".into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A server with every canned answer; lives as long as the test.
async fn server() -> (String, Seen) {
    let seen = Seen::default();
    let number = r#"{"display_phone_number":"+1 555-010-0999","quality_rating":"GREEN","id":"55501"}"#;
    let router = Router::new()
        .route("/v25.0/{id}/messages", post(answer))
        .route("/v25.0/{id}/message_templates", get(templates))
        .route("/v25.0/55501", get(move || async move { number }))
        .route("/v25.0/{id}", get(described))
        .route("/content/{name}", get(content))
        .with_state(Arc::clone(&seen));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, seen)
}

/// A server that reads a request and then breaks the connection, after `answer` if there is one.
async fn breaking_server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            assert!(read > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    url
}

async fn send(url: &str, answer: &str) -> Outcome {
    let client = Client::with_timeout(TIMEOUT).unwrap();
    client.send(&sender(url, answer), permit(), &message()).await
}

#[tokio::test]
async fn an_accepted_message_has_an_id_and_the_request_is_as_documented() {
    let (url, seen) = server().await;
    let outcome = send(&url, "accept").await;
    let expected = Outcome::Accepted {
        wamid: "wamid.A".to_owned(),
        wa_id: Some("15550100101".to_owned()),
        user_id: None,
        held: false,
    };
    assert_eq!(outcome, expected);
    let (headers, body) = seen.lock().unwrap().take().unwrap();
    assert_eq!(headers["authorization"], "Bearer token-of-a-test");
    assert_eq!(headers["content-type"], "application/json");
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["to"], "+15550100101");
    assert_eq!(body["biz_opaque_callback_data"], "out_1.1");
}

#[tokio::test]
async fn a_refusal_carries_its_code_and_class() {
    let (url, _) = server().await;
    let refusal = Refusal { code: 131_047, class: Class::WindowClosed, http_status: 400 };
    assert_eq!(send(&url, "window").await, Outcome::Refused(refusal));
}

#[tokio::test]
async fn what_leaves_it_open_is_unknown() {
    let (url, _) = server().await;
    for (answer, why) in [
        ("trouble", "error_of_theirs"),
        ("bad-json", "unreadable_answer"),
        ("long", "answer_too_long"),
        ("redirect", "no_error_code"),
    ] {
        assert_eq!(send(&url, answer).await, Outcome::Unknown { why }, "{answer}");
    }
    let impatient = Client::with_timeout(Duration::from_millis(300)).unwrap();
    let outcome = impatient.send(&sender(&url, "slow"), permit(), &message()).await;
    assert_eq!(outcome, Outcome::Unknown { why: "timeout" });
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unknown() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":"] {
        let url = breaking_server(answer).await;
        assert_eq!(send(&url, "1").await, Outcome::Unknown { why: "connection_lost" }, "{answer}");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let refusal = Refusal { code: NOT_CONNECTED, class: Class::Retry, http_status: 0 };
    assert_eq!(send(&format!("http://{address}"), "1").await, Outcome::Refused(refusal));
    // A server that does not speak TLS: the handshake fails before the body.
    let plain = breaking_server("no TLS here").await.replace("http:", "https:");
    assert_eq!(send(&plain, "1").await, Outcome::Refused(refusal));
}

#[tokio::test]
async fn settings_that_make_no_request_pause_the_sender() {
    let client = Client::with_timeout(TIMEOUT).unwrap();
    let refusal = Refusal { code: NOT_REQUESTED, class: Class::PauseSender, http_status: 0 };
    let broken_token =
        Sender { access_token: Secret::new("a\nb".to_owned()), ..sender("http://127.0.0.1:1", "1") };
    for sender in [sender("nowhere", "1"), broken_token] {
        assert_eq!(client.send(&sender, permit(), &message()).await, Outcome::Refused(refusal));
    }
}

#[tokio::test]
async fn templates_are_read_page_by_page_and_foreign_links_are_not_followed() {
    let (url, _) = server().await;
    let client = Client::with_timeout(TIMEOUT).unwrap();
    let templates = client.templates(&sender(&url, "1"), "waba").await.unwrap();
    assert_eq!(templates.len(), 2, "the one without a name is left out");
    assert_eq!(templates[0].name, "spring_sale");
    assert_eq!(templates[0].body, "Hi {{first_name}}");
    assert_eq!(templates[0].footer.as_deref(), Some("Tap Stop"));
    assert_eq!(templates[0].buttons, ["Stop promotions", ""]);
    assert_eq!((templates[1].kind, templates[1].status), (MessageKind::Utility, TemplateStatus::Paused));

    let failure = |waba: &'static str| {
        let (client, sender) = (client.clone(), sender(&url, "1"));
        async move { client.templates(&sender, waba).await.unwrap_err() }
    };
    assert_eq!(failure("expired").await, GraphError::Refused { code: 190, http_status: 401 });
    assert_eq!(failure("other").await, GraphError::Unreadable { http_status: 200 });
    assert_eq!(failure("endless").await, GraphError::Unreadable { http_status: 200 });
    assert_eq!(failure("").await, GraphError::Misconfigured);
}

#[tokio::test]
async fn the_number_says_that_address_and_token_fit() {
    let (url, _) = server().await;
    let client = Client::with_timeout(TIMEOUT).unwrap();
    let number = client.phone_number(&sender(&url, "55501")).await.unwrap();
    assert_eq!((number.display.as_str(), number.quality.as_deref()), ("+1 555-010-0999", Some("GREEN")));
    assert_eq!(
        client.phone_number(&sender("http://127.0.0.1:1", "55501")).await,
        Err(GraphError::Unreachable)
    );
}

#[tokio::test]
async fn a_file_is_fetched_from_where_whatsapp_keeps_it_and_compared_with_its_digest() {
    let (url, _) = server().await;
    let client = Client::with_timeout(TIMEOUT).unwrap();
    let sender = sender(&url, "55501");
    let mut file = client.open_media(&sender, "file").await.unwrap();
    assert_eq!((file.mime_type.as_str(), file.length), ("image/jpeg", Some(3)));
    assert_eq!(file.chunk().await.unwrap().as_deref(), Some(b"abc".as_slice()));
    assert_eq!(file.chunk().await, Ok(None));

    let mut swapped = client.open_media(&sender, "swapped").await.unwrap();
    assert!(swapped.chunk().await.unwrap().is_some());
    assert_eq!(swapped.chunk().await, Err(MediaError::Damaged));

    for (id, expected) in [
        ("gone", MediaError::Gone),
        ("forgotten", MediaError::Gone),
        ("elsewhere", MediaError::Graph(GraphError::Unreadable { http_status: 200 })),
        ("..", MediaError::Graph(GraphError::Misconfigured)),
    ] {
        assert_eq!(client.open_media(&sender, id).await.unwrap_err(), expected, "{id}");
    }
}
