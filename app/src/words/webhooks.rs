use domain::subscription::{DeliveryState, EventType};

/// Webhooks to other systems.
#[derive(Debug)]
pub struct Webhooks {
    /// The card.
    pub title: &'static str,
    /// What they are.
    pub lead: &'static str,
    /// There is none.
    pub none: &'static str,
    /// What they are good for.
    pub none_text: &'static str,
    /// One was added.
    pub added: &'static str,
    /// About its secret.
    pub secret_once: &'static str,
    /// The address.
    pub url: &'static str,
    /// What it must be.
    pub url_hint: &'static str,
    /// The choice of events.
    pub events: &'static str,
    /// When an event is told.
    pub event_text: fn(EventType) -> &'static str,
    /// A button.
    pub add: &'static str,
    /// A button.
    pub remove: &'static str,
    /// Its name for screen readers.
    pub remove_one: fn(&str) -> String,
    /// The log.
    pub log: &'static str,
    /// Nothing was told yet.
    pub no_log: &'static str,
    /// A column.
    pub event: &'static str,
    /// A column.
    pub state: &'static str,
    /// A column.
    pub attempts: &'static str,
    /// A column.
    pub when: &'static str,
    /// A button, and its column.
    pub replay: &'static str,
    /// How a delivery stands.
    pub state_word: fn(DeliveryState) -> &'static str,
    /// Why there was no answer.
    pub error: fn(&str) -> &'static str,
    /// Why nothing is sent any more.
    pub stopped: fn(&str) -> &'static str,
    /// What is wrong with the form.
    pub problem: fn(&str) -> &'static str,
}

impl Webhooks {
    pub(super) const ENGLISH: Self = Self {
        title: "Webhooks to other systems",
        lead: "Your shop, CRM or newsletter hears of opt-outs at once. Signed as Standard Webhooks describe, repeated until they are taken.",
        none: "No other system listens",
        none_text: "Add the address of a system that should hear of opt-outs, messages or campaigns.",
        added: "The webhook is added",
        secret_once: "This is the secret by which the receiver checks the signature. It is shown this once; keep it where the receiver reads it.",
        url: "Address",
        url_hint: "An https address that answers with 2xx within ten seconds.",
        events: "Tell it of",
        event_text: |event| match event {
            EventType::ContactOptedOut => "somebody wants no marketing any more",
            EventType::ContactOptedIn => "somebody agreed to marketing",
            EventType::ContactHeld => "unclear words pause marketing to somebody",
            EventType::ContactErased => "somebody's data was erased",
            EventType::MessageReceived => "a message came in",
            EventType::MessageStatus => "a message was sent, delivered, read, or failed",
            EventType::CampaignFinished => "a campaign is through",
        },
        add: "Add webhook",
        remove: "Remove",
        remove_one: |url| format!("Remove {url}"),
        log: "Last deliveries",
        no_log: "Nothing has been told yet.",
        event: "Event",
        state: "State",
        attempts: "Attempts",
        when: "When",
        replay: "Send again",
        state_word: |state| match state {
            DeliveryState::Waiting => "Waiting",
            DeliveryState::Delivered => "Delivered",
            DeliveryState::Failed => "Given up",
        },
        error: |error| match error {
            "timeout" => "no answer within ten seconds",
            "no_connection" => "no connection",
            _ => "it could not be sent",
        },
        stopped: |why| match why {
            "gone" => "The receiver said that it is gone. Nothing is sent there any more.",
            _ => "Nothing is sent there any more.",
        },
        problem: |problem| match problem {
            "empty" => "Type the address, and choose what it is told of.",
            "not_https" => "The address must begin with https://.",
            "too_many" => "There are ten already. Remove one first.",
            "too_long" => "The address is too long.",
            _ => "This is no address. It looks like https://shop.example/hooks.",
        },
    };
}
