//! `/api/v1`: every path, every status, every refusal.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use service::auth;
use support::{Shop, api_request, on_both_engines};

on_both_engines!(
    every_path_refuses_a_stranger,
    a_read_key_reads_and_writes_nothing,
    a_revoked_key_is_a_stranger,
    another_business_sees_nothing,
    contacts_are_made_found_and_changed,
    a_plus_sign_may_arrive_as_a_space,
    pages_of_contacts_follow_each_other,
    wrong_fields_are_all_named,
    what_is_not_json_is_refused,
    wrong_parameters_are_named,
    consent_is_recorded_with_its_evidence,
    opting_in_without_a_source_is_refused,
    marketing_to_somebody_who_opted_out_is_refused,
    an_answer_needs_the_open_window,
    wrong_messages_are_refused_with_the_field_named,
    a_repeated_post_is_done_once,
    missing_paths_and_methods_are_problems,
);

const UNKNOWN: &str = "con_0199c2d47a5b7c3e8f1a2b3c4d5e6f70";

async fn every_path_refuses_a_stranger(shop: Shop) {
    let cookie = shop.cookie().await;
    for (method, path) in server::api::keyed_paths() {
        let path = path.replace("{id}", UNKNOWN);
        for authorization in
            [None, Some("Bearer wrong"), Some("Bearer "), Some("Basic dXNlcjpwYXNz"), Some("wrong")]
        {
            let mut request = Request::builder().method(method.clone()).uri(&path);
            if let Some(value) = authorization {
                request = request.header(header::AUTHORIZATION, value);
            }
            let answer = shop.send(request.body(Body::from("{}")).unwrap()).await;
            answer.problem(401, "unauthorized");
            assert!(answer.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), "{method} {path}");
        }
        // Somebody signed in on the pages is not let in here either: cookies are sent by other sites too.
        let request = Request::builder().method(method).uri(&path).header(header::COOKIE, &cookie);
        shop.send(request.body(Body::from("{}")).unwrap()).await.problem(401, "unauthorized");
    }
}

async fn a_read_key_reads_and_writes_nothing(shop: Shop) {
    let contact = shop.contact("+15550100123").await;
    for (method, path) in server::api::keyed_paths() {
        let path = path.replace("/api/v1", "").replace("{id}", &contact);
        let answer = shop.api_as(&shop.read_key, method.as_str(), &path, Some(json!({}))).await;
        if method.is_safe() {
            assert!(
                answer.status == 200 || path.starts_with("/messages/") || path.starts_with("/campaigns/"),
                "{path}: {}",
                answer.text()
            );
        } else {
            answer.problem(403, "forbidden");
        }
    }
}

async fn a_revoked_key_is_a_stranger(shop: Shop) {
    let owner = auth::signed_in(&shop.service, shop.cookie().await.trim_start_matches("session="))
        .await
        .unwrap()
        .unwrap();
    for key in auth::api_keys(&shop.service, &owner.caller).await.unwrap() {
        auth::revoke_api_key(&shop.service, &owner.caller, key.id).await.unwrap();
    }
    shop.api("GET", "/contacts", None).await.problem(401, "unauthorized");
    // The keys of the other business are as they were.
    assert_eq!(shop.api_as(&shop.other_key, "GET", "/contacts", None).await.status, 200);
}

