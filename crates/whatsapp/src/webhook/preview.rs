//! What to show for a message in a thread.

use std::borrow::Cow;

use domain::inbound::MessageType;

use super::message::{chosen, edited};
use super::shapes::{Card, Message, Order};

/// Longest preview, in characters.
const LIMIT: usize = 300;

/// The text, caption, label or a short description of the message; at most 300 characters.
pub(super) fn of(message_type: &MessageType, message: &Message<'_>) -> String {
    shorten(&describe(message_type, message))
}

fn describe<'m>(message_type: &MessageType, message: &'m Message<'m>) -> Cow<'m, str> {
    match message_type {
        MessageType::Text => message.text.word(|text| &text.body).unwrap_or("Empty message").into(),
        MessageType::Button => message
            .button
            .word(|button| &button.text)
            .or_else(|| message.button.word(|button| &button.payload))
            .unwrap_or("Button tapped")
            .into(),
        MessageType::Interactive => interactive(message),
        MessageType::Image => message.image.word(|media| &media.caption).unwrap_or("Photo").into(),
        MessageType::Video => message.video.word(|media| &media.caption).unwrap_or("Video").into(),
        MessageType::Document => {
            let document = &message.document;
            document
                .word(|media| &media.caption)
                .map(Cow::Borrowed)
                .unwrap_or_else(|| titled("Document", document.word(|media| &media.filename)))
        }
        MessageType::Audio => {
            let is_voice = message.audio.get().is_none_or(|audio| audio.voice.is_true());
            if is_voice { "Voice message" } else { "Audio" }.into()
        }
        MessageType::Sticker => "Sticker".into(),
        MessageType::Location => {
            let location = &message.location;
            titled(
                "Location",
                location.word(|place| &place.name).or_else(|| location.word(|place| &place.address)),
            )
        }
        MessageType::Contacts => contact_cards(message),
        MessageType::Reaction => {
            message.reaction.word(|reaction| &reaction.emoji).unwrap_or("Reaction removed").into()
        }
        MessageType::Order => message.order.get().map_or(Cow::Borrowed("Cart"), cart),
        MessageType::System => {
            message.system.word(|system| &system.body).unwrap_or("Notice by WhatsApp").into()
        }
        MessageType::Unsupported => message
            .unsupported
            .word(|unsupported| &unsupported.r#type)
            .map_or("Unsupported message".into(), |kind| format!("Unsupported message ({kind})").into()),
        MessageType::Edit => match edited(message) {
            Some((MessageType::Edit, _)) | None => "Edited message".into(),
            Some((message_type, content)) => format!("Edited: {}", describe(&message_type, content)).into(),
        },
        MessageType::Revoke => "Message deleted".into(),
        MessageType::Other(name) => format!("Message of type {name}").into(),
    }
}

fn interactive<'m>(message: &'m Message<'m>) -> Cow<'m, str> {
    let Some(interactive) = message.interactive.get() else {
        return "Reply".into();
    };
    if let Some(reply) = chosen(interactive) {
        return reply.title.get().or_else(|| reply.id.get()).unwrap_or("Reply").into();
    }
    if interactive.nfm_reply.get().is_some() {
        return titled("Form answered", interactive.nfm_reply.word(|flow| &flow.name));
    }
    match interactive.call_permission_reply.word(|reply| &reply.response) {
        Some("accept") => "Calls allowed".into(),
        Some("reject") => "Calls refused".into(),
        _ => "Reply".into(),
    }
}

fn contact_cards<'m>(message: &'m Message<'m>) -> Cow<'m, str> {
    let name = |card: &'m Card<'m>| {
        card.name
            .word(|name| &name.formatted_name)
            .or_else(|| card.name.word(|name| &name.first_name))
            .or_else(|| card.phones.objects().find_map(|phone| phone.phone.get()))
    };
    let first = message.contacts.objects().find_map(name);
    match (first, message.contacts.items.len()) {
        (Some(first), count) if count > 1 => format!("Contact cards: {first} and {} more", count - 1).into(),
        (first, _) => titled("Contact card", first),
    }
}

fn cart<'m>(order: &'m Order<'m>) -> Cow<'m, str> {
    let items = order
        .product_items
        .objects()
        .map(|item| item.quantity.number().unwrap_or(1).max(0))
        .fold(0_i64, i64::saturating_add);
    let cart = if items == 1 { "1 item in cart".to_owned() } else { format!("{items} items in cart") };
    match order.text.get() {
        Some(note) => format!("{cart}: {note}").into(),
        None => cart.into(),
    }
}

fn titled<'m>(what: &'static str, name: Option<&'m str>) -> Cow<'m, str> {
    name.map_or(Cow::Borrowed(what), |name| format!("{what}: {name}").into())
}

/// The first characters of `text`, with an ellipsis if there are more.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(LIMIT) {
        None => text.to_owned(),
        Some(_) => text.chars().take(LIMIT - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let exact = "é".repeat(LIMIT);
        assert_eq!(shorten(&exact), exact);
        let long = shorten(&"👍".repeat(LIMIT + 1));
        assert_eq!(long.chars().count(), LIMIT);
        assert!(long.ends_with("👍…"));
    }
}
