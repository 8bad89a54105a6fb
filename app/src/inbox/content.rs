use domain::conversation::{Card, Item, MediaKind, Shown};
use domain::id::{ContactId, MessageId};
use leptos::prelude::*;

use super::INBOX_PATH;
use crate::ui::{Glyph, Icon};
use crate::words::use_words;

/// Where the file in a message can be had.
pub(super) fn media_path(contact: ContactId, message: MessageId) -> String {
    format!("{INBOX_PATH}/{contact}/media/{message}")
}

/// What a person wrote, as what it is.
#[component]
pub(super) fn Content(
    shown: Shown,
    /// Where the file in it can be had.
    file: String,
) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    match shown {
        Shown::Text { text } => view! { <p class="thread-text">{text}</p> }.into_any(),
        Shown::Media { media, caption, filename, fetchable } => view! {
            <File media name=filename.unwrap_or_else(|| (text.media)(media).to_owned()) path=fetchable.then_some(file)/>
            {caption.map(|caption| view! { <p class="thread-text">{caption}</p> })}
        }
        .into_any(),
        Shown::Location { at, name, address } => {
            let title = name.unwrap_or_else(|| text.location.to_owned());
            let degrees = at.map(|(north, east)| {
                let href = format!("https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=16/{north}/{east}");
                view! { <a href=href target="_blank" rel="noopener noreferrer external">{format!("{north}, {east}")}</a> }
            });
            view! {
                <p class="thread-thing"><Icon glyph=Glyph::Info/><span>{title}</span></p>
                {address.map(|address| view! { <p class="small">{address}</p> })}
                {degrees.map(|degrees| view! { <p class="small">{degrees}</p> })}
            }
            .into_any()
        }
        Shown::Cards { cards } => cards
            .into_iter()
            .map(|Card { name, phones }| {
                view! {
                    <p class="thread-thing"><Icon glyph=Glyph::Contacts/><span>{name.unwrap_or_else(|| text.card.to_owned())}</span></p>
                    {phones.into_iter().map(|phone| view! { <p class="small">{phone}</p> }).collect_view()}
                }
            })
            .collect_view()
            .into_any(),
        Shown::Order { note, items } => {
            let count = items.len();
            let lines = items
                .into_iter()
                .map(|Item { product, quantity, price }| {
                    view! { <li>{(text.item)(quantity, &product)} {price.map(|price| format!(" · {price}"))}</li> }
                })
                .collect_view();
            view! {
                <p class="thread-thing"><Icon glyph=Glyph::Info/><span>{(text.order)(count)}</span></p>
                <ul class="thread-items small">{lines}</ul>
                {note.map(|note| view! { <p class="thread-text">{note}</p> })}
            }
            .into_any()
        }
        Shown::Reaction { emoji: Some(emoji), .. } => {
            view! { <p class="muted small">{text.reacted} " " <span class="thread-emoji">{emoji}</span></p> }.into_any()
        }
        Shown::Reaction { emoji: None, .. } => {
            view! { <p class="muted small">{text.reaction_removed}</p> }.into_any()
        }
        Shown::Deleted => view! { <p class="muted small">{text.deleted}</p> }.into_any(),
        Shown::Notice { text } => view! { <p class="muted small">{text}</p> }.into_any(),
    }
}

/// A file at WhatsApp. Pictures are shown, sounds and videos fetched when they are played, anything else is kept as a file.
#[component]
fn File(
    media: MediaKind,
    name: String,
    /// Where it can be had; none when WhatsApp did not say how to ask for it.
    path: Option<String>,
) -> impl IntoView {
    let text = &use_words().inbox;
    let Some(path) = path else {
        return view! {
            <p class="thread-thing"><Icon glyph=Glyph::Info/><span>{name}</span></p>
            <p class="muted small">{text.media_missing}</p>
        }
        .into_any();
    };
    let link = move |path: String, label: String| {
        view! {
            <p class="thread-thing">
                <Icon glyph=Glyph::Download/>
                <a href=path rel="external" target="_blank">{label}</a>
            </p>
        }
    };
    match media {
        MediaKind::Image | MediaKind::Sticker => view! {
            <a class="thread-picture" data-kind=(media == MediaKind::Sticker).then_some("sticker") href=path.clone() rel="external" target="_blank">
                <img src=path.clone() alt=name loading="lazy" decoding="async"/>
            </a>
        }
        .into_any(),
        MediaKind::Voice | MediaKind::Audio => view! {
            <audio class="thread-sound" controls preload="none" src=path.clone() aria-label=name.clone()></audio>
            {link(path, name)}
        }
        .into_any(),
        MediaKind::Video => view! {
            <video class="thread-video" controls preload="none" src=path.clone() aria-label=name.clone()></video>
            {link(path, name)}
        }
        .into_any(),
        MediaKind::Document => link(path, name).into_any(),
    }
}
