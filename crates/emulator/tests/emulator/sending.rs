//! What is accepted and what is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::http::Request;
use emulator::{Clock, Config, Emulator, Inbound, TemplateStatus};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_template_needs_no_window_and_is_answered_like_meta_does() {
    let emulator = Emulator::new(Config::immediate());
    let (status, answer) = send(&emulator, template(MARIA, "order_confirmation")).await;
    assert_eq!(status, 200);
    assert_eq!(answer["messaging_product"], "whatsapp");
    assert_eq!(answer["contacts"], json!([{"input": "+15550100123", "wa_id": "15550100123"}]));
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    assert!(wamid(&answer).starts_with("wamid.HBgL"));
}

#[tokio::test]
async fn the_token_is_checked_first() {
    let emulator = Emulator::new(Config { access_token: Some("right".to_owned()), ..Config::immediate() });
    for (authorization, expected) in [
        (None, 401),
        (Some("Bearer "), 401),
        (Some("Bearer wrong"), 401),
        (Some("right"), 401),
        (Some("Bearer right"), 200),
    ] {
        let mut request =
            Request::builder().method("POST").uri(SEND).header("content-type", "application/json");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let body = template(MARIA, "spring_sale").to_string();
        let response = call(&emulator, request.body(Body::from(body)).unwrap()).await;
        assert_eq!(response.status(), expected, "{authorization:?}");
        if expected == 401 {
            let answer: Value = serde_json::from_str(&text_of(response).await).unwrap();
            assert_eq!(
                (&answer["error"]["code"], &answer["error"]["type"]),
                (&json!(190), &json!("OAuthException"))
            );
            assert!(answer["error"]["fbtrace_id"].as_str().unwrap().len() > 8);
        }
    }
}

