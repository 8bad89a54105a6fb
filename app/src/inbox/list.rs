use domain::consent::State;
use domain::conversation::{Listed, View};
use domain::time::Timestamp;
use domain::window;
use leptos::prelude::*;

use super::INBOX_PATH;
use super::api::InboxList;
use crate::auth::percent_encoded;
use crate::decisions::DECISIONS_PATH;
use crate::ui::{Avatar, ConsentBadge, EmptyState, Glyph, Tab, TimeAgo};
use crate::words::use_words;

/// What of the inbox is listed, as the address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) view: View,
    pub(super) search: String,
    pub(super) after: Option<String>,
}

impl Listing {
    /// The address of a conversation, or of none, in this part of the inbox.
    pub(super) fn path(&self, contact: &str) -> String {
        let mut path = format!("{INBOX_PATH}/{contact}");
        if contact.is_empty() {
            path.pop();
        }
        path.push_str(&format!("?view={}", self.view.as_str()));
        if !self.search.is_empty() {
            path.push_str(&format!("&q={}", percent_encoded(&self.search)));
        }
        if let Some(after) = &self.after {
            path.push_str(&format!("&after={}", percent_encoded(after)));
        }
        path
    }
}

/// The parts of the inbox, with how many are in those that ask for attention.
#[component]
pub(super) fn Parts(list: InboxList, listing: Listing) -> impl IntoView {
    let words = use_words();
    let tabs = View::ALL
        .into_iter()
        .map(|view| {
            let count = list.counts.iter().find(|(counted, count)| *counted == view && *count > 0);
            let count = count.map(|(_, count)| match *count >= list.counted {
                true => format!("{}+", list.counted - 1),
                false => count.to_string(),
            });
            let href = Listing { view, search: listing.search.clone(), after: None }.path("");
            let current = view == listing.view;
            let name = (words.inbox.view)(view);
            match count {
                Some(count) => view! { <Tab href current count>{name}</Tab> }.into_any(),
                None => view! { <Tab href current>{name}</Tab> }.into_any(),
            }
        })
        .collect_view();
    view! {
        <nav class="inbox-parts" aria-label=words.inbox.parts>
            {tabs}
            <a class="sub-nav-link" href=DECISIONS_PATH>{words.inbox.decisions}</a>
        </nav>
    }
}

/// The conversations of a part.
#[component]
pub(super) fn Rows(list: InboxList, listing: Listing, open: String) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let InboxList { rows, next, now, .. } = list;
    if rows.is_empty() {
        let text = if listing.search.is_empty() { text.none_text } else { text.not_found };
        return view! {
            <EmptyState glyph=Glyph::Message title=(words.inbox.none_title)(listing.view) text/>
        }
        .into_any();
    }
    let first = listing.after.is_some().then(|| Listing { after: None, ..listing.clone() }.path(&open));
    let next = next.map(|after| Listing { after: Some(after), ..listing.clone() }.path(&open));
    let items = rows
        .into_iter()
        .map(|row| {
            let is_open = row.contact.id.to_string() == open;
            let href = listing.path(&row.contact.id.to_string());
            view! { <Row row href is_open now/> }
        })
        .collect_view();
    view! {
        <ul class="inbox-rows" aria-label=text.conversations>{items}</ul>
        <div class="cluster inbox-pages">
            {first.map(|href| view! { <a href=href>{text.first}</a> })}
            {next.map(|href| view! { <a href=href>{text.more}</a> })}
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: Listed, href: String, is_open: bool, now: Timestamp) -> impl IntoView {
    let words = use_words();
    let text = &words.inbox;
    let Listed { conversation, contact } = row;
    let name = contact.label();
    let unread = conversation.unread;
    let wants_none = matches!(contact.state, State::OptedOut | State::Held);
    let closed = !window::is_open(contact.last_inbound_at, now);
    view! {
        <li>
            <a class="conversation" href=href aria-current=is_open.then_some("page") data-unread=(unread > 0).then_some("")>
                <Avatar name=name.clone()/>
                <span class="conversation-words">
                    <span class="conversation-head">
                        <span class="conversation-name">{name}</span>
                        <span class="conversation-time"><TimeAgo at=conversation.last_at now/></span>
                    </span>
                    <span class="conversation-line">
                        <span class="conversation-preview">
                            {(!conversation.incoming).then_some(text.you)}
                            {conversation.preview}
                        </span>
                        {(unread > 0).then(|| view! {
                            <span class="conversation-unread" role="img" aria-label=(text.unread)(unread)>{unread.min(99)}</span>
                        })}
                    </span>
                    {(wants_none || closed).then(|| view! {
                        <span class="cluster conversation-signs">
                            {wants_none.then(|| view! { <ConsentBadge state=contact.state/> })}
                            {closed.then(|| view! { <span class="muted small">{text.window_closed}</span> })}
                        </span>
                    })}
                </span>
            </a>
        </li>
    }
}
