use domain::conversation::{MediaKind, TeamKind, View};
use domain::settings::PromoSign;

/// The inbox.
#[derive(Debug)]
pub struct Inbox {
    /// The page.
    pub title: &'static str,
    /// What it is.
    pub lead: &'static str,
    /// The list, for screen readers.
    pub conversations: &'static str,
    /// The search field.
    pub search: &'static str,
    /// The parts, for screen readers.
    pub parts: &'static str,
    /// A part.
    pub view: fn(View) -> &'static str,
    /// A link to what needs a decision.
    pub decisions: &'static str,
    /// Nothing is in a part.
    pub none_title: fn(View) -> &'static str,
    /// What comes.
    pub none_text: &'static str,
    /// Nobody matches a search.
    pub not_found: &'static str,
    /// Further ones.
    pub more: &'static str,
    /// The first page.
    pub first: &'static str,
    /// Nothing is open.
    pub choose_title: &'static str,
    /// What to do.
    pub choose_text: &'static str,
    /// Before what we wrote.
    pub you: &'static str,
    /// So many are unread.
    pub unread: fn(i64) -> String,
    /// Waits since, before a time.
    pub waits: &'static str,
    /// What was said, for screen readers.
    pub thread: fn(&str) -> String,
    /// Earlier messages.
    pub earlier: &'static str,
    /// Back to the newest.
    pub newest: &'static str,
    /// Nothing was said.
    pub silent: &'static str,
    /// The window is open for so many hours and minutes.
    pub window_open: fn(i64, i64) -> String,
    /// It is closed.
    pub window_closed: &'static str,
    /// Open the person's page.
    pub open_contact: &'static str,
    /// Back to the list.
    pub back: &'static str,
    /// Whose task it is.
    pub assignee: &'static str,
    /// Nobody's.
    pub nobody: &'static str,
    /// The person who looks.
    pub me: &'static str,
    /// A button.
    pub assign: &'static str,
    /// A button.
    pub resolve: &'static str,
    /// A button.
    pub reopen: &'static str,
    /// A menu.
    pub snooze: &'static str,
    /// Its items: the step and its words.
    pub snoozes: [(&'static str, &'static str); 3],
    /// A button.
    pub mark_read: &'static str,
    /// A colleague writes.
    pub typing: fn(&str) -> String,
    /// The field for an answer.
    pub answer: fn(&str) -> String,
    /// How to send by key.
    pub answer_hint: &'static str,
    /// A button.
    pub send: &'static str,
    /// It was sent.
    pub sent: &'static str,
    /// The window is closed: what to do.
    pub closed_text: fn(&str) -> String,
    /// The person opted out: what may be written.
    pub opted_out_text: fn(&str) -> String,
    /// The business blocked the person.
    pub blocked_text: &'static str,
    /// Nobody may write here.
    pub read_only: &'static str,
    /// The choice of a template.
    pub template: &'static str,
    /// Write freely instead.
    pub free_text: &'static str,
    /// A button.
    pub use_template: &'static str,
    /// No template fits.
    pub no_templates: &'static str,
    /// A placeholder of a template.
    pub variable: fn(&str) -> String,
    /// Reads like a promotion, because of a sign.
    pub promotion: fn(PromoSign) -> &'static str,
    /// What follows.
    pub promotion_text: fn(&str) -> String,
    /// A tick for who may.
    pub promotion_allow: &'static str,
    /// Who may.
    pub promotion_ask: &'static str,
    /// A colleague answered meanwhile.
    pub answered_title: &'static str,
    /// What to do.
    pub answered_text: &'static str,
    /// A tick.
    pub answered_anyway: &'static str,
    /// The field for a note.
    pub note: &'static str,
    /// Who sees it.
    pub note_hint: &'static str,
    /// A button.
    pub note_save: &'static str,
    /// It was saved.
    pub noted: &'static str,
    /// The tab for answers.
    pub answer_tab: &'static str,
    /// A template was sent.
    pub by_template: &'static str,
    /// What was not written by a person here.
    pub automatic: &'static str,
    /// What a colleague did: who, what, to whom or until when.
    pub team: fn(TeamKind, &str, &str) -> String,
    /// A file.
    pub media: fn(MediaKind) -> &'static str,
    /// A file that WhatsApp named without saying how to ask for it.
    pub media_missing: &'static str,
    /// A file that WhatsApp keeps no longer.
    pub media_gone: &'static str,
    /// A file that is too large.
    pub media_large: &'static str,
    /// WhatsApp cannot be reached.
    pub media_unreachable: &'static str,
    /// WhatsApp refuses the connection, with its error code.
    pub media_refused: fn(i64) -> String,
    /// A place.
    pub location: &'static str,
    /// A cart.
    pub order: fn(usize) -> String,
    /// A line of it.
    pub item: fn(i64, &str) -> String,
    /// An emoji on a message.
    pub reacted: &'static str,
    /// An emoji taken back.
    pub reaction_removed: &'static str,
    /// A message deleted.
    pub deleted: &'static str,
    /// A contact card without a name.
    pub card: &'static str,
    /// What was quoted, for screen readers.
    pub quoted: &'static str,
}