#[tokio::test]
async fn only_this_number_and_real_versions_exist() {
    let emulator = Emulator::new(Config::immediate());
    let (status, answer) = graph(&emulator, "POST", "/v25.0/123123/messages", text(MARIA, "hi")).await;
    assert_eq!(status, 400);
    assert_eq!((&answer["error"]["code"], &answer["error"]["error_subcode"]), (&json!(100), &json!(33)));
    assert_eq!(answer["error"]["type"], "GraphMethodException");
    for version in ["v25", "25.0", "v25.x", "vv.0"] {
        let path = format!("/{version}/100000000000001/messages");
        let (status, answer) = graph(&emulator, "POST", &path, text(MARIA, "hi")).await;
        assert_eq!((status, &answer["error"]["code"]), (400, &json!(2500)), "{version}");
    }
    let (status, _) =
        graph(&emulator, "POST", "/v99.0/100000000000001/messages", template(MARIA, "spring_sale")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn malformed_messages_are_refused_with_the_code_of_their_fault() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut message = text(MARIA, "hi");
        change(&mut message);
        message
    };
    let kind = |kind: &str, content: Value| {
        with(&|m| {
            m["type"] = json!(kind);
            m[kind] = content.clone();
        })
    };
    let button = |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let buttons = |buttons: Value| {
        kind("interactive", json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}))
    };
    let rows = |count: usize| {
        let rows: Vec<Value> = (0..count).map(|n| json!({"id": n.to_string(), "title": "row"})).collect();
        kind(
            "interactive",
            json!({"type": "list", "body": {"text": "?"}, "action": {"button": "Choose", "sections": [{"rows": rows}]}}),
        )
    };
    let cases: Vec<(&str, Value, u64)> = vec![
        ("fine", text(MARIA, "hi"), 0),
        ("fine without a type", with(&|m| drop(m.as_object_mut().unwrap().remove("type"))), 0),
        ("fine with a number as a number", with(&|m| m["to"] = json!(15_550_100_123_u64)), 0),
        ("not an object", json!([1]), 100),
        ("no product", with(&|m| drop(m.as_object_mut().unwrap().remove("messaging_product"))), 100),
        ("another product", with(&|m| m["messaging_product"] = json!("sms")), 100),
        ("no recipient", with(&|m| drop(m.as_object_mut().unwrap().remove("to"))), 100),
        ("empty recipient", with(&|m| m["to"] = json!("")), 100),
        ("recipient too short", with(&|m| m["to"] = json!("+1234567")), 131_009),
        ("recipient too long", with(&|m| m["to"] = json!("+1234567890123456")), 131_009),
        ("recipient is a word", with(&|m| m["to"] = json!("maria")), 131_009),
        (
            "recipient is no user id",
            with(&|m| {
                m.as_object_mut().unwrap().remove("to");
                m["recipient"] = json!("maria");
            }),
            131_009,
        ),
        ("recipient is the sender", with(&|m| m["to"] = json!("+15550100001")), 131_021),
        ("group", with(&|m| m["recipient_type"] = json!("group")), 131_009),
        ("unknown type", with(&|m| m["type"] = json!("telegram")), 100),
        ("no text", with(&|m| drop(m.as_object_mut().unwrap().remove("text"))), 131_008),
        ("empty text", text(MARIA, ""), 100),
        ("longest text", text(MARIA, &"é".repeat(4096)), 0),
        ("text too long", text(MARIA, &"é".repeat(4097)), 100),
        ("longest callback data", with(&|m| m["biz_opaque_callback_data"] = json!("x".repeat(512))), 0),
        ("callback data too long", with(&|m| m["biz_opaque_callback_data"] = json!("x".repeat(513))), 100),
        ("callback data is a number", with(&|m| m["biz_opaque_callback_data"] = json!(1)), 100),
        ("context without id", with(&|m| m["context"] = json!({})), 131_009),
        ("buttons", buttons(json!([button("a", "A"), button("b", "B"), button("c", "C")])), 0),
        ("no buttons", buttons(json!([])), 131_009),
        (
            "four buttons",
            buttons(json!([button("a", "A"), button("b", "B"), button("c", "C"), button("d", "D")])),
            131_009,
        ),
        ("same id twice", buttons(json!([button("a", "A"), button("a", "B")])), 131_009),
        ("button title too long", buttons(json!([button("a", &"A".repeat(21))])), 131_009),
        ("button id too long", buttons(json!([button(&"a".repeat(257), "A")])), 131_009),
        ("list", rows(10), 0),
        ("empty list", rows(0), 131_009),
        ("list too long", rows(11), 131_009),
        ("unknown interactive", kind("interactive", json!({"type": "dance"})), 131_009),
        ("image by link", kind("image", json!({"link": "https://example.test/a.jpg", "caption": "x"})), 0),
        ("image by nothing", kind("image", json!({})), 131_008),
        ("image by both", kind("image", json!({"id": "1", "link": "https://example.test/a.jpg"})), 131_009),
        ("image by path", kind("image", json!({"link": "/etc/a.jpg"})), 131_009),
        ("location", kind("location", json!({"latitude": 1.5, "longitude": 2})), 0),
        ("nowhere", kind("location", json!({"latitude": 1.5})), 131_008),
        ("contact", kind("contacts", json!([{"name": {"formatted_name": "Jo"}}])), 0),
        ("no contact", kind("contacts", json!([])), 131_009),
        ("reaction", kind("reaction", json!({"message_id": "wamid.x", "emoji": "👍"})), 0),
        ("reaction to nothing", kind("reaction", json!({"emoji": "👍"})), 131_008),
    ];
    for (what, body, expected) in cases {
        let (status, got) = code(&emulator, body).await;
        assert_eq!((status, got), (if expected == 0 { 200 } else { 400 }, expected), "{what}");
    }
}

#[tokio::test]
async fn what_is_not_declared_json_or_is_not_json_is_refused_and_logged() {
    let emulator = Emulator::new(Config::immediate());
    for (content_type, body) in
        [("application/x-www-form-urlencoded", "to=1"), ("application/json", "{\"to\":")]
    {
        let request = Request::builder()
            .method("POST")
            .uri(SEND)
            .header("authorization", "Bearer token")
            .header("content-type", content_type)
            .body(Body::from(body))
            .unwrap();
        let response = call(&emulator, request).await;
        assert_eq!(response.status(), 400);
        assert!(text_of(response).await.contains("(#100)"));
        assert_eq!(emulator.requests_after(0).last().unwrap().body, json!(body));
    }
}

