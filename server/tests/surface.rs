//! What is around every route, and the routes that are neither API nor webhook.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop loudly")]

mod support;

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use domain::live::LiveEvent;
use http_body_util::BodyExt as _;
use leptos::server_fn::axum::server_fn_paths;
use server::{AppState, router};
use support::{Shop, on_both_engines};
use tower::ServiceExt as _;

on_both_engines!(
    monitors_get_their_answers,
    events_need_a_session_and_tell_what_happened,
    every_server_function_refuses_a_stranger,
    every_page_sends_a_stranger_to_the_login,
);

async fn monitors_get_their_answers(shop: Shop) {
    assert_eq!(shop.get("/healthz").await.text(), "ok\n");
    assert_eq!(shop.get("/readyz").await.status, 200);
    shop.state.stopping.cancel();
    assert_eq!(shop.get("/readyz").await.status, 503);
}

async fn events_need_a_session_and_tell_what_happened(shop: Shop) {
    assert_eq!(shop.get("/events").await.status, 401);
    let forged =
        Request::get("/events").header(header::COOKIE, "session=forged").body(Body::empty()).unwrap();
    assert_eq!(shop.send(forged).await.status, 401);

    let request =
        Request::get("/events").header(header::COOKIE, shop.cookie().await).body(Body::empty()).unwrap();
    let response = shop.routes.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let mut next = async || {
        let frame =
            tokio::time::timeout(Duration::from_secs(10), body.frame()).await.expect("an event in time");
        frame.map(|frame| String::from_utf8_lossy(frame.unwrap().data_ref().unwrap()).into_owned())
    };
    assert!(next().await.unwrap().contains("retry:"));

    // What happens in another business is none of theirs; what happens in their own is.
    shop.api_as(&shop.other_key, "POST", "/contacts", Some(serde_json::json!({"phone": "+15550100199"})))
        .await;
    let id = shop.contact("+15550100123").await;
    let event = next().await.unwrap();
    let data = event.trim().strip_prefix("data:").expect("data").trim();
    let expected = LiveEvent::ContactChanged { contact: id.parse().unwrap() };
    assert_eq!(serde_json::from_str::<LiveEvent>(data).unwrap(), expected);

    shop.state.stopping.cancel();
    while next().await.is_some() {}
}

async fn every_server_function_refuses_a_stranger(shop: Shop) {
    let functions: Vec<_> = server_fn_paths().collect();
    for open in server::pages::OPEN_FUNCTIONS {
        assert!(functions.iter().any(|(path, _)| *path == open), "{open} does not exist any more");
    }
    let closed: Vec<_> =
        functions.iter().filter(|(path, _)| !server::pages::OPEN_FUNCTIONS.contains(path)).collect();
    assert!(closed.len() > 10, "only {} server functions are known", closed.len());
    for (path, method) in closed {
        for cookie in ["", "session=forged", "__Host-session=forged"] {
            let ask = |accept: &'static str| {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(*path)
                    .header(header::COOKIE, cookie)
                    .header(header::ACCEPT, accept)
                    .body(Body::empty())
                    .unwrap();
                let shop = &shop;
                async move { shop.send(request).await }
            };
            let answer = ask("application/json").await;
            assert_eq!(
                (answer.status.as_u16(), answer.text().as_str()),
                (401, "\"signed_out\""),
                "{method} {path}"
            );
            let answer = ask("text/html").await;
            let led = (answer.status.as_u16(), answer.header(header::LOCATION));
            assert_eq!(led, (303, "/login"), "{method} {path}");
        }
    }
}

async fn every_page_sends_a_stranger_to_the_login(shop: Shop) {
    for path in
        ["/", "/contacts", "/ledger", "/settings", "/settings/application/opt-in-out", "/settings/team"]
    {
        let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
        let answer = shop.send(request).await;
        let location = answer.header(header::LOCATION);
        assert!(
            answer.status.is_redirection() && location.starts_with("/login"),
            "{path}: {}",
            answer.status
        );
        assert!(!answer.text().contains(support::EMAIL));
    }
    let login = shop.get("/login").await;
    assert_eq!(login.status, 200, "{}", login.text());
    assert!(login.text().contains("<form"));
}

