//! The HTML of the phone.

use std::fmt::Write as _;

use crate::bubble::{Bubble, ButtonKind};
use crate::clock::iso8601;
use crate::page::query_encoded;
use crate::people::{Conversation, Customer, Direction, Message, Tick};

/// What is on the screen.
pub(crate) struct Phone {
    pub(crate) business: String,
    pub(crate) business_number: String,
    pub(crate) has_webhook: bool,
    /// The customer's number or user id, as it was given.
    pub(crate) with: String,
    pub(crate) name: String,
    pub(crate) conversation: Option<Conversation>,
    pub(crate) customers: Vec<Customer>,
}

/// Text made safe for HTML, inside and outside of attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The whole page. `base` leads from the page's address to the emulator's paths.
pub(crate) fn page_html(phone: &Phone, base: &str, problem: Option<&str>) -> String {
    let customer = if phone.name.is_empty() { &phone.with } else { &phone.name };
    let known = phone.conversation.as_ref().map(|conversation| &conversation.customer);
    let stopped = known.is_some_and(|customer| customer.native_stop);
    let version = known.map_or(0, |customer| customer.version);
    let initial = phone.business.chars().next().unwrap_or('?');
    let action = format!("{base}phone");
    let source = format!(
        "{base}phone/conversation?with={}&name={}",
        query_encoded(&phone.with),
        query_encoded(&phone.name)
    );
    let who = hidden(phone);
    let notice = match problem {
        Some(problem) => escaped(problem),
        None if !phone.has_webhook => {
            "No webhook is set: the business will not hear what you write.".to_owned()
        }
        None => String::new(),
    };
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Phone of {customer}</title>
<link rel="stylesheet" href="{base}phone.css">
<script src="{base}phone.js" defer></script>
</head>
<body>
<main class="phone" data-source="{source}" data-version="{version}">
<header class="bar">
<span class="avatar" aria-hidden="true">{initial}</span>
<div class="title"><h1>{business}</h1><p>{business_number}</p></div>
<details class="menu">
<summary aria-label="Menu"><svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><circle cx="12" cy="5" r="2"/><circle cx="12" cy="12" r="2"/><circle cx="12" cy="19" r="2"/></svg></summary>
<div class="sheet">
<section>
<h2>Offers and announcements</h2>
<form method="post" action="{action}" data-act>{who}
<input type="hidden" name="act" value="{toggle}">
<button class="switch" role="switch" aria-checked="{checked}" data-offers><span>Stop offers</span><span class="track" aria-hidden="true"></span></button>
</form>
<p class="hint">WhatsApp's own switch: offers from this business no longer reach you, other messages do.</p>
</section>
<section>
<h2>Whose phone is this?</h2>
<form method="get" class="who">
<label>Number<input name="with" value="{with}" inputmode="tel" autocomplete="off" required></label>
<label>Name<input name="name" value="{name}" autocomplete="off"></label>
<button class="primary">Use this phone</button>
</form>
{others}
</section>
</div>
</details>
</header>
<p class="owner">This is the phone of <strong>{customer}</strong> <span>{with}</span></p>
<ol class="messages" role="log" aria-label="Conversation with {business}" tabindex="0">{messages}</ol>
<p class="notice" role="status">{notice}</p>
<form class="composer" method="post" action="{action}" data-act>{who}
<input type="hidden" name="act" value="text">
<label><span class="visually-hidden">Message</span><textarea name="text" rows="1" maxlength="4096" placeholder="Message" required></textarea></label>
<button class="send" aria-label="Send"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M3 20.5v-7l9-1.5-9-1.5v-7L21.5 12z"/></svg></button>
</form>
</main>
</body>
</html>
"#,
        customer = escaped(customer),
        business = escaped(&phone.business),
        business_number = escaped(&phone.business_number),
        initial = escaped(&initial.to_string()),
        base = escaped(base),
        action = escaped(&action),
        source = escaped(&source),
        toggle = if stopped { "resume" } else { "stop" },
        checked = stopped,
        with = escaped(&phone.with),
        name = escaped(&phone.name),
        others = others_html(phone),
        messages = conversation_html(phone, &action),
    )
}

fn hidden(phone: &Phone) -> String {
    format!(
        r#"<input type="hidden" name="with" value="{}"><input type="hidden" name="name" value="{}">"#,
        escaped(&phone.with),
        escaped(&phone.name)
    )
}