async fn another_business_sees_nothing(shop: Shop) {
    let contact = shop.contact("+15550100123").await;
    shop.customer_writes("15550100123", "wamid.1", "hello").await;
    let message = json!({"contact_id": contact, "kind": "service", "text": {"body": "hi"}});
    let message =
        shop.api("POST", "/messages", Some(message)).await.json()["id"].as_str().unwrap().to_owned();

    let other = |method: &'static str, path: String, body: Option<Value>| {
        let shop = &shop;
        async move { shop.api_as(&shop.other_key, method, &path, body).await }
    };
    for (method, path, body) in [
        ("GET", format!("/contacts/{contact}"), None),
        ("PATCH", format!("/contacts/{contact}"), Some(json!({"blocked": true}))),
        ("GET", format!("/contacts/{contact}/consent"), None),
        ("PUT", format!("/contacts/{contact}/consent"), Some(json!({"choice": "opted_out"}))),
        ("GET", format!("/messages/{message}"), None),
    ] {
        other(method, path, body).await.problem(404, "not-found");
    }
    let send = json!({"contact_id": contact, "kind": "service", "text": {"body": "hi"}});
    assert!(other("POST", "/messages".into(), Some(send)).await.status.is_client_error());
    for path in ["/contacts", "/messages", "/templates", "/contacts?phone=%2B15550100123"] {
        assert_eq!(other("GET", path.into(), None).await.json(), json!({"data": [], "next": null}), "{path}");
    }
    assert_eq!(other("GET", format!("/messages?contact_id={contact}"), None).await.json()["data"], json!([]));
    // The same number is another contact there.
    let theirs = other("POST", "/contacts".into(), Some(json!({"phone": "+15550100123"}))).await;
    assert_eq!(theirs.status, 201);
    assert_ne!(theirs.json()["id"], contact);
    assert_eq!(shop.api("GET", &format!("/contacts/{contact}"), None).await.json()["blocked"], false);
}

