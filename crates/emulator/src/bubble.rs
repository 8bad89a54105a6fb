//! What a phone shows of a message.

use serde::Serialize;
use serde_json::Value;

/// The visible parts of a message, in either direction.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Bubble {
    /// Line above the text; for media what kind it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Small line below the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Things to tap.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// A list to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
}

/// A button of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Button {
    /// What a tap does.
    pub kind: ButtonKind,
    /// The label.
    pub text: String,
    /// The payload of a template's quick reply, the id of a reply button, the address of a link.
    pub payload: String,
}

/// What a tap on a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Of a template: the business receives a `button` message.
    QuickReply,
    /// Of an interactive message: the business receives an `interactive` `button_reply`.
    Reply,
    /// Opens something on the phone; the business hears nothing.
    Open,
}

/// A list message's choices.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct List {
    /// The label of the button that opens the list.
    pub button: String,
    /// All rows, sections joined.
    pub rows: Vec<Row>,
}

/// A choice of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The id the business chose.
    pub id: String,
    /// The label.
    pub title: String,
    /// Small text below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The string at a JSON pointer.
fn string(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

fn array<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

impl Bubble {
    /// Only text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// What is shown of the content object of a message of that type, in the business's or Meta's words.
    pub(crate) fn of(kind: &str, content: &Value) -> Self {
        match kind {
            "text" => Self { text: string(content, "/body"), ..Self::default() },
            "button" => Self { text: string(content, "/text"), ..Self::default() },
            "interactive" => Self::of_interactive(content),
            "image" | "video" | "document" | "audio" | "sticker" => Self {
                header: Some(match string(content, "/filename") {
                    Some(filename) => format!("{} · {filename}", capitalised(kind)),
                    None => capitalised(kind),
                }),
                text: string(content, "/caption"),
                ..Self::default()
            },
            "location" => Self {
                header: Some("Location".to_owned()),
                text: string(content, "/name").or_else(|| {
                    let (latitude, longitude) = (content.get("latitude")?, content.get("longitude")?);
                    Some(format!("{latitude}, {longitude}"))
                }),
                footer: string(content, "/address"),
                ..Self::default()
            },
            "contacts" => Self {
                header: Some("Contact".to_owned()),
                text: string(content, "/0/name/formatted_name"),
                ..Self::default()
            },
            "reaction" => Self {
                header: Some("Reaction".to_owned()),
                text: Some(
                    string(content, "/emoji")
                        .filter(|emoji| !emoji.is_empty())
                        .unwrap_or("removed".to_owned()),
                ),
                ..Self::default()
            },
            "order" => {
                Self { header: Some("Order".to_owned()), text: string(content, "/text"), ..Self::default() }
            }
            "system" => {
                Self { header: Some("System".to_owned()), text: string(content, "/body"), ..Self::default() }
            }
            _ => Self { header: Some(capitalised(kind)), ..Self::default() },
        }
    }

    fn of_interactive(content: &Value) -> Self {
        for reply in ["button_reply", "list_reply"] {
            if let Some(title) = string(content, &format!("/{reply}/title")) {
                return Self::text(title);
            }
        }
        let mut bubble = Self {
            header: string(content, "/header/text"),
            text: string(content, "/body/text"),
            footer: string(content, "/footer/text"),
            ..Self::default()
        };
        bubble.buttons = array(content, "/action/buttons")
            .filter_map(|button| {
                Some(Button {
                    kind: ButtonKind::Reply,
                    text: string(button, "/reply/title")?,
                    payload: string(button, "/reply/id")?,
                })
            })
            .collect();
        if let Some(text) = string(content, "/action/parameters/display_text") {
            let payload = string(content, "/action/parameters/url").unwrap_or_default();
            bubble.buttons.push(Button { kind: ButtonKind::Open, text, payload });
        }
        if content.get("type").and_then(Value::as_str) == Some("list") {
            bubble.list = Some(List {
                button: string(content, "/action/button").unwrap_or_default(),
                rows: array(content, "/action/sections")
                    .flat_map(|section| array(section, "/rows"))
                    .filter_map(|row| {
                        Some(Row {
                            id: string(row, "/id")?,
                            title: string(row, "/title")?,
                            description: string(row, "/description"),
                        })
                    })
                    .collect(),
            });
        }
        bubble
    }
}

fn capitalised(kind: &str) -> String {
    let mut letters = kind.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