#[tokio::test]
async fn templates_must_exist_in_the_language_and_be_approved() {
    let emulator = Emulator::new(Config::immediate());
    let mut german = template(MARIA, "spring_sale");
    german["template"]["language"]["code"] = json!("de");
    assert_eq!(code(&emulator, german).await, (404, 132_001));
    assert_eq!(code(&emulator, template(MARIA, "winter_sale")).await, (404, 132_001));
    for (state, expected) in [
        (TemplateStatus::Pending, (404, 132_001)),
        (TemplateStatus::Rejected, (404, 132_001)),
        (TemplateStatus::Paused, (400, 132_015)),
        (TemplateStatus::Disabled, (400, 132_016)),
        (TemplateStatus::Approved, (200, 0)),
    ] {
        assert!(emulator.set_template_status("spring_sale", "en", state));
        assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, expected, "{state:?}");
    }
    let mut surplus = template(MARIA, "spring_sale");
    surplus["template"]["components"] =
        json!([{"type": "body", "parameters": [{"type": "text", "text": "x"}]}]);
    assert_eq!(code(&emulator, surplus).await, (400, 132_000));
}

#[tokio::test]
async fn the_marketing_path_takes_only_marketing_templates() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    for (body, expected) in [
        (template(MARIA, "spring_sale"), None),
        (template(MARIA, "order_confirmation"), Some(134_100)),
        (text(MARIA, "hi"), Some(134_100)),
    ] {
        let (_, answer) = graph(&emulator, "POST", SEND_MARKETING, body).await;
        assert_eq!(answer["error"]["code"].as_u64(), expected);
    }
    emulator.idle().await;
    assert_eq!(receiver.statuses()[0]["pricing"]["category"], "marketing_lite");
}

#[tokio::test]
async fn the_window_is_open_for_24_hours_from_the_timestamp_of_what_the_customer_wrote() {
    let now = Arc::new(AtomicI64::new(1_800_000_000));
    let hands = now.clone();
    let clock = Clock::from_fn(move || hands.load(Ordering::Relaxed) * 1_000_000);
    let emulator = Emulator::new(Config { clock, ..Config::immediate() });
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (400, 131_047));

    let yesterday = 1_800_000_000 - 24 * 3600;
    emulator.inbound(Inbound::text(MARIA, "late webhook").at(yesterday)).await.unwrap();
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (400, 131_047));
    emulator.inbound(Inbound::text(MARIA, "hello").at(yesterday + 1)).await.unwrap();
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (200, 0));
    now.fetch_add(1, Ordering::Relaxed);
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (400, 131_047));
    assert_eq!(code(&emulator, template(MARIA, "order_confirmation")).await, (200, 0));

    let reaction = Inbound::message(MARIA, "reaction", json!({"message_id": "wamid.x", "emoji": "👍"}));
    emulator.inbound(reaction).await.unwrap();
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (400, 131_047), "a reaction opens nothing");
    emulator.inbound(Inbound::message(MARIA, "image", json!({}))).await.unwrap();
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (200, 0));
    assert_eq!(
        code(&emulator, text("+15550100124", "hi")).await,
        (400, 131_047),
        "a window is one customer's"
    );
}

#[tokio::test]
async fn throughput_and_pair_limits_refuse_what_is_too_much() {
    let emulator = Emulator::new(Config { messages_per_second: 3, ..Config::immediate() });
    for n in 0..3 {
        assert_eq!(code(&emulator, template(&format!("+1555010020{n}"), "spring_sale")).await, (200, 0));
    }
    assert_eq!(code(&emulator, template("+15550100209", "spring_sale")).await, (400, 130_429));

    let emulator = Emulator::new(Config::immediate());
    for _ in 0..45 {
        assert_eq!(code(&emulator, template(MARIA, "order_confirmation")).await, (200, 0));
    }
    assert_eq!(code(&emulator, template(MARIA, "order_confirmation")).await, (400, 131_056));
    assert_eq!(code(&emulator, template("+15550100124", "order_confirmation")).await, (200, 0));
}

