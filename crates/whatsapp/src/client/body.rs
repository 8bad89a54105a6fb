//! The body of a send.

use domain::outbound::{Content, Recipient, ReplyButton};
use serde::Serialize;

use super::Outgoing;

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(flatten)]
    content: Typed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    biz_opaque_callback_data: &'a str,
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Typed<'a> {
    Text { text: Text<'a> },
    Interactive { interactive: Interactive<'a> },
    Template { template: Template<'a> },
}

#[derive(Serialize)]
struct Text<'a> {
    preview_url: bool,
    body: &'a str,
}

#[derive(Serialize)]
struct Interactive<'a> {
    r#type: &'static str,
    body: InteractiveBody<'a>,
    action: Action<'a>,
}

#[derive(Serialize)]
struct InteractiveBody<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Action<'a> {
    buttons: Vec<Button<'a>>,
}

#[derive(Serialize)]
struct Button<'a> {
    r#type: &'static str,
    reply: &'a ReplyButton,
}

#[derive(Serialize)]
struct Template<'a> {
    name: &'a str,
    language: Language<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component<'a>>,
}

#[derive(Serialize)]
struct Language<'a> {
    code: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Component<'a> {
    Body { parameters: Vec<Parameter<'a>> },
    Button { sub_type: &'static str, index: String, parameters: [Parameter<'a>; 1] },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Parameter<'a> {
    Text {
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<&'a str>,
        text: &'a str,
    },
    Payload {
        payload: &'a str,
    },
}

