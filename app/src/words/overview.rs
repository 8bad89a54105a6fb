/// The first page.
#[derive(Debug)]
pub struct Overview {
    /// What it shows.
    pub lead: &'static str,
    /// A figure.
    pub reachable: &'static str,
    /// Its note: how many of all.
    pub of_contacts: fn(&str) -> String,
    /// A figure.
    pub opted_out: &'static str,
    /// Its note.
    pub opt_outs_week: fn(i64) -> String,
    /// A figure.
    pub held: &'static str,
    /// Its note when there are some.
    pub held_note: &'static str,
    /// Its note when there are none.
    pub held_none: &'static str,
    /// A figure's note.
    pub last_week: &'static str,
    /// A figure.
    pub opt_ins: &'static str,
    /// A figure.
    pub failed: &'static str,
    /// A figure.
    pub violations: &'static str,
    /// Its note.
    pub violations_note: &'static str,
    /// Card: events.
    pub recent: &'static str,
    /// The way to all of them.
    pub all_events: &'static str,
    /// None yet.
    pub no_events: &'static str,
    /// Card: connections.
    pub connections: &'static str,
    /// It works.
    pub sending: &'static str,
    /// It is paused.
    pub paused: fn(&str) -> String,
    /// Card: what to do next.
    pub next_steps: &'static str,
    /// A step.
    pub step_connect: &'static str,
    /// Why.
    pub step_connect_text: &'static str,
    /// A step.
    pub step_words: &'static str,
    /// Why.
    pub step_words_text: &'static str,
    /// A step.
    pub step_contacts: &'static str,
    /// Why.
    pub step_contacts_text: &'static str,
    /// A step, in the demo.
    pub step_simulator: &'static str,
    /// Why.
    pub step_simulator_text: &'static str,
    /// Updates of WhatsApp without a page.
    pub other_updates: fn(&str) -> String,
}

impl Overview {
    pub(super) const ENGLISH: Self = Self {
        lead: "Who you may write to, what changed, and what needs you.",
        reachable: "Opted in",
        of_contacts: |total| format!("of {total} contacts"),
        opted_out: "Opted out",
        opt_outs_week: |count| {
            if count == 0 {
                "none in the last 7 days".to_owned()
            } else {
                format!("{count} in the last 7 days")
            }
        },
        held: "Needs a decision",
        held_note: "Unclear words, complaints, data requests",
        held_none: "Nobody is waiting for a decision",
        last_week: "in the last 7 days",
        opt_ins: "Opt-ins",
        failed: "Messages not delivered",
        violations: "Marketing after a stop",
        violations_note: "in the last 90 days; must stay 0",
        recent: "Latest decisions",
        all_events: "Open the ledger",
        no_events: "Nobody has decided anything yet. The first STOP or START appears here at once.",
        connections: "WhatsApp connection",
        sending: "Connected",
        paused: |why| format!("Sending is paused: {why}"),
        next_steps: "Next steps",
        step_connect: "Connect your WhatsApp number",
        step_connect_text: "Nothing is received or sent before. It takes one command with the values from Meta’s dashboard.",
        step_words: "Choose your words",
        step_words_text: "Which words stop marketing, which bring people back, and what they are told.",
        step_contacts: "Add your first contact",
        step_contacts_text: "Or simply wait: everyone who writes to you appears by themselves.",
        step_simulator: "Be a customer for a minute",
        step_simulator_text: "Open the simulated phone, write STOP, and watch the contact switch off.",
        other_updates: |text| format!("WhatsApp also sent: {text}. Kept, and of no effect on consent."),
    };
}
