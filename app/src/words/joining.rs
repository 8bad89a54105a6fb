/// The form on a business's own website by which people join.
#[derive(Debug)]
pub struct JoiningWords {
    /// The page.
    pub title: fn(&str) -> String,
    /// Beside the box that people tick.
    pub agree: &'static str,
    /// The box was not ticked.
    pub unticked: &'static str,
    /// The button.
    pub go_on: &'static str,
    /// Why nothing is asked for.
    pub no_number: &'static str,
    /// The second page.
    pub last_step: &'static str,
    /// What to do on it.
    pub last_step_text: &'static str,
    /// Opens WhatsApp.
    pub open: &'static str,
    /// On something that is no phone.
    pub camera: &'static str,
    /// The drawing, for screen readers.
    pub code: &'static str,
    /// The same without link and camera: what to write, and to which number.
    pub by_hand: fn(&str, &str) -> String,
    /// An address that is none.
    pub unknown_title: &'static str,
    /// What to do.
    pub unknown_text: &'static str,
    /// Something does not work at the moment.
    pub trouble_title: &'static str,
    /// What to do.
    pub trouble_text: &'static str,
}

impl JoiningWords {
    pub(super) const ENGLISH: Self = Self {
        title: |business| format!("News and offers from {business} on WhatsApp"),
        agree: "I agree",
        unticked: "Tick the box if you agree.",
        go_on: "Continue to WhatsApp",
        no_number: "You need not type your number: you send one message from your own WhatsApp, and that is all we go by.",
        last_step: "One last step",
        last_step_text: "Send the message that is already typed. You are subscribed once it arrives, and we confirm it in the chat.",
        open: "Open WhatsApp",
        camera: "Not on your phone? Point its camera here:",
        code: "QR code that opens WhatsApp with the message typed",
        by_hand: |words, number| format!("Or write “{words}” to {number}. The code is good for an hour."),
        unknown_title: "This form does not exist",
        unknown_text: "The address may have been cut when it was copied.",
        trouble_title: "This does not work at the moment",
        trouble_text: "Nothing was changed. Please try again in a minute.",
    };
}
