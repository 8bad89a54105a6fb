//! What the business is told.

use std::time::Duration;

use emulator::{Config, Delay, Inbound, sign};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn an_accepted_message_is_sent_delivered_and_read() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    let mut message = template(MARIA, "order_confirmation");
    message["biz_opaque_callback_data"] = json!("outbox:42");
    let (_, answer) = send(&emulator, message).await;
    emulator.idle().await;

    assert_eq!(receiver.status_names(), ["sent", "delivered", "read"]);
    for (webhook, status) in receiver.all().iter().zip(receiver.statuses()) {
        assert_eq!(status["id"], wamid(&answer));
        assert_eq!(status["recipient_id"], "15550100123");
        assert!(status["recipient_user_id"].as_str().unwrap().starts_with("US."));
        assert_eq!(status["biz_opaque_callback_data"], "outbox:42");
        assert!(status["timestamp"].is_string());
        let value = webhook.value();
        assert_eq!(
            value["metadata"],
            json!({"display_phone_number": "15550100001", "phone_number_id": "100000000000001"})
        );
        assert_eq!(value["contacts"][0]["profile"]["name"], "Maria");
        assert_eq!(value["contacts"][0]["user_id"], status["recipient_user_id"]);
    }
    let pricing = json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"});
    assert_eq!(receiver.statuses()[0]["pricing"], pricing);
    assert!(receiver.statuses()[2].get("pricing").is_none());
}

#[tokio::test]
async fn a_native_stop_is_told_and_lets_marketing_templates_fail_afterwards() {
    let (emulator, receiver) = business().await;
    hello_from(&emulator, &receiver, MARIA).await;
    assert_eq!(emulator.inbound(Inbound::native_stop(MARIA, true)).await.unwrap().wamid, None);
    let told = &receiver.all()[0];
    assert_eq!(told.field(), "user_preferences");
    let preference = &told.value()["user_preferences"][0];
    assert_eq!((&preference["value"], &preference["wa_id"]), (&json!("stop"), &json!("15550100123")));
    assert_eq!(preference["category"], "marketing_messages");
    assert!(preference["timestamp"].is_i64());

    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
    emulator.idle().await;
    assert_eq!(receiver.status_names(), ["failed"]);
    let failed = &receiver.statuses()[0];
    assert_eq!(failed["errors"][0]["code"], 131_050);
    assert!(failed.get("recipient_user_id").is_none(), "not on failed sends to a number");
    assert!(receiver.all()[1].value().get("contacts").is_none());

    assert_eq!(code(&emulator, template(MARIA, "order_confirmation")).await, (200, 0));
    emulator.inbound(Inbound::native_stop(MARIA, false)).await.unwrap();
    assert_eq!(code(&emulator, template(MARIA, "spring_sale")).await, (200, 0));
    emulator.idle().await;
    assert_eq!(receiver.status_names().iter().filter(|name| *name == "failed").count(), 1);
}

#[tokio::test]
async fn webhooks_are_escaped_and_signed_over_exactly_these_bytes() {
    let (emulator, receiver) = business().await;
    let delivered = emulator.inbound(Inbound::text(MARIA, "café 👍 a/b").named("Zoë")).await.unwrap();
    assert_eq!(delivered.webhook_status, 200);
    let webhook = &receiver.all()[0];
    assert!(webhook.bytes.is_ascii());
    let raw = std::str::from_utf8(&webhook.bytes).unwrap();
    assert!(raw.contains(r"caf\u00e9 \ud83d\udc4d a\/b") && raw.contains(r"Zo\u00eb"), "{raw}");
    assert_eq!(webhook.signature, sign(SECRET, &webhook.bytes));
    let value = webhook.value();
    assert_eq!(value["messages"][0]["text"]["body"], "café 👍 a/b");
    assert_eq!(value["messages"][0]["id"], delivered.wamid.unwrap());
    assert_eq!(value["contacts"][0]["wa_id"], "15550100123");
}