impl Inbox {
    pub(super) const ENGLISH: Self = Self {
        title: "Inbox",
        lead: "Everybody is answered here, also who opted out of marketing.",
        conversations: "Conversations",
        search: "Search conversations",
        parts: "Parts of the inbox",
        view: |view| match view {
            View::Open => "Open",
            View::Unread => "Unread",
            View::Mine => "Mine",
            View::Unassigned => "Unassigned",
            View::Waiting => "Waiting",
            View::Snoozed => "Snoozed",
            View::Resolved => "Resolved",
        },
        decisions: "Needs a decision",
        none_title: |view| match view {
            View::Open => "No open conversations",
            View::Unread => "Everything is read",
            View::Mine => "Nothing is assigned to you",
            View::Unassigned => "Everything is assigned",
            View::Waiting => "Nobody waits for an answer",
            View::Snoozed => "Nothing is snoozed",
            View::Resolved => "Nothing is resolved yet",
        },
        none_text: "When a customer writes, the conversation appears here.",
        not_found: "No conversation in this part is with somebody of this name or number.",
        more: "More",
        first: "To the first",
        choose_title: "Choose a conversation",
        choose_text: "What was said, and the field to answer, appear here.",
        you: "You: ",
        unread: |count| {
            if count == 1 { "1 unread message".to_owned() } else { format!("{count} unread messages") }
        },
        waits: "waits since",
        thread: |name| format!("Conversation with {name}"),
        earlier: "Earlier messages",
        newest: "To the newest messages",
        silent: "Nothing has been said yet.",
        window_open: |hours, minutes| {
            if hours > 0 {
                format!("Free answers for {hours} h {minutes} min")
            } else {
                format!("Free answers for {minutes} min")
            }
        },
        window_closed: "24-hour window closed",
        open_contact: "Open contact",
        back: "Inbox",
        assignee: "Assigned to",
        nobody: "Nobody",
        me: "(you)",
        assign: "Assign",
        resolve: "Resolve",
        reopen: "Reopen",
        snooze: "Snooze",
        snoozes: [("snooze_3h", "For 3 hours"), ("snooze_1d", "For a day"), ("snooze_7d", "For a week")],
        mark_read: "Mark as read",
        typing: |who| format!("{who} is writing an answer…"),
        answer: |name| format!("Answer to {name}"),
        answer_hint: "Ctrl+Enter sends.",
        send: "Send",
        sent: "Sent",
        closed_text: |name| {
            format!(
                "{name} last wrote more than 24 hours ago. WhatsApp lets you begin again with an approved template only."
            )
        },
        opted_out_text: |name| {
            format!("{name} wants no marketing. Answers and order updates are fine; offers are stopped.")
        },
        blocked_text: "All communication with this person is stopped. Unblock them on their page to answer.",
        read_only: "Your role lets you read conversations, not answer them.",
        template: "Template",
        free_text: "Write freely",
        use_template: "Use template",
        no_templates: "No approved template may go to this person.",
        variable: |name| format!("Text for {{{{{name}}}}}"),
        promotion: |sign| match sign {
            PromoSign::Percent => "This reads like a promotion: something off the price.",
            PromoSign::Price => "This reads like a promotion: a price that is urgent.",
            PromoSign::Link => "This reads like a promotion: a link to the shop.",
            PromoSign::SaleWord => "This reads like a promotion.",
        },
        promotion_text: |name| {
            format!(
                "{name} asked for no marketing, so it will not be sent. Leave the offer out and answer the question."
            )
        },
        promotion_allow: "It is no promotion, or they asked for it: send it. This is noted in the conversation under your name.",
        promotion_ask: "An admin can send it if it is none.",
        answered_title: "A colleague answered meanwhile",
        answered_text: "Read their answer above. Your words are still here.",
        answered_anyway: "Send mine as well",
        note: "Note to colleagues",
        note_hint: "The customer never sees it.",
        note_save: "Save note",
        noted: "The note is saved",
        answer_tab: "Answer",
        by_template: "Template",
        automatic: "Automatic",
        team: |kind, who, what| match kind {
            TeamKind::Note => format!("{who} noted"),
            TeamKind::Assigned => format!("{who} assigned it to {what}"),
            TeamKind::Unassigned => format!("{who} took it from the list of tasks"),
            TeamKind::Resolved => format!("{who} resolved the conversation"),
            TeamKind::Reopened => format!("{who} reopened the conversation"),
            TeamKind::Snoozed => format!("{who} snoozed it until {what}"),
            TeamKind::Overridden => format!("{who} sent this although it reads like a promotion"),
        },
        media: |kind| match kind {
            MediaKind::Image => "Photo",
            MediaKind::Video => "Video",
            MediaKind::Voice => "Voice message",
            MediaKind::Audio => "Audio",
            MediaKind::Document => "Document",
            MediaKind::Sticker => "Sticker",
        },
        media_missing: "WhatsApp did not say where the file is.",
        media_gone: "WhatsApp no longer has this file: it keeps files for some days only. Ask the person to send it again.",
        media_large: "This file is larger than 100 MB, more than WhatsApp passes on. Ask the person for a smaller one.",
        media_unreachable: "WhatsApp could not be reached, or the file came damaged. Try again in a moment.",
        media_refused: |code| {
            format!(
                "WhatsApp refused to give the file (error {code}). Somebody who administers WhatsCloud should look at Settings, WhatsApp connection: the access token may have expired."
            )
        },
        location: "Location",
        order: |items| {
            if items == 1 { "Order of 1 product".to_owned() } else { format!("Order of {items} products") }
        },
        item: |quantity, product| format!("{quantity} × {product}"),
        reacted: "Reacted with",
        reaction_removed: "Took a reaction back",
        deleted: "Deleted a message",
        card: "Contact card",
        quoted: "In answer to:",
    };
}