async fn contacts_are_made_found_and_changed(shop: Shop) {
    let body = json!({"phone": "+33 6 39 98 01 23", "name": "Ana Example", "tags": ["vip", "newsletter"]});
    let made = shop.api("POST", "/contacts", Some(body)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(made.header(header::CONTENT_TYPE), "application/json");
    let contact = made.json();
    let id = contact["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header(header::LOCATION), format!("/api/v1/contacts/{id}"));
    let fields: BTreeSet<&str> = contact.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "id",
        "phone",
        "user_id",
        "name",
        "marketing",
        "native_stop",
        "blocked",
        "tags",
        "language",
        "attributes",
        "country",
        "last_inbound_at",
    ];
    assert_eq!(fields, expected.into());
    assert_eq!(contact["phone"], "+33639980123");
    assert_eq!(contact["name"], "Ana Example");
    assert_eq!(
        contact["marketing"],
        json!({"state": "unknown", "since": null, "source": null, "version": 0})
    );
    assert_eq!((&contact["native_stop"], &contact["blocked"]), (&json!(false), &json!(false)));
    assert_eq!(contact["country"], "FR");
    assert_eq!(contact["last_inbound_at"], Value::Null);

    assert_eq!(shop.api("GET", &format!("/contacts/{id}"), None).await.json(), contact);

    let again =
        shop.api("POST", "/contacts", Some(json!({"phone": "+33639980123", "name": "Ana Changed"}))).await;
    assert_eq!((again.status.as_u16(), again.json()["id"].as_str()), (200, Some(id.as_str())));
    assert_eq!(again.json()["name"], "Ana Changed");
    assert_eq!(again.json()["tags"].as_array().map(Vec::len), Some(2), "what is left out stays");

    let path = format!("/contacts/{id}");
    let blocked =
        shop.api("PATCH", &path, Some(json!({"blocked": true, "name": null, "tags": ["vip"]}))).await.json();
    assert_eq!(blocked["blocked"], true);
    assert_eq!(blocked["name"], Value::Null);
    assert_eq!(blocked["tags"], json!(["vip"]));
    assert_eq!(blocked["marketing"]["state"], "unknown", "blocked is not opted out");
    assert_eq!(shop.api("PATCH", &path, Some(json!({}))).await.json(), blocked);

    let kept = json!({"language": "pt-BR", "attributes": {"size": "M"}});
    let kept = shop.api("PATCH", &path, Some(kept)).await.json();
    assert_eq!((&kept["language"], &kept["attributes"]), (&json!("pt-br"), &json!({"size": "M"})));
    shop.api("PATCH", &path, Some(json!({"language": "Portuguese (Brazil)"})))
        .await
        .refuses(&[("language", "malformed")]);
    shop.api("PATCH", &path, Some(json!({"attributes": {"size": 7}})))
        .await
        .refuses(&[("attributes.size", "not_a_string")]);

    for (query, found) in [
        ("q=3998", 1),
        ("language=pt-BR", 1),
        ("language=fr", 0),
        ("tag=vip", 1),
        ("tag=newsletter", 0),
        ("state=unknown", 1),
        ("state=opted_out", 0),
    ] {
        let page = shop.api("GET", &format!("/contacts?{query}"), None).await.json();
        assert_eq!(page["data"].as_array().map(Vec::len), Some(found), "{query}: {page}");
    }
    for id in [UNKNOWN, "nonsense", "msg_0199c2d47a5b7c3e8f1a2b3c4d5e6f70"] {
        shop.api("GET", &format!("/contacts/{id}"), None).await.problem(404, "not-found");
    }
}

async fn a_plus_sign_may_arrive_as_a_space(shop: Shop) {
    let id = shop.contact("+15550100123").await;
    for written in ["%2B15550100123", "+15550100123", "15550100123", "%2B1%20555%20010%200123"] {
        let page = shop.api("GET", &format!("/contacts?phone={written}"), None).await.json();
        assert_eq!(page["data"][0]["id"], id, "{written}: {page}");
    }
    let page = shop.api("GET", "/contacts?phone=%2B15550100199", None).await.json();
    assert_eq!(page, json!({"data": [], "next": null}));
}

async fn pages_of_contacts_follow_each_other(shop: Shop) {
    for number in 10..15 {
        shop.contact(&format!("+155501001{number}")).await;
        shop.world.clock.advance(domain::time::Span::seconds(1));
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    for _ in 0..3 {
        let page = shop.api("GET", &format!("/contacts?limit=2{after}"), None).await.json();
        seen.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["phone"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["+15550100114", "+15550100113", "+15550100112", "+15550100111", "+15550100110"]);
}

async fn wrong_fields_are_all_named(shop: Shop) {
    let post = |body: Value| {
        let shop = &shop;
        async move { shop.api("POST", "/contacts", Some(body)).await }
    };
    post(json!({})).await.refuses(&[("phone", "required")]);
    post(json!({"phone": null})).await.refuses(&[("phone", "required")]);
    post(json!({"phone": " "})).await.refuses(&[("phone", "required")]);
    post(json!({"phone": 15550100123_i64})).await.refuses(&[("phone", "not_a_string")]);
    post(json!({"phone": "call me"})).await.refuses(&[("phone", "not_a_number")]);
    post(json!({"phone": "082 123 4567"})).await.refuses(&[("phone", "no_country_code")]);
    post(json!({"phone": "+15550100123", "tags": "vip", "name": 7, "nmae": "Ana"})).await.refuses(&[
        ("name", "not_a_string"),
        ("tags", "not_a_list"),
        ("nmae", "unknown_field"),
    ]);
    post(json!({"phone": "+15550100123", "tags": ["vip", 2]})).await.refuses(&[("tags[1]", "not_a_string")]);
    post(json!({"phone": "+15550100123", "name": "\u{0}"})).await.refuses(&[("name", "control_characters")]);
    post(json!({"phone": "+15550100123", "tags": ["\u{0}"]})).await.refuses(&[("tags", "empty")]);
    post(json!({"phone": "+15550100123", "name": "x".repeat(5_000)})).await.refuses(&[("name", "too_long")]);
    assert_eq!(shop.api("GET", "/contacts", None).await.json()["data"], json!([]), "nothing half-done stays");

    let id = shop.contact("+15550100123").await;
    let patch =
        shop.api("PATCH", &format!("/contacts/{id}"), Some(json!({"blocked": "yes", "marketing": {}}))).await;
    patch.refuses(&[("blocked", "not_a_boolean"), ("marketing", "unknown_field")]);
}

async fn what_is_not_json_is_refused(shop: Shop) {
    let post = |body: Vec<u8>, kind: Option<&'static str>| {
        let shop = &shop;
        async move {
            let mut request = Request::post("/api/v1/contacts")
                .header(header::AUTHORIZATION, format!("Bearer {}", shop.write_key));
            if let Some(kind) = kind {
                request = request.header(header::CONTENT_TYPE, kind);
            }
            shop.send(request.body(Body::from(body)).unwrap()).await
        }
    };
    let json = Some("application/json");
    for body in ["", "{", "nothing", "[]", "\"phone\"", "{\"phone\": \"+1\",}"] {
        post(body.into(), json).await.problem(400, "malformed");
    }
    post(vec![b'{', 0xff, b'}'], json).await.problem(400, "malformed");
    post(b"phone=1".to_vec(), Some("application/x-www-form-urlencoded")).await.problem(415, "not-json");
    post(vec![b' '; 1024 * 1024 + 1], json).await.problem(413, "too-large");
    let good = br#"{"phone": "+15550100123"}"#;
    assert_eq!(post(good.to_vec(), Some("application/json; charset=utf-8")).await.status, 201);
    assert_eq!(post(good.to_vec(), None).await.status, 200);
}

async fn wrong_parameters_are_named(shop: Shop) {
    let id = shop.contact("+15550100123").await;
    for (path, field, code) in [
        ("/contacts?limit=0", "limit", "out_of_range"),
        ("/contacts?limit=201", "limit", "out_of_range"),
        ("/contacts?limit=many", "limit", "out_of_range"),
        ("/contacts?state=gone", "state", "unknown_word"),
        ("/contacts?phone=hello", "phone", "not_a_phone_number"),
        ("/contacts?after=nonsense", "after", "not_a_cursor"),
        ("/contacts?page=2", "page", "unknown_parameter"),
        ("/contacts?q=a&q=b", "q", "repeated"),
        ("/messages?contact_id=7", "contact_id", "not_an_id"),
        ("/messages?after=nonsense", "after", "not_a_cursor"),
        ("/contacts?q=%00", "q", "control_characters"),
        ("/templates?name=x", "name", "unknown_parameter"),
    ] {
        shop.api("GET", path, None).await.refuses(&[(field, code)]);
    }
    shop.api("GET", &format!("/contacts/{id}?fields=name"), None)
        .await
        .refuses(&[("fields", "unknown_parameter")]);
    assert_eq!(shop.api("GET", "/contacts?limit=200&q=&state=", None).await.status, 200);
}

async fn consent_is_recorded_with_its_evidence(shop: Shop) {
    let id = shop.contact("+15550100123").await;
    let path = format!("/contacts/{id}/consent");
    let none = shop.api("GET", &path, None).await.json();
    assert_eq!((&none["contact_id"], &none["events"]), (&json!(id), &json!([])));

    let occurred_at = shop.service.now() - domain::time::Span::hours(1);
    let body = json!({"choice": "opted_in", "source": "web_form", "occurred_at": occurred_at.to_string(),
        "evidence": {"wording": "Yes, send me offers", "note": "at checkout", "form": {"id": 7}}});
    let agreed = shop.api("PUT", &path, Some(body.clone())).await;
    assert_eq!(agreed.status, 200, "{}", agreed.text());
    let agreed = agreed.json();
    assert_eq!(agreed["marketing"]["state"], "opted_in");
    assert_eq!(agreed["marketing"]["source"], "web_form");
    assert_eq!(agreed["marketing"]["since"], occurred_at.to_string());
    let event = &agreed["events"][0];
    assert_eq!(
        (&event["kind"], &event["from"], &event["to"]),
        (&json!("opt_in"), &json!("unknown"), &json!("opted_in"))
    );
    assert_eq!(event["evidence"]["wording"], "Yes, send me offers");
    assert_eq!(event["evidence"]["note"], "at checkout");
    assert_eq!(event["evidence"]["details"], json!({"form": {"id": 7}}));
    assert_eq!(event["actor"]["type"], "api_key");
    assert_eq!(event["occurred_at"], occurred_at.to_string());

    let again = shop.api("PUT", &path, Some(body)).await.json();
    assert_eq!(again["events"].as_array().map(Vec::len), Some(1), "the same choice again is no new event");

    let stopped = shop.api("PUT", &path, Some(json!({"choice": "opted_out"}))).await.json();
    assert_eq!(stopped["marketing"]["state"], "opted_out");
    assert_eq!(stopped["events"].as_array().map(Vec::len), Some(2));
    assert_eq!(stopped["events"][0]["kind"], "opt_out", "newest first");
    assert_eq!(shop.api("GET", &path, None).await.json(), stopped);
    shop.api("GET", &format!("/contacts/{UNKNOWN}/consent"), None).await.problem(404, "not-found");
    shop.api("PUT", &format!("/contacts/{UNKNOWN}/consent"), Some(json!({"choice": "opted_out"})))
        .await
        .problem(404, "not-found");
}

async fn opting_in_without_a_source_is_refused(shop: Shop) {
    let id = shop.contact("+15550100123").await;
    let path = format!("/contacts/{id}/consent");
    let put = |body: Value| {
        let (shop, path) = (&shop, &path);
        async move { shop.api("PUT", path, Some(body)).await }
    };
    put(json!({"choice": "opted_in"})).await.refuses(&[("source", "required")]);
    put(json!({})).await.refuses(&[("choice", "required")]);
    put(json!({"choice": "maybe"})).await.refuses(&[("choice", "unknown_word")]);
    put(json!({"choice": "opted_in", "source": "guess"})).await.refuses(&[("source", "unknown_word")]);
    // The customer's own words come by webhook; nobody else can claim them.
    put(json!({"choice": "opted_in", "source": "keyword"})).await.refuses(&[("source", "not_recordable")]);
    put(json!({"choice": "opted_out", "occurred_at": "yesterday"}))
        .await
        .refuses(&[("occurred_at", "not_a_time")]);
    put(json!({"choice": "opted_out", "occurred_at": "2999-01-01T00:00:00Z"}))
        .await
        .refuses(&[("occurred_at", "in_the_future")]);
    put(json!({"choice": "opted_out", "evidence": "none"})).await.refuses(&[("evidence", "not_an_object")]);
    put(json!({"choice": "opted_out", "evidence": {"note": "x".repeat(10_000)}}))
        .await
        .refuses(&[("evidence.note", "too_long")]);
    assert_eq!(shop.api("GET", &path, None).await.json()["events"], json!([]), "nothing was recorded");
}

async fn marketing_to_somebody_who_opted_out_is_refused(shop: Shop) {
    let id = shop.contact("+15550100123").await;
    shop.customer_writes("15550100123", "wamid.1", "hello").await;
    let send = |kind: &'static str| {
        let (shop, id) = (&shop, &id);
        async move {
            let body = json!({"contact_id": id, "kind": kind, "text": {"body": "A few words"}});
            shop.api("POST", "/messages", Some(body)).await
        }
    };
    let refused = |answer: support::Answer, reason: &str| {
        let problem = answer.problem(422, "refused");
        assert_eq!(problem["reason"], reason, "{problem}");
        assert!(problem["type"].as_str().unwrap().ends_with("/refused"));
    };
    refused(send("marketing").await, "no_opt_in");
    let consent = format!("/contacts/{id}/consent");
    shop.api(
        "PUT",
        &consent,
        Some(json!({"choice": "opted_in", "source": "paper", "evidence": {"note": "card"}})),
    )
    .await;
    assert_eq!(send("marketing").await.status, 202);
    shop.customer_writes("15550100123", "wamid.2", "STOP").await;
    refused(send("marketing").await, "opted_out");
    let answered = send("service").await;
    assert_eq!(answered.status, 202, "{}", answered.text());
    assert_eq!(send("utility").await.status, 202);

    let message = answered.json();
    assert_eq!((&message["contact_id"], &message["kind"]), (&json!(id), &json!("service")));
    let found = shop.api("GET", &format!("/messages/{}", message["id"].as_str().unwrap()), None).await.json();
    assert_eq!(found["id"], message["id"]);
    let list = shop.api("GET", &format!("/messages?contact_id={id}&limit=2"), None).await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(2), "{list}");
    assert!(list["next"].is_string());

    shop.api("PATCH", &format!("/contacts/{id}"), Some(json!({"blocked": true}))).await;
    refused(send("service").await, "blocked");
}

