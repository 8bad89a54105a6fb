use leptos::prelude::*;

use super::avatar::Avatar;
use super::icon::{Glyph, Icon};
use crate::words::use_words;

/// Whose phone is looked at: bubbles of `Me` stand at the end of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// The other side wrote it.
    #[default]
    Them,
    /// The owner of the phone wrote it.
    Me,
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Waiting,
    /// Accepted.
    Sent,
    /// On the phone.
    Delivered,
    /// Seen.
    Read,
    /// Not delivered.
    Failed,
}

/// A phone with a conversation: previews of messages, and the simulator. Fill it with [`Bubble`]s and [`PhoneNote`]s.
#[component]
pub fn PhonePreview(
    /// The name at the top.
    #[prop(into)]
    name: Signal<String>,
    /// A line below the name.
    #[prop(optional, into)]
    sub: Option<String>,
    /// What stands below the conversation, such as a form to write.
    #[prop(optional, into)]
    composer: Option<ViewFnOnce>,
    /// The conversation.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="phone-preview">
            <div class="phone-head">
                {move || view! { <Avatar name=name.get()/> }}
                <div class="phone-head-words">
                    <span>{move || name.get()}</span>
                    {sub.map(|sub| view! { <span class="phone-head-sub">{sub}</span> })}
                </div>
            </div>
            <div class="phone-wall">{children()}</div>
            {composer.map(|composer| composer.run())}
        </div>
    }
}

/// One message.
#[component]
pub fn Bubble(
    /// The text. Empty: says that nothing is written yet.
    #[prop(into)]
    text: Signal<String>,
    /// Who wrote it.
    #[prop(optional)]
    from: From,
    /// When, such as "14:03".
    #[prop(optional, into)]
    time: Option<String>,
    /// How far it got.
    #[prop(optional, into)]
    delivery: Option<Delivery>,
) -> impl IntoView {
    let words = use_words();
    let from = match from {
        From::Them => "them",
        From::Me => "me",
    };
    let foot = (time.is_some() || delivery.is_some()).then(|| {
        let mark = delivery.map(|delivery| {
            let (glyph, status) = match delivery {
                Delivery::Waiting => (Glyph::Pending, "waiting"),
                Delivery::Sent => (Glyph::Check, "sent"),
                Delivery::Delivered => (Glyph::DoubleCheck, "delivered"),
                Delivery::Read => (Glyph::DoubleCheck, "read"),
                Delivery::Failed => (Glyph::Error, "failed"),
            };
            view! {
                <span data-status=status title=words.ui.delivery(delivery)>
                    <Icon glyph/>
                    <span class="visually-hidden">{words.ui.delivery(delivery)}</span>
                </span>
            }
        });
        view! { <p class="bubble-foot">{time}{mark}</p> }
    });
    view! {
        <div class="bubble" data-from=from>
            <p class="bubble-words" data-empty=move || text.read().trim().is_empty().then_some("")>
                {move || if text.read().trim().is_empty() { words.ui.nothing_written.to_owned() } else { text.get() }}
            </p>
            {foot}
        </div>
    }
}

/// A remark between messages, such as a day or what the system did.
#[component]
pub fn PhoneNote(
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! { <p class="phone-note">{children()}</p> }
}