#[tokio::test]
async fn every_kind_of_customer_message_has_metas_shape() {
    let (emulator, receiver) = business().await;
    let context = json!({"id": "wamid.sale"});
    for (action, kind, pointer, expected) in [
        (json!({"text": "STOP"}), "text", "/text/body", json!("STOP")),
        (
            json!({"button": {"payload": "OPT_OUT", "text": "Stop"}, "context": context}),
            "button",
            "/button/payload",
            json!("OPT_OUT"),
        ),
        (
            json!({"interactive": {"button_reply": {"id": "no", "title": "No"}}}),
            "interactive",
            "/interactive/type",
            json!("button_reply"),
        ),
        (
            json!({"interactive": {"list_reply": {"id": "no", "title": "No"}}}),
            "interactive",
            "/interactive/list_reply/id",
            json!("no"),
        ),
        (json!({"image": {"caption": "stop"}}), "image", "/image/mime_type", json!("image/jpeg")),
        (json!({"video": {"caption": "stop"}}), "video", "/video/caption", json!("stop")),
        (json!({"document": {"filename": "a.pdf"}}), "document", "/document/filename", json!("a.pdf")),
        (json!({"audio": {}}), "audio", "/audio/mime_type", json!("audio/ogg; codecs=opus")),
        (json!({"sticker": {}}), "sticker", "/sticker/mime_type", json!("image/webp")),
        (
            json!({"location": {"latitude": 1.5, "longitude": 2.5}}),
            "location",
            "/location/latitude",
            json!(1.5),
        ),
        (
            json!({"contacts": [{"name": {"formatted_name": "Jo"}}]}),
            "contacts",
            "/contacts/0/name/formatted_name",
            json!("Jo"),
        ),
        (
            json!({"reaction": {"message_id": "wamid.x", "emoji": "👍"}}),
            "reaction",
            "/reaction/emoji",
            json!("👍"),
        ),
        (
            json!({"order": {"catalog_id": "1", "text": "two please"}}),
            "order",
            "/order/text",
            json!("two please"),
        ),
        (json!({"unsupported": {"type": "edit"}}), "unsupported", "/errors/0/code", json!(131_051)),
        (
            json!({"system": {"type": "user_changed_number", "wa_id": "15550100777"}}),
            "system",
            "/system/wa_id",
            json!("15550100777"),
        ),
        (json!({"raw": {"type": "hologram", "hologram": {"x": 1}}}), "hologram", "/hologram/x", json!(1)),
        (
            json!({"text": "ad", "referral": {"source_type": "ad"}}),
            "text",
            "/referral/source_type",
            json!("ad"),
        ),
    ] {
        let mut body = action.clone();
        body["from"] = json!(MARIA);
        emulator.inbound(Inbound::from_json(body).unwrap()).await.unwrap();
        let value = receiver.all().last().unwrap().value();
        let message = &value["messages"][0];
        assert_eq!(message["type"], kind, "{action}");
        assert_eq!(message.pointer(pointer), Some(&expected), "{action}");
        assert_eq!(message["from"], "15550100123");
        assert!(message["from_user_id"].is_string() && message["timestamp"].is_string());
        assert_eq!(value.get("contacts").is_some(), kind != "system");
        if action.get("context").is_some() {
            assert_eq!(message["context"], json!({"from": "15550100001", "id": "wamid.sale"}));
        }
    }
}

#[tokio::test]
async fn a_hidden_number_is_nowhere_in_the_webhook() {
    let (emulator, receiver) = business().await;
    emulator.inbound(Inbound::text(MARIA, "hello").with_hidden_number()).await.unwrap();
    let webhook = &receiver.all()[0];
    let value = webhook.value();
    assert!(value["messages"][0].get("from").is_none() && value["contacts"][0].get("wa_id").is_none());
    assert!(!String::from_utf8_lossy(&webhook.bytes).contains("15550100123"));
    assert_eq!(value["messages"][0]["from_user_id"], value["contacts"][0]["user_id"]);
}

#[tokio::test]
async fn a_user_id_that_changes_is_told_and_the_old_one_reaches_nobody() {
    let (emulator, receiver) = business().await;
    emulator
        .inbound(Inbound::from_json(json!({"from": MARIA, "user_id": "US.1", "text": "hello"})).unwrap())
        .await
        .unwrap();
    let update = json!({"from": MARIA, "user_id_update": {"current": "US.2"}});
    emulator.inbound(Inbound::from_json(update).unwrap()).await.unwrap();
    let told = &receiver.all()[1];
    assert_eq!(told.field(), "user_id_update");
    assert_eq!(told.value()["user_id_update"][0]["user_id"], json!({"previous": "US.1", "current": "US.2"}));
    let to = |id: &str| json!({"messaging_product": "whatsapp", "recipient": id, "type": "text", "text": {"body": "hi"}});
    assert_eq!(code(&emulator, to("US.1")).await, (400, 131_026));
    assert_eq!(code(&emulator, to("US.2")).await, (200, 0));
}

#[tokio::test]
async fn what_is_not_answered_200_is_delivered_again_byte_for_byte() {
    let (emulator, receiver) = business().await;
    receiver.answer_first([500, 202, 401]);
    let delivered = emulator.inbound(Inbound::text(MARIA, "STOP")).await.unwrap();
    assert_eq!(delivered.webhook_status, 500);
    emulator.idle().await;
    let all = receiver.all();
    assert_eq!(all.len(), 4, "three refusals and the 200");
    assert!(all.iter().all(|w| w.bytes == all[0].bytes && w.signature == all[0].signature));
}

#[tokio::test]
async fn a_webhook_that_is_never_taken_is_given_up() {
    let (emulator, receiver) = business().await;
    receiver.answer_first([503; 20]);
    emulator.inbound(Inbound::text(MARIA, "STOP")).await.unwrap();
    emulator.idle().await;
    assert_eq!(receiver.all().len(), 1 + emulator.config().webhook_retries.len());
}

#[tokio::test]
async fn the_same_message_can_be_delivered_twice_and_is_one_message() {
    let (emulator, receiver) = business().await;
    for _ in 0..2 {
        emulator.inbound(Inbound::text(MARIA, "STOP").with_id("wamid.same").at(1_800_000_000)).await.unwrap();
    }
    let all = receiver.all();
    assert_eq!(all[0].bytes, all[1].bytes);
    assert_eq!(emulator.conversation(MARIA).unwrap().messages.len(), 1);
}

#[tokio::test]
async fn a_reset_drops_what_was_still_on_its_way() {
    let later = Duration::from_secs(3600);
    let delay = Delay { sent: Duration::ZERO, delivered: later, read: later };
    let (emulator, receiver) = business_with(Config { status_delay: delay, ..Config::immediate() }).await;
    send(&emulator, template(MARIA, "spring_sale")).await;
    while receiver.all().is_empty() {
        tokio::task::yield_now().await;
    }
    emulator.reset();
    emulator.idle().await;
    assert_eq!(receiver.status_names(), ["sent"]);
    assert!(emulator.requests_after(0).is_empty() && emulator.customers().is_empty());
}