async fn an_answer_needs_the_open_window(shop: Shop) {
    let body = json!({"to": "+15550100123", "kind": "service", "text": {"body": "hello"}});
    let problem = shop.api("POST", "/messages", Some(body)).await.problem(422, "refused");
    assert_eq!(problem["reason"], "window_closed");
}

async fn wrong_messages_are_refused_with_the_field_named(shop: Shop) {
    let post = |body: Value| {
        let shop = &shop;
        async move { shop.api("POST", "/messages", Some(body)).await }
    };
    let text = json!({"body": "hello"});
    post(json!({})).await.refuses(&[("to", "required"), ("kind", "required"), ("template", "required")]);
    post(json!({"to": "+15550100123", "contact_id": UNKNOWN, "kind": "service", "text": text}))
        .await
        .refuses(&[("contact_id", "not_both")]);
    post(json!({"contact_id": "7", "kind": "service", "text": text}))
        .await
        .refuses(&[("contact_id", "not_an_id")]);
    post(json!({"contact_id": UNKNOWN, "kind": "service", "text": text}))
        .await
        .refuses(&[("contact_id", "not_found")]);
    post(json!({"to": "nobody", "kind": "service", "text": text})).await.refuses(&[("to", "not_a_number")]);
    // Confirmations are the system's own.
    post(json!({"to": "+15550100123", "kind": "consent", "text": text}))
        .await
        .refuses(&[("kind", "unknown_word")]);
    post(json!({"to": "+15550100123", "kind": "service", "text": {"body": ""}}))
        .await
        .refuses(&[("text.body", "required")]);
    post(json!({"to": "+15550100123", "kind": "service", "text": {"body": "a", "preview": true}}))
        .await
        .refuses(&[("text.preview", "unknown_field")]);
    post(json!({"to": "+15550100123", "kind": "service", "text": {"body": "x".repeat(4097)}}))
        .await
        .refuses(&[("text.body", "too_long")]);
    // WhatsApp cannot be asked here, so nobody knows whether there is such a template.
    post(json!({"to": "+15550100123", "kind": "utility", "template": {"name": "none", "language": "en"}}))
        .await
        .problem(503, "unavailable");
    post(json!({"to": "+15550100123", "kind": "utility", "template": {"language": "en", "variables": {"1": []}}}))
        .await
        .refuses(&[("template.name", "required"), ("template.variables.1", "not_a_string")]);
    post(json!({"to": "+15550100123", "kind": "service", "text": text, "connection": "other"}))
        .await
        .refuses(&[("connection", "not_found")]);
    post(json!({"to": "+15550100123", "kind": "utility", "template": {"name": "a\u{0}", "language": "en"}}))
        .await
        .refuses(&[("template.name", "control_characters")]);
    shop.api("GET", "/messages/msg_0199c2d47a5b7c3e8f1a2b3c4d5e6f70", None).await.problem(404, "not-found");
}