/// The rest is the same whatever the database.
async fn shop() -> Shop {
    Shop::on_sqlite().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answer_has_the_security_headers() {
    let shop = shop().await;
    for path in
        ["/login", "/healthz", "/api/v1/contacts", "/api/docs", "/pkg/none.js", "/no/such/page", "/events"]
    {
        let answer = shop.get(path).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        for part in [
            "default-src 'none'",
            "'strict-dynamic'",
            "'wasm-unsafe-eval'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(part), "{path}: {part} is missing in {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert_eq!(answer.header("strict-transport-security"), "", "not over http");
    }
    let state = AppState { public_url: "https://shop.example".parse().unwrap(), ..shop.state.clone() };
    let answer = support::send(&router(state), Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert!(answer.header("strict-transport-security").contains("max-age=31536000"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn scripts_of_a_page_carry_the_nonce_of_its_header() {
    let shop = shop().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = shop.get("/login").await;
        let policy = page.header(header::CONTENT_SECURITY_POLICY).to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert_eq!(nonce.len(), 32);
        let html = page.text();
        for tag in html.split("<script").skip(1) {
            let tag = tag.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{tag}");
        }
        assert!(
            !html.contains(" style=\"") && !html.contains(" onclick="),
            "no inline style, no inline handler"
        );
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_another_site_posts_is_refused() {
    let shop = shop().await;
    let paths = server_fn_paths().map(|(path, _)| path).chain(["/webhooks/whatsapp/shop", "/no/such/page"]);
    for path in paths {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::HOST, "localhost")
                .header(name, value)
                .body(Body::empty())
                .unwrap();
            assert_eq!(shop.send(request).await.status, 403, "{path} with {name}");
        }
    }
    // The public origin is trusted also when a proxy changes the host.
    let request = Request::post("/webhooks/whatsapp/shop")
        .header(header::HOST, "internal:3000")
        .header(header::ORIGIN, "http://localhost")
        .body(Body::empty())
        .unwrap();
    assert_ne!(shop.send(request).await.status, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn metrics_are_for_this_machine_or_the_token() {
    let shop = shop().await;
    let ask = |peer: &str, extra: Option<(&'static str, &'static str)>, state: &AppState| {
        let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        if let Some((name, value)) = extra {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        let routes = router(state.clone());
        async move { support::send(&routes, request).await }
    };
    let answer = ask("127.0.0.1:5000", None, &shop.state).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header(header::CONTENT_TYPE).starts_with("text/plain; version=0.0.4"));
    assert!(answer.text().contains("# TYPE"));
    assert_eq!(ask("[::1]:5000", None, &shop.state).await.status, 200);
    assert_eq!(ask("203.0.113.7:5000", None, &shop.state).await.status, 401);
    let passed_on = Some(("x-forwarded-for", "203.0.113.7"));
    assert_eq!(ask("127.0.0.1:5000", passed_on, &shop.state).await.status, 401, "a proxy on this machine");

    let with_token = AppState { metrics_token: Some("t0ken".to_owned().into()), ..shop.state.clone() };
    assert_eq!(ask("127.0.0.1:5000", None, &with_token).await.status, 401);
    let right = Some(("authorization", "Bearer t0ken"));
    assert_eq!(ask("203.0.113.7:5000", right, &with_token).await.status, 200);
    assert_eq!(
        ask("203.0.113.7:5000", Some(("authorization", "Bearer token")), &with_token).await.status,
        401
    );
}

#[cfg(not(feature = "embed"))]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn built_files_are_served_compressed_and_only_hashed_ones_for_ever() {
    let shop = shop().await;
    let script = "/pkg/app.0a1b2c3d.js";
    let ask = |path: &str, headers: &[(header::HeaderName, &str)]| {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let shop = &shop;
        async move { shop.send(request).await }
    };
    let plain = ask(script, &[]).await;
    assert_eq!((plain.status.as_u16(), plain.text().as_str()), (200, "export {}"));
    assert_eq!(plain.header(header::CONTENT_TYPE), "text/javascript; charset=utf-8");
    assert_eq!(plain.header(header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(plain.header(header::VARY), "accept-encoding");
    let tag = plain.header(header::ETAG).to_owned();
    let known = ask(script, &[(header::IF_NONE_MATCH, &tag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));

    for (accepted, content, encoding) in [
        ("gzip, deflate, br", "as brotli", "br"),
        ("gzip", "as gzip", "gzip"),
        ("br;q=0, gzip", "as gzip", "gzip"),
        ("identity", "export {}", ""),
    ] {
        let answer = ask(script, &[(header::ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(
            (answer.text().as_str(), answer.header(header::CONTENT_ENCODING)),
            (content, encoding),
            "{accepted}"
        );
    }
    let icon = ask("/favicon.svg", &[]).await;
    assert_eq!(icon.header(header::CONTENT_TYPE), "image/svg+xml");
    assert!(!icon.header(header::CACHE_CONTROL).contains("immutable"));
    for missing in [
        "/pkg/app.ffffffff.js",
        "/pkg/../manifest.json",
        "/pkg/%2e%2e/manifest.json",
        "/pkg/app.0a1b2c3d.js.br",
    ] {
        let answer = ask(missing, &[]).await;
        assert_eq!(answer.status, 404, "{missing}");
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{missing}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_that_does_not_exist_says_so() {
    let shop = shop().await;
    let answer = shop.get("/no/such/page").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("<h1"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_above_the_limit_is_refused() {
    let shop = shop().await;
    let (path, method) = server_fn_paths().find(|(path, _)| path.ends_with("log_in")).expect("the login");
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, "300000")
        .body(Body::from("x".repeat(300_000)))
        .unwrap();
    assert_eq!(shop.send(request).await.status, 413);
}
