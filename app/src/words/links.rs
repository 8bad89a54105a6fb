/// Links and codes to join and to leave.
#[derive(Debug)]
pub struct LinkWords {
    /// The page.
    pub title: &'static str,
    /// What it is for.
    pub lead: &'static str,
    /// The choice of a number and a word.
    pub choose: &'static str,
    /// A number.
    pub number: &'static str,
    /// Words that opt in.
    pub join: &'static str,
    /// Words that opt out.
    pub leave: &'static str,
    /// The link of a word.
    pub made: fn(&str) -> String,
    /// What an opt-in word does.
    pub joins: &'static str,
    /// What an opt-out word does.
    pub leaves: &'static str,
    /// The drawing, for screen readers.
    pub code_of: fn(&str) -> String,
    /// The same without a camera.
    pub by_hand: fn(&str, &str) -> String,
    /// A button.
    pub download: &'static str,
    /// The form to join by.
    pub form: &'static str,
    /// What it does.
    pub form_text: &'static str,
    /// Its address.
    pub form_link: &'static str,
    /// The HTML that shows it in a page.
    pub form_frame: &'static str,
    /// The name of the frame, for screen readers.
    pub frame_title: &'static str,
    /// There is no number.
    pub none: &'static str,
    /// What to do about it.
    pub none_text: &'static str,
}

impl LinkWords {
    pub(super) const ENGLISH: Self = Self {
        title: "Links and QR codes",
        lead: "For posters, receipts, e-mails and your website: one tap or one look of the camera opens WhatsApp with the word typed. As easy to leave as to join.",
        choose: "What it does",
        number: "Your number",
        join: "To join",
        leave: "To leave",
        made: |keyword| format!("Opens a chat with “{keyword}” typed"),
        joins: "Nobody is opted in by opening it. Who sends the word asks to hear from you: whoever had opted out is opted in again, and anybody new gets your disclosure with a button to agree.",
        leaves: "Who sends the word gets no more marketing from that moment.",
        code_of: |url| format!("QR code of {url}"),
        by_hand: |keyword, number| format!("Without a camera: “Write {keyword} to {number} on WhatsApp.”"),
        download: "QR code as a file",
        form: "Form for your website",
        form_text: "It shows your disclosure with a box to tick, asks for no number, and leads to WhatsApp with a message typed that holds a code. Once the person sends it, they are opted in at once, and the wording they agreed to is in the ledger.",
        form_link: "Its own page",
        form_frame: "Inside a page of yours",
        frame_title: "Get news and offers on WhatsApp",
        none: "No number connected yet",
        none_text: "A link needs your WhatsApp number: connect it under WhatsApp connection.",
    };
}