async fn a_repeated_post_is_done_once(shop: Shop) {
    shop.customer_writes("15550100123", "wamid.1", "hello").await;
    let post = |key: &'static str, words: &'static str| {
        let shop = &shop;
        async move {
            let body = json!({"to": "+15550100123", "kind": "service", "text": {"body": words}});
            let mut request = api_request(&shop.write_key, "POST", "/messages", Some(body));
            request.headers_mut().insert("idempotency-key", key.parse().unwrap());
            shop.send(request).await
        }
    };
    let first = post("a", "hello").await;
    assert_eq!(first.status, 202, "{}", first.text());
    let again = post("a", "hello").await;
    assert_eq!((again.status.as_u16(), again.body.clone()), (202, first.body.clone()));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header(header::CONTENT_TYPE), "application/json");
    post("a", "another").await.problem(409, "conflict");
    assert_ne!(post("b", "hello").await.json()["id"], first.json()["id"]);

    // A refusal is an answer too.
    let refusal = post("c", "").await;
    let again = post("c", "").await;
    assert_eq!((again.status, again.body.clone()), (refusal.status, refusal.body));
    again.problem(422, "invalid");
    assert_eq!(shop.api("GET", "/messages", None).await.json()["data"].as_array().map(Vec::len), Some(2));

    let mut request =
        api_request(&shop.write_key, "POST", "/contacts", Some(json!({"phone": "+15550100123"})));
    request.headers_mut().insert("idempotency-key", "k".repeat(300).parse().unwrap());
    shop.send(request).await.refuses(&[("Idempotency-Key", "malformed")]);
}