/// The JSON of `message`.
pub(super) fn of(message: &Outgoing) -> Vec<u8> {
    let (to, recipient) = match &message.recipient {
        Recipient::Phone(phone) => (Some(phone.as_str()), None),
        Recipient::UserId(id) => (None, Some(id.as_str())),
    };
    let content = match &message.content {
        Content::Text { body } => Typed::Text { text: Text { preview_url: false, body } },
        Content::Buttons { body, buttons } => Typed::Interactive {
            interactive: Interactive {
                r#type: "button",
                body: InteractiveBody { text: body },
                action: Action {
                    buttons: buttons.iter().map(|reply| Button { r#type: "reply", reply }).collect(),
                },
            },
        },
        Content::Template { name, language, variables, payloads, rendered: _ } => Typed::Template {
            template: Template {
                name,
                language: Language { code: language },
                components: components(variables, payloads),
            },
        },
    };
    let body = Body {
        messaging_product: "whatsapp",
        recipient_type: "individual",
        to,
        recipient,
        content,
        context: message.context_wamid.as_deref().map(|message_id| Context { message_id }),
        biz_opaque_callback_data: &message.callback_data,
    };
    #[expect(clippy::expect_used, reason = "strings, lists and structs always have a JSON form")]
    serde_json::to_vec(&body).expect("plain data")
}

fn components<'a>(variables: &'a [(String, String)], payloads: &'a [String]) -> Vec<Component<'a>> {
    let mut components = Vec::with_capacity(payloads.len() + 1);
    if !variables.is_empty() {
        components.push(Component::Body { parameters: body_parameters(variables) });
    }
    // An empty payload marks a button that is no quick reply and takes none.
    let quick_replies = payloads.iter().enumerate().filter(|(_, payload)| !payload.is_empty());
    components.extend(quick_replies.map(|(index, payload)| Component::Button {
        sub_type: "quick_reply",
        index: index.to_string(),
        parameters: [Parameter::Payload { payload }],
    }));
    components
}

/// Placeholders that are all numbers are positional: they go out by number, whatever their order in the text. Otherwise
/// every value carries its name.
fn body_parameters(variables: &[(String, String)]) -> Vec<Parameter<'_>> {
    let positions: Option<Vec<u32>> = variables.iter().map(|(name, _)| name.parse().ok()).collect();
    let Some(positions) = positions else {
        return variables
            .iter()
            .map(|(name, text)| Parameter::Text { parameter_name: Some(name), text })
            .collect();
    };
    let mut ordered: Vec<_> = positions.iter().zip(variables).collect();
    ordered.sort_by_key(|(position, _)| **position);
    ordered.into_iter().map(|(_, (_, text))| Parameter::Text { parameter_name: None, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::phone::Phone;
    use serde_json::{Value, json};

    fn body(recipient: Recipient, content: Content, context: Option<&str>) -> Value {
        let message = Outgoing {
            recipient,
            content,
            callback_data: "out_1.1".to_owned(),
            context_wamid: context.map(str::to_owned),
        };
        serde_json::from_slice(&of(&message)).unwrap()
    }

    fn ana() -> Recipient {
        Recipient::Phone(Phone::from_e164("15550100123").unwrap())
    }

    fn template(variables: &[(&str, &str)], payloads: &[&str]) -> Value {
        let content = Content::Template {
            name: "spring_sale".to_owned(),
            language: "en_US".to_owned(),
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            payloads: payloads.iter().map(|payload| (*payload).to_owned()).collect(),
            rendered: "what the thread shows".to_owned(),
        };
        body(ana(), content, None)
    }

    #[test]
    fn a_text_answers_a_message() {
        let content = Content::Text { body: "You are unsubscribed.".to_owned() };
        assert_eq!(
            body(ana(), content, Some("wamid.A")),
            json!({
                "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+15550100123",
                "type": "text", "text": { "preview_url": false, "body": "You are unsubscribed." },
                "context": { "message_id": "wamid.A" }, "biz_opaque_callback_data": "out_1.1",
            })
        );
    }

    #[test]
    fn a_person_without_a_number_is_addressed_by_user_id() {
        let body =
            body(Recipient::UserId("US.5550100".to_owned()), Content::Text { body: "Hi".to_owned() }, None);
        assert_eq!(body["recipient"], "US.5550100");
        assert_eq!((body.get("to"), body.get("context")), (None, None));
    }

    #[test]
    fn buttons_are_reply_buttons() {
        let button = |id: &str, title: &str| ReplyButton { id: id.to_owned(), title: title.to_owned() };
        let content = Content::Buttons {
            body: "Stop?".to_owned(),
            buttons: vec![button("yes", "Yes, stop"), button("no", "Keep")],
        };
        let body = body(ana(), content, None);
        assert_eq!(body["type"], "interactive");
        assert_eq!(
            body["interactive"],
            json!({
                "type": "button", "body": { "text": "Stop?" },
                "action": { "buttons": [
                    { "type": "reply", "reply": { "id": "yes", "title": "Yes, stop" } },
                    { "type": "reply", "reply": { "id": "no", "title": "Keep" } },
                ] },
            })
        );
    }

    #[test]
    fn a_template_names_its_values_and_its_payloads() {
        assert_eq!(
            template(&[("first_name", "Ana"), ("2", "Tuesday")], &["OPT_OUT", "", "MORE"])["template"],
            json!({
                "name": "spring_sale", "language": { "code": "en_US" },
                "components": [
                    { "type": "body", "parameters": [
                        { "type": "text", "parameter_name": "first_name", "text": "Ana" },
                        { "type": "text", "parameter_name": "2", "text": "Tuesday" },
                    ] },
                    { "type": "button", "sub_type": "quick_reply", "index": "0",
                      "parameters": [{ "type": "payload", "payload": "OPT_OUT" }] },
                    { "type": "button", "sub_type": "quick_reply", "index": "2",
                      "parameters": [{ "type": "payload", "payload": "MORE" }] },
                ],
            })
        );
    }

    #[test]
    fn numbered_values_are_positional_and_in_the_order_of_their_numbers() {
        let body = template(&[("10", "j"), ("2", "b"), ("1", "a")], &[]);
        let texts: Vec<_> = body["template"]["components"][0]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| (parameter["text"].as_str().unwrap(), parameter.get("parameter_name")))
            .collect();
        assert_eq!(texts, [("a", None), ("b", None), ("j", None)]);
    }

    #[test]
    fn a_template_without_values_has_no_components() {
        assert_eq!(
            template(&[], &[])["template"],
            json!({ "name": "spring_sale", "language": { "code": "en_US" } })
        );
    }
}
