//! The phone page.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use emulator::{Emulator, Inbound};
use serde_json::json;
use tower::ServiceExt;

use crate::support::*;

async fn get(emulator: &Emulator, path: &str) -> String {
    let response = call(emulator, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200, "{path}");
    text_of(response).await
}

fn form(path: &str, fields: &str) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(fields.to_owned()))
        .unwrap()
}

#[tokio::test]
async fn the_page_and_its_parts_are_served_without_inline_code() {
    let (emulator, _receiver) = business().await;
    let response = call(&emulator, Request::get("/").body(Body::empty()).unwrap()).await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
    let html = text_of(response).await;
    assert!(html.contains(r#"href="phone.css""#) && html.contains(r#"src="phone.js""#));
    assert!(!html.contains("style=") && !html.contains("<style") && !html.contains("onclick"));
    assert!(html.contains("<h1>Demo Shop</h1>") && html.contains("Phone of Maria"));
    for asset in ["/phone.css", "/phone.js"] {
        assert!(!get(&emulator, asset).await.is_empty());
    }
}

#[tokio::test]
async fn links_work_under_a_prefix_too() {
    let (emulator, receiver) = business().await;
    let nested = Router::new().nest("/emulator", emulator.router());
    let response =
        nested.clone().oneshot(Request::get("/emulator").body(Body::empty()).unwrap()).await.unwrap();
    let html = text_of(response).await;
    assert!(html.contains(r#"href="emulator/phone.css""#) && html.contains(r#"action="emulator/phone""#));
    let response = nested
        .clone()
        .oneshot(form("/emulator/phone", "with=%2B15550100123&act=text&text=hi"))
        .await
        .unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/emulator?with=%2B15550100123&name=");
    assert_eq!(receiver.all().len(), 1);
    let send = Request::post(format!("/emulator{SEND}"))
        .header("authorization", "Bearer token")
        .header("content-type", "application/json")
        .body(Body::from(text(MARIA, "hi").to_string()))
        .unwrap();
    assert_eq!(nested.oneshot(send).await.unwrap().status(), 200);
    assert_eq!(emulator.requests_after(0)[0].path, SEND);
}

#[tokio::test]
async fn writing_works_without_scripts_and_the_conversation_is_on_the_page() {
    let (emulator, receiver) = business().await;
    let response =
        call(&emulator, form("/phone", "with=%2B15550100123&name=Maria&act=text&text=%3Cb%3EHi%3C%2Fb%3E"))
            .await;
    assert_eq!(response.headers()["location"], "/?with=%2B15550100123&name=Maria");
    let value = receiver.all()[0].value();
    assert_eq!(value["messages"][0]["text"]["body"], "<b>Hi</b>");
    assert_eq!(value["contacts"][0]["profile"]["name"], "Maria");
    let html = get(&emulator, "/?with=%2B15550100123").await;
    assert!(html.contains("&lt;b&gt;Hi&lt;/b&gt;") && !html.contains("<b>Hi"));
    let response = call(&emulator, form("/phone", "with=%2B15550100123&act=text&text=+")).await;
    assert!(response.headers()["location"].to_str().unwrap().contains("problem="));
}

#[tokio::test]
async fn buttons_and_lists_can_be_tapped() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    let (_, answer) = send(&emulator, template(MARIA, "spring_sale")).await;
    let list = json!({"type": "list", "body": {"text": "Which?"}, "action": {"button": "Choose", "sections": [{"rows": [{"id": "none", "title": "No offers"}]}]}});
    let mut message = text(MARIA, "");
    message["type"] = json!("interactive");
    message["interactive"] = list;
    send(&emulator, message).await;
    emulator.idle().await;
    let html = get(&emulator, "/?with=%2B15550100123").await;
    assert!(
        html.contains(r#"<button class="tap">Stop promotions</button>"#) && html.contains("Not interested?")
    );
    assert!(html.contains(r#"value="none""#) && html.contains("No offers"));

    let id = wamid(&answer).replace('+', "%2B");
    for (act, pointer, expected) in [
        ("button", "/button/payload", "P"),
        ("reply", "/interactive/button_reply/id", "P"),
        ("row", "/interactive/list_reply/id", "P"),
    ] {
        let fields = format!("with=%2B15550100123&act={act}&payload=P&text=T&context={id}");
        call(&emulator, form("/phone", &fields)).await;
        let message = receiver.all().last().unwrap().value()["messages"][0].clone();
        assert_eq!(message.pointer(pointer), Some(&json!(expected)));
        assert_eq!(message["context"]["id"], wamid(&answer));
    }
}

#[tokio::test]
async fn the_switch_stops_and_resumes_offers() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    for (act, checked) in [("stop", "true"), ("resume", "false")] {
        call(&emulator, form("/phone", &format!("with=%2B15550100123&act={act}"))).await;
        assert_eq!(receiver.all().last().unwrap().value()["user_preferences"][0]["value"], act);
        let html = get(&emulator, "/?with=%2B15550100123").await;
        assert!(html.contains(&format!(r#"role="switch" aria-checked="{checked}""#)));
    }
}

#[tokio::test]
async fn the_script_is_told_only_what_is_new() {
    let (emulator, _receiver) = business().await;
    emulator.inbound(Inbound::text(MARIA, "hello")).await.unwrap();
    let path = "/phone/conversation?with=%2B15550100123";
    let response = call(&emulator, Request::get(path).body(Body::empty()).unwrap()).await;
    let version = response.headers()["x-version"].to_str().unwrap().to_owned();
    assert!(text_of(response).await.contains("hello"));
    let again = Request::get(format!("{path}&since={version}")).body(Body::empty()).unwrap();
    assert_eq!(call(&emulator, again).await.status(), 204);
    let mut act = form("/phone", "with=%2B15550100123&act=text&text=more");
    act.headers_mut().insert("x-requested-with", "fetch".parse().unwrap());
    assert_eq!(call(&emulator, act).await.status(), 204);
    let after = Request::get(format!("{path}&since={version}")).body(Body::empty()).unwrap();
    assert!(text_of(call(&emulator, after).await).await.contains("more"));
}
