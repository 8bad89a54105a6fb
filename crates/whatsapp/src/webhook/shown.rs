//! What a thread shows of a message kept as it was received.

use domain::conversation::{Card, Item, MediaKind, Shown};
use domain::inbound::MessageType;

use super::message::{chosen, edited, type_of};
use super::preview;
use super::shapes::{Media, Message};
use crate::lenient::Part;

/// Longest text shown, in characters: WhatsApp's own limit for what a person may write.
const LIMIT: usize = 65_536;

/// What a message kept as received shows; `preview` where it cannot be read any more.
#[must_use]
pub fn shown(raw: &str, preview: &str) -> Shown {
    let Ok(Part(Some(message))) = serde_json::from_str::<Part<Message<'_>>>(raw) else {
        return Shown::Text { text: preview.to_owned() };
    };
    describe(&type_of(&message), &message)
}

fn describe(message_type: &MessageType, message: &Message<'_>) -> Shown {
    let preview = || preview::of(message_type, message);
    match message_type {
        MessageType::Text => {
            let text = message.text.word(|text| &text.body);
            Shown::Text { text: text.map_or_else(preview, |text| text.chars().take(LIMIT).collect()) }
        }
        MessageType::Button => Shown::Text { text: preview() },
        MessageType::Interactive => {
            let text = message.interactive.get().and_then(chosen).and_then(|reply| reply.title.owned());
            Shown::Text { text: text.unwrap_or_else(preview) }
        }
        MessageType::Image => media(MediaKind::Image, &message.image),
        MessageType::Video => media(MediaKind::Video, &message.video),
        MessageType::Document => media(MediaKind::Document, &message.document),
        MessageType::Sticker => media(MediaKind::Sticker, &message.sticker),
        MessageType::Audio => {
            let voice = message.audio.get().is_none_or(|audio| audio.voice.is_true());
            media(if voice { MediaKind::Voice } else { MediaKind::Audio }, &message.audio)
        }
        MessageType::Location => {
            let degrees =
                |text: Option<&str>| text.filter(|text| text.parse::<f64>().is_ok()).map(str::to_owned);
            let place = &message.location;
            let at = degrees(place.word(|place| &place.latitude))
                .zip(degrees(place.word(|place| &place.longitude)));
            Shown::Location {
                at,
                name: place.word(|place| &place.name).map(str::to_owned),
                address: place.word(|place| &place.address).map(str::to_owned),
            }
        }
        MessageType::Contacts => Shown::Cards {
            cards: message
                .contacts
                .objects()
                .map(|card| Card {
                    name: card
                        .name
                        .word(|name| &name.formatted_name)
                        .or_else(|| card.name.word(|name| &name.first_name))
                        .map(str::to_owned),
                    phones: card.phones.objects().filter_map(|phone| phone.phone.owned()).collect(),
                })
                .collect(),
        },
        MessageType::Reaction => Shown::Reaction {
            emoji: message.reaction.word(|reaction| &reaction.emoji).map(str::to_owned),
            on: message.reaction.word(|reaction| &reaction.message_id).map(str::to_owned),
        },
        MessageType::Order => Shown::Order {
            note: message.order.word(|order| &order.text).map(str::to_owned),
            items: message.order.get().map_or_else(Vec::new, |order| {
                let item = |product: &str, quantity, price: Option<&str>, currency: Option<&str>| Item {
                    product: product.to_owned(),
                    quantity,
                    price: price.map(|price| match currency {
                        Some(currency) => format!("{price} {currency}"),
                        None => price.to_owned(),
                    }),
                };
                order
                    .product_items
                    .objects()
                    .map(|one| {
                        let product = one.product_retailer_id.get().unwrap_or("?");
                        let quantity = one.quantity.number().unwrap_or(1).max(0);
                        item(product, quantity, one.item_price.get(), one.currency.get())
                    })
                    .collect()
            }),
        },
        MessageType::Edit => match edited(message) {
            Some((MessageType::Edit, _)) | None => Shown::Notice { text: preview() },
            Some((message_type, content)) => describe(&message_type, content),
        },
        MessageType::Revoke => Shown::Deleted,
        MessageType::System | MessageType::Unsupported | MessageType::Other(_) => {
            Shown::Notice { text: preview() }
        }
    }
}

