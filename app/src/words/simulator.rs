/// The simulated phone.
#[derive(Debug)]
pub struct Simulator {
    /// What it is.
    pub lead: &'static str,
    /// Not a demo.
    pub closed_title: &'static str,
    /// Why, and what instead.
    pub closed_text: &'static str,
    /// Names the frame.
    pub frame: fn(&str) -> String,
    /// Whose phone.
    pub whose: &'static str,
    /// Card: quick messages.
    pub quick: &'static str,
    /// Its lead.
    pub quick_lead: &'static str,
    /// Messages to send, as the customer writes them.
    pub messages: [&'static str; 5],
    /// Names the button.
    pub send: fn(&str) -> String,
    /// Card: the contact.
    pub contact: &'static str,
    /// Nobody has this number yet.
    pub not_yet: &'static str,
    /// The way to the contact.
    pub open_contact: &'static str,
    /// Names the list of events.
    pub events: &'static str,
    /// No events.
    pub no_events: &'static str,
    /// A customer nobody knows yet.
    pub stranger: &'static str,
}

impl Simulator {
    pub(super) const ENGLISH: Self = Self {
        lead: "A customer’s phone on the left, what your business knows on the right. Nothing leaves this machine.",
        closed_title: "The simulator belongs to the demo",
        closed_text: "This server is connected to the real WhatsApp, so there is no pretend phone. Write from your own phone \
                      instead, or start a demo with “whatscloud serve --demo”.",
        frame: |name| format!("Phone of {name}"),
        whose: "Whose phone",
        quick: "Write as the customer",
        quick_lead: "Or type anything into the phone.",
        messages: ["STOP", "START", "HELP", "Hi, what is my order status?", "Please don’t stop, I love it"],
        send: |text| format!("Send “{text}”"),
        contact: "What your business knows",
        not_yet: "Nobody with this number has written yet. Send a message and the contact appears.",
        open_contact: "Open contact",
        events: "Latest decisions",
        no_events: "No decision about marketing yet.",
        stranger: "Somebody new",
    };
}