/// Links to the phones of the customers met last.
fn others_html(phone: &Phone) -> String {
    let mut links = String::new();
    for customer in phone.customers.iter().take(8) {
        let with = customer.phone.as_deref().unwrap_or(&customer.user_id);
        if with == phone.with {
            continue;
        }
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            links,
            r#"<li><a href="?with={}">{} <span>{}</span></a></li>"#,
            query_encoded(with),
            escaped(customer.name.as_deref().unwrap_or("Customer")),
            escaped(with)
        );
    }
    if links.is_empty() { links } else { format!(r#"<ul class="others">{links}</ul>"#) }
}

/// The messages, oldest first. `action` is where taps go.
pub(crate) fn conversation_html(phone: &Phone, action: &str) -> String {
    let mut html = String::new();
    let messages = phone.conversation.as_ref().map_or(&[][..], |conversation| &conversation.messages);
    for message in messages {
        message_html(&mut html, phone, message, action);
    }
    if html.is_empty() {
        html.push_str(r#"<li class="empty" data-id="empty">No messages yet. Write the first one.</li>"#);
    }
    html
}

fn message_html(html: &mut String, phone: &Phone, message: &Message, action: &str) {
    let outgoing = message.direction == Direction::Out;
    // The phone is the customer's: what the business sent is what was received here.
    let (side, sender) = if outgoing { ("received", phone.business.as_str()) } else { ("sent", "You") };
    let Bubble { header, text, footer, .. } = &message.bubble;
    let _ = write!(
        html,
        r#"<li class="{side}" data-id="{}"><article class="bubble"><span class="visually-hidden">{}:</span>"#,
        escaped(&message.id),
        escaped(sender)
    );
    if let Some(quoted) = message.context.as_deref().and_then(|id| quoted(phone, id)) {
        let _ = write!(html, r#"<p class="quote" dir="auto">{}</p>"#, escaped(&quoted));
    }
    for (class, part) in [("header", header), ("text", text), ("footer", footer)] {
        if let Some(part) = part {
            let _ = write!(html, r#"<p class="{class}" dir="auto">{}</p>"#, escaped(part));
        }
    }
    let time = iso8601(message.at);
    let _ = write!(
        html,
        r#"<p class="meta"><time datetime="{time}">{}</time>{}</p></article>"#,
        &time[11..16],
        tick_html(message)
    );
    taps_html(html, phone, message, action);
    html.push_str("</li>");
}

/// The words a message answers, shortened.
fn quoted(phone: &Phone, id: &str) -> Option<String> {
    let messages = &phone.conversation.as_ref()?.messages;
    let text = messages.iter().find(|message| message.id == id)?.bubble.text.as_deref()?;
    let short: String = text.chars().take(80).collect();
    Some(if short.len() < text.len() { format!("{short}…") } else { short })
}

fn tick_html(message: &Message) -> String {
    let (class, marks, words) = match (message.status, message.direction) {
        (Tick::Failed, _) => ("failed", "!", "not delivered"),
        (Tick::Read, _) => ("read", "✓✓", "read"),
        (Tick::Delivered, _) => ("delivered", "✓✓", "delivered"),
        (Tick::Sent, _) => ("one", "✓", "sent"),
        (Tick::Accepted, Direction::Out) => ("one", "·", "on its way"),
        (Tick::Accepted, Direction::In) => ("one", "✓", "not yet taken by the business"),
    };
    let mut html = format!(
        r#" <span class="tick {class}"><span aria-hidden="true">{marks}</span><span class="visually-hidden">{words}</span></span>"#
    );
    if let Some(code) = message.error {
        let _ = write!(html, r#" <span class="problem">error {code}</span>"#);
    }
    match message.webhook_status {
        None | Some(200) => {}
        Some(0) => html.push_str(r#" <span class="problem">webhook not answered</span>"#),
        Some(status) => {
            let _ = write!(html, r#" <span class="problem">webhook answered {status}</span>"#);
        }
    }
    html
}

fn taps_html(html: &mut String, phone: &Phone, message: &Message, action: &str) {
    if message.direction == Direction::In || message.status == Tick::Failed {
        return;
    }
    let form = |act: &str, payload: &str, text: &str, label: &str| {
        format!(
            r#"<form method="post" action="{}" data-act>{}<input type="hidden" name="act" value="{act}"><input type="hidden" name="context" value="{}"><input type="hidden" name="payload" value="{}"><input type="hidden" name="text" value="{}"><button class="tap">{label}</button></form>"#,
            escaped(action),
            hidden(phone),
            escaped(&message.id),
            escaped(payload),
            escaped(text),
        )
    };
    for button in &message.bubble.buttons {
        let label = escaped(&button.text);
        match button.kind {
            ButtonKind::QuickReply => html.push_str(&form("button", &button.payload, &button.text, &label)),
            ButtonKind::Reply => html.push_str(&form("reply", &button.payload, &button.text, &label)),
            ButtonKind::Open => {
                let _ = write!(html, r#"<p class="tap open">{label}</p>"#);
            }
        }
    }
    if let Some(list) = &message.bubble.list {
        let _ =
            write!(html, r#"<details class="list"><summary class="tap">{}</summary>"#, escaped(&list.button));
        for row in &list.rows {
            let description = row.description.as_deref().map(escaped).unwrap_or_default();
            let label = format!("{} <small>{description}</small>", escaped(&row.title));
            html.push_str(&form("row", &row.id, &row.title, &label));
        }
        html.push_str("</details>");
    }
}