fn media(media: MediaKind, part: &Part<Media<'_>>) -> Shown {
    Shown::Media {
        media,
        caption: part.word(|media| &media.caption).map(str::to_owned),
        filename: part.word(|media| &media.filename).map(str::to_owned),
        fetchable: part.get().is_some_and(|media| id_of(media).is_some()),
    }
}

/// The id of a file, if it is nothing but an id: it becomes a part of an address.
fn id_of(file: &Media<'_>) -> Option<String> {
    file.id.owned().filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The file that came with a message kept as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedFile {
    /// WhatsApp's id of it.
    pub id: String,
    /// Its name, where it has one.
    pub filename: Option<String>,
}

/// The file in a message kept as received, if there is one.
#[must_use]
pub fn file(raw: &str) -> Option<ReceivedFile> {
    let message = serde_json::from_str::<Part<Message<'_>>>(raw).ok()?.0?;
    file_of(&type_of(&message), &message)
}

fn file_of(message_type: &MessageType, message: &Message<'_>) -> Option<ReceivedFile> {
    let part = match message_type {
        MessageType::Image => &message.image,
        MessageType::Video => &message.video,
        MessageType::Document => &message.document,
        MessageType::Sticker => &message.sticker,
        MessageType::Audio => &message.audio,
        MessageType::Edit => {
            let (message_type, content) = edited(message)?;
            return if message_type == MessageType::Edit { None } else { file_of(&message_type, content) };
        }
        _ => return None,
    };
    let file = part.get()?;
    Some(ReceivedFile { id: id_of(file)?, filename: file.filename.owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_with_its_name_and_where_it_is() {
        let raw = r#"{"type":"location","location":{"latitude":-33.9,"longitude":18.4,"name":"Depot","address":"12 Long St"}}"#;
        let place = Shown::Location {
            at: Some(("-33.9".to_owned(), "18.4".to_owned())),
            name: Some("Depot".to_owned()),
            address: Some("12 Long St".to_owned()),
        };
        assert_eq!(shown(raw, ""), place);
    }

    #[test]
    fn degrees_that_are_none_lead_nowhere() {
        let raw = r#"{"type":"location","location":{"latitude":"javascript:1","longitude":18.4}}"#;
        assert_eq!(shown(raw, ""), Shown::Location { at: None, name: None, address: None });
    }

    #[test]
    fn a_long_text_is_shown_whole() {
        let body = "é".repeat(4_000);
        let raw = format!(r#"{{"type":"text","text":{{"body":"{body}"}}}}"#);
        assert_eq!(shown(&raw, "short"), Shown::Text { text: body });
    }

    #[test]
    fn a_file_has_a_name_and_a_caption() {
        let raw = r#"{"type":"document","document":{"id":"123","caption":"My invoice","filename":"a.pdf","mime_type":"application/pdf"}}"#;
        let file = Shown::Media {
            media: MediaKind::Document,
            caption: Some("My invoice".to_owned()),
            filename: Some("a.pdf".to_owned()),
            fetchable: true,
        };
        assert_eq!(shown(raw, ""), file);
    }

    #[test]
    fn a_file_is_found_by_its_id_and_nothing_else_is() {
        let raw = r#"{"type":"document","document":{"id":"123","filename":"a.pdf"}}"#;
        assert_eq!(
            file(raw),
            Some(ReceivedFile { id: "123".to_owned(), filename: Some("a.pdf".to_owned()) })
        );
        for raw in [
            r#"{"type":"text","text":{"body":"hi"}}"#,
            r#"{"type":"image","image":{}}"#,
            r#"{"type":"image","image":{"id":"../me"}}"#,
            "not json",
        ] {
            assert_eq!(file(raw), None, "{raw}");
        }
    }

    #[test]
    fn what_cannot_be_read_shows_what_was_kept() {
        assert_eq!(shown("not json", "kept"), Shown::Text { text: "kept".to_owned() });
    }
}
