//! Incoming messages: who, when, and which words a person chose or typed.

use domain::inbound::{Identity, IdentityChange, InboundMessage, MessageType, Update, WordsFrom};
use domain::time::Timestamp;

use super::shapes::{Interactive, Message, Reply, System};
use super::{Scope, identity, preview};
use crate::lenient::{Part, Text};

/// Reads one element of `messages`. A notice of a new number or user id gives two updates: the notice and, after it, the
/// change.
pub(super) fn read(scope: &Scope<'_>, raw: &str, updates: &mut Vec<Update>) {
    let Ok(Part(Some(message))) = serde_json::from_str::<Part<Message<'_>>>(raw) else {
        updates.push(scope.other("unreadable", raw));
        return;
    };
    let Some(wamid) = message.id.owned() else {
        updates.push(scope.other("no_id", raw));
        return;
    };
    let Some(sent_at) = scope.time(&message.timestamp) else {
        updates.push(scope.other("no_time", raw));
        return;
    };

    let mut from = identity::named(&message.from, &message.from_user_id, &message.from_parent_user_id);
    let profile_name = identity::complete(&mut from, scope.contacts);
    let message_type = type_of(&message);
    let change = match (&message_type, message.system.get()) {
        (MessageType::System, Some(system)) => identity_change(system, &mut from, &wamid, sent_at),
        _ => None,
    };
    if from.is_empty() {
        updates.push(scope.other("no_identity", raw));
        return;
    }

    let context = message.context.get();
    updates.push(Update::Message(InboundMessage {
        wamid,
        from,
        profile_name,
        sent_at,
        words: words(&message_type, &message),
        preview: preview::of(&message_type, &message),
        message_type,
        context_wamid: context.and_then(|context| context.id.owned()),
        forwarded: context
            .is_some_and(|context| context.forwarded.is_true() || context.frequently_forwarded.is_true()),
        in_group: message.group_id.get().is_some(),
        raw: raw.to_owned(),
    }));
    updates.extend(change.map(Update::Identity));
}

/// The words that may be a keyword in a message kept as it was received, the payload first; none if it cannot be read.
#[must_use]
pub fn words_of(raw: &str) -> Vec<(WordsFrom, String)> {
    let Ok(Part(Some(message))) = serde_json::from_str::<Part<Message<'_>>>(raw) else { return Vec::new() };
    if message.group_id.get().is_some() {
        // Group chatter is nobody's choice.
        return Vec::new();
    }
    words(&type_of(&message), &message)
}

/// The message's type: its word, or, if that is missing, the first kind of content it carries.
pub(super) fn type_of(message: &Message<'_>) -> MessageType {
    if let Some(word) = message.r#type.get() {
        return MessageType::from_meta(word);
    }
    let carried = [
        (message.text.get().is_some(), MessageType::Text),
        (message.button.get().is_some(), MessageType::Button),
        (message.interactive.get().is_some(), MessageType::Interactive),
        (message.image.get().is_some(), MessageType::Image),
        (message.video.get().is_some(), MessageType::Video),
        (message.document.get().is_some(), MessageType::Document),
        (message.audio.get().is_some(), MessageType::Audio),
        (message.sticker.get().is_some(), MessageType::Sticker),
        (message.location.get().is_some(), MessageType::Location),
        (message.contacts.present, MessageType::Contacts),
        (message.reaction.get().is_some(), MessageType::Reaction),
        (message.order.get().is_some(), MessageType::Order),
        (message.system.get().is_some(), MessageType::System),
        (message.edit.get().is_some(), MessageType::Edit),
    ];
    carried
        .into_iter()
        .find_map(|(is_there, message_type)| is_there.then_some(message_type))
        .unwrap_or(MessageType::Unsupported)
}

/// The words that may be a keyword, the payload first.
fn words(message_type: &MessageType, message: &Message<'_>) -> Vec<(WordsFrom, String)> {
    let one = |place, word: Option<&str>| word.map(|word| (place, word.to_owned())).into_iter().collect();
    let caption = |media: &Part<_>| one(WordsFrom::Caption, media.word(caption_of));
    match message_type {
        MessageType::Text => one(WordsFrom::Text, message.text.word(|text| &text.body)),
        MessageType::Button => message
            .button
            .get()
            .map_or_else(Vec::new, |button| payload_and_label(&button.payload, &button.text)),
        MessageType::Interactive => message
            .interactive
            .get()
            .and_then(chosen)
            .map_or_else(Vec::new, |reply| payload_and_label(&reply.id, &reply.title)),
        MessageType::Image => caption(&message.image),
        MessageType::Video => caption(&message.video),
        MessageType::Document => caption(&message.document),
        MessageType::Order => one(WordsFrom::OrderNote, message.order.word(|order| &order.text)),
        MessageType::Edit => match edited(message) {
            Some((MessageType::Edit, _)) | None => Vec::new(),
            Some((message_type, content)) => words(&message_type, content),
        },
        // No words, or not the person's: a notice's sentence is written by WhatsApp, a form's answer by its designer.
        MessageType::Audio
        | MessageType::Sticker
        | MessageType::Location
        | MessageType::Contacts
        | MessageType::Reaction
        | MessageType::System
        | MessageType::Unsupported
        | MessageType::Revoke
        | MessageType::Other(_) => Vec::new(),
    }
}

fn caption_of<'m>(media: &'m super::shapes::Media<'m>) -> &'m Text<'m> {
    &media.caption
}

fn payload_and_label(payload: &Text<'_>, label: &Text<'_>) -> Vec<(WordsFrom, String)> {
    let payload = payload.owned().map(|word| (WordsFrom::Payload, word));
    let label = label.owned().map(|word| (WordsFrom::Label, word));
    payload.into_iter().chain(label).collect()
}

/// The button or row that was tapped.
pub(super) fn chosen<'m>(interactive: &'m Interactive<'m>) -> Option<&'m Reply<'m>> {
    interactive.button_reply.get().or_else(|| interactive.list_reply.get())
}

/// What an edited message says now.
pub(super) fn edited<'m>(message: &'m Message<'m>) -> Option<(MessageType, &'m Message<'m>)> {
    let content = message.edit.get()?.message.get()?.as_ref();
    Some((type_of(content), content))
}

/// The change of number or user id that a notice reports. Fills `from` when the notice names its sender only in its
/// sentence or by the new names.
fn identity_change(
    system: &System<'_>,
    from: &mut Identity,
    wamid: &str,
    at: Timestamp,
) -> Option<IdentityChange> {
    if !matches!(system.r#type.get(), Some("user_changed_number" | "user_changed_user_id")) {
        return None;
    }
    let number = if system.wa_id.get().is_some() { &system.wa_id } else { &system.new_wa_id };
    let after = identity::named(number, &system.user_id, &system.parent_user_id);
    if from.is_empty()
        && let Some(before) = system.body.get().and_then(|sentence| identity::before(sentence, &after))
    {
        *from = before;
    }
    if from.is_empty() {
        // Nobody can tell who it was; the notice belongs to the person under the new names.
        from.clone_from(&after);
        return None;
    }
    (!after.is_empty() && after != *from).then(|| IdentityChange {
        before: from.clone(),
        after,
        wamid: Some(wamid.to_owned()),
        at,
    })
}