#[tokio::test]
async fn a_number_without_plus_gets_the_country_of_the_business() {
    let emulator =
        Emulator::new(Config { display_number: "+91 98765 43210".to_owned(), ..Config::immediate() });
    let (_, answer) = send(&emulator, template("(631) 555-1234", "spring_sale")).await;
    assert_eq!(answer["contacts"], json!([{"input": "(631) 555-1234", "wa_id": "916315551234"}]));
}

#[tokio::test]
async fn a_wa_id_of_brazil_may_differ_from_the_number_and_belongs_to_the_same_customer() {
    let emulator = Emulator::new(Config { regional_wa_ids: true, ..Config::immediate() });
    emulator.inbound(Inbound::text("551187654321", "oi")).await.unwrap();
    let (status, answer) = send(&emulator, text("+5511987654321", "olá")).await;
    assert_eq!(status, 200, "the window of the same person is open");
    assert_eq!(answer["contacts"], json!([{"input": "+5511987654321", "wa_id": "551187654321"}]));
}

#[tokio::test]
async fn user_ids_reach_the_people_who_have_them() {
    let (emulator, receiver) = business().await;
    let to = |id: &str| {
        let mut body = text(MARIA, "hi");
        body.as_object_mut().unwrap().remove("to");
        body["recipient"] = json!(id);
        body
    };
    assert_eq!(code(&emulator, to("US.13491208655302741918")).await, (400, 131_026));
    let inbound = Inbound::from_json(json!({"user_id": "US.13491208655302741918", "text": "hello"})).unwrap();
    emulator.inbound(inbound).await.unwrap();
    let (status, answer) = send(&emulator, to("US.13491208655302741918")).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer["contacts"],
        json!([{"input": "US.13491208655302741918", "user_id": "US.13491208655302741918"}])
    );
    emulator.idle().await;
    let status = &receiver.statuses()[0];
    assert_eq!(
        (status.get("recipient_id"), &status["recipient_user_id"]),
        (None, &json!("US.13491208655302741918"))
    );
}

#[tokio::test]
async fn read_receipts_need_a_message_of_the_customer() {
    let emulator = Emulator::new(Config::immediate());
    let wamid_in = emulator.inbound(Inbound::text(MARIA, "hello")).await.unwrap().wamid.unwrap();
    let (_, answer) = send(&emulator, text(MARIA, "hi")).await;
    let receipt = |id: &str| json!({"messaging_product": "whatsapp", "status": "read", "message_id": id});
    assert_eq!(send(&emulator, receipt(&wamid_in)).await, (200, json!({"success": true})));
    assert_eq!(code(&emulator, receipt(&wamid(&answer))).await, (400, 100));
    assert_eq!(code(&emulator, receipt("12345")).await, (400, 100));
    let ticks = emulator.conversation(MARIA).unwrap().messages;
    assert_eq!(ticks[0].status, emulator::Tick::Read);
}