async fn missing_paths_and_methods_are_problems(shop: Shop) {
    shop.api("GET", "/campaignz", None).await.problem(404, "not-found");
    shop.api("GET", "", None).await.problem(404, "not-found");
    let answer = shop.api("DELETE", "/contacts", None).await;
    answer.problem(405, "method-not-allowed");
    assert!(answer.header(header::ALLOW).contains("POST"), "{}", answer.header(header::ALLOW));
    let mut request =
        api_request(&shop.write_key, "POST", "/contacts", Some(json!({"phone": "+15550100123"})));
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    shop.send(request).await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_openapi_document_names_exactly_the_paths_there_are() {
    let shop = Shop::on_sqlite().await;
    let answer = shop.get("/api/v1/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header(header::CONTENT_TYPE)), (200, "application/json"));
    let document = answer.json();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert(format!("{} /api/v1{path}", method.to_uppercase()));
            assert!(
                operation["operationId"].is_string() && operation["summary"].is_string(),
                "{method} {path}"
            );
        }
    }
    let there: BTreeSet<String> = server::api::keyed_paths()
        .into_iter()
        .chain(server::api::open_paths())
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    assert_eq!(described, there);
    // Every reference leads somewhere.
    let text = answer.text();
    for piece in text.split("\"$ref\": \"#").skip(1) {
        let pointer = piece.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_documentation_shows_every_operation_and_needs_nothing_from_elsewhere() {
    let shop = Shop::on_sqlite().await;
    let page = shop.get("/api/docs").await;
    assert_eq!(page.status, 200);
    let html = page.text();
    for (_, path) in server::api::keyed_paths() {
        assert!(html.contains(&path), "{path}");
    }
    assert!(
        !html.contains("<script") && !html.contains("style=") && !html.contains("https://"),
        "only our own style"
    );
    assert_eq!(shop.get("/api/docs.css").await.header(header::CONTENT_TYPE), "text/css; charset=utf-8");
    let problem = shop.get("/api/problems/refused").await;
    assert_eq!((problem.status.as_u16(), problem.header(header::LOCATION)), (303, "/api/docs#refused"));
    assert_eq!(shop.get("/api/problems/nonsense").await.status, 404);
    assert!(html.contains("id=\"refused\""));
}
