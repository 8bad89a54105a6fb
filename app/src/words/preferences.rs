/// A customer's own page, which needs no login.
#[derive(Debug)]
pub struct Preferences {
    /// The page.
    pub title: &'static str,
    /// They get marketing.
    pub subscribed: fn(&str) -> String,
    /// They get none.
    pub unsubscribed: fn(&str) -> String,
    /// What goes on.
    pub still: &'static str,
    /// The button that stops.
    pub stop: &'static str,
    /// The button that agrees.
    pub start: &'static str,
    /// Over what they would agree to.
    pub start_title: &'static str,
    /// They also stopped in WhatsApp.
    pub native_stop: &'static str,
    /// After a stop.
    pub stopped: &'static str,
    /// After agreeing.
    pub started: &'static str,
    /// A link that is none.
    pub unknown_title: &'static str,
    /// What to do.
    pub unknown_text: &'static str,
    /// Something does not work at the moment.
    pub trouble_title: &'static str,
    /// What to do.
    pub trouble_text: &'static str,
}

impl Preferences {
    pub(super) const ENGLISH: Self = Self {
        title: "Your choice",
        subscribed: |business| format!("You get news and offers from {business} on WhatsApp."),
        unsubscribed: |business| format!("You get no news and offers from {business} on WhatsApp."),
        still: "Answers to your questions and updates about your orders come all the same.",
        stop: "Stop news and offers",
        start: "Yes, send me news and offers",
        start_title: "Changed your mind?",
        native_stop: "You also stopped offers in WhatsApp itself. Only you can undo that: in the chat, under the business's name.",
        stopped: "Done. You will get no more news and offers.",
        started: "Thank you. Your choice is recorded.",
        unknown_title: "This link does not work",
        unknown_text: "It may have been cut when it was copied. You can always write STOP in the chat instead.",
        trouble_title: "This does not work at the moment",
        trouble_text: "Nothing was changed. Please try again in a minute, or write STOP in the chat.",
    };
}