#[tokio::test]
async fn templates_are_listed_in_pages_created_edited_and_deleted() {
    let (emulator, receiver) = business().await;
    let path = "/v25.0/200000000000001/message_templates";
    let new = json!({"name": "autumn_sale", "language": "en_US", "category": "MARKETING",
                     "components": [{"type": "BODY", "text": "Hi {{1}}"}]});
    let (status, created) = graph(&emulator, "POST", path, new.clone()).await;
    assert_eq!((status, &created["status"]), (200, &json!("PENDING")));
    emulator.idle().await;
    let approved = &receiver.all()[0];
    assert_eq!(approved.field(), "message_template_status_update");
    assert_eq!(approved.value()["event"], "APPROVED");
    assert_eq!(graph(&emulator, "POST", path, new).await.1["error"]["error_subcode"], 2_388_024);

    let (_, first) = graph(&emulator, "GET", &format!("{path}?limit=2"), Value::Null).await;
    assert_eq!(first["data"][0]["name"], "spring_sale");
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert!(first["paging"]["next"].is_string());
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, second) = graph(&emulator, "GET", &format!("{path}?limit=2&after={after}"), Value::Null).await;
    assert_eq!(
        (&second["data"][0]["name"], &second["data"][0]["status"]),
        (&json!("autumn_sale"), &json!("APPROVED"))
    );
    assert!(second["paging"].get("next").is_none());

    let id = created["id"].as_str().unwrap();
    let (status, _) = graph(&emulator, "POST", &format!("/v25.0/{id}"), json!({"category": "UTILITY"})).await;
    assert_eq!(status, 200);
    assert_eq!(graph(&emulator, "GET", &format!("/v25.0/{id}"), Value::Null).await.1["category"], "UTILITY");

    assert_eq!(graph(&emulator, "DELETE", &format!("{path}?name=autumn_sale"), Value::Null).await.0, 200);
    let (status, gone) = graph(&emulator, "DELETE", &format!("{path}?name=autumn_sale"), Value::Null).await;
    assert_eq!((status, &gone["error"]["error_subcode"]), (400, &json!(2_593_002)));
    assert_eq!(
        graph(&emulator, "GET", "/v25.0/9/message_templates", Value::Null).await.1["error"]["error_subcode"],
        33
    );
}

#[tokio::test]
async fn number_account_media_and_blocking_answer_as_documented() {
    let emulator = Emulator::new(Config::default());
    let (_, number) =
        graph(&emulator, "GET", "/v25.0/100000000000001?fields=throughput,quality_rating", Value::Null).await;
    assert_eq!(
        number,
        json!({"id": "100000000000001", "throughput": {"level": "STANDARD"}, "quality_rating": "GREEN"})
    );
    let (_, all) = graph(&emulator, "GET", "/v25.0/100000000000001", Value::Null).await;
    assert_eq!(all["display_phone_number"], "+1 555 010 0001");
    let (_, subscribed) =
        graph(&emulator, "POST", "/v25.0/200000000000001/subscribed_apps", Value::Null).await;
    assert_eq!(subscribed, json!({"success": true}));

    let (_, uploaded) = graph(&emulator, "POST", "/v25.0/100000000000001/media", json!("bytes")).await;
    let media = format!("/v25.0/{}", uploaded["id"].as_str().unwrap());
    assert_eq!(graph(&emulator, "GET", &media, Value::Null).await.1["file_size"], 7);
    let bytes = Request::get(format!("{media}/content")).header("authorization", "Bearer t");
    assert_eq!(text_of(call(&emulator, bytes.body(Body::empty()).unwrap()).await).await, "\"bytes\"");
    let stranger = Request::get(format!("{media}/content")).body(Body::empty()).unwrap();
    assert_eq!(call(&emulator, stranger).await.status(), 401);
    assert_eq!(graph(&emulator, "DELETE", &media, Value::Null).await.0, 200);
    assert_eq!(graph(&emulator, "GET", &media, Value::Null).await.1["error"]["error_subcode"], 33);

    let block = "/v25.0/100000000000001/block_users";
    let maria = json!({"messaging_product": "whatsapp", "block_users": [{"user": MARIA}]});
    let (status, answer) = graph(&emulator, "POST", block, maria.clone()).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!(139_100)));
    emulator.inbound(Inbound::text(MARIA, "hello")).await.unwrap();
    assert_eq!(graph(&emulator, "POST", block, maria.clone()).await.0, 200);
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (400, 130_403));
    assert_eq!(emulator.inbound(Inbound::text(MARIA, "?")).await, Err(emulator::InboundError::Blocked));
    assert_eq!(graph(&emulator, "GET", block, Value::Null).await.1["data"][0]["wa_id"], "15550100123");
    assert_eq!(graph(&emulator, "DELETE", block, maria).await.0, 200);
    assert_eq!(code(&emulator, text(MARIA, "hi")).await, (200, 0));
}
