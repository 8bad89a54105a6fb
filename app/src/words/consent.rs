use domain::consent::{SignalKind, Source};
use domain::contact::Actor;
use domain::kind::MessageKind;

/// How consent is spoken of: channels, events, verdicts, and the sentences that explain a state.
#[derive(Debug)]
pub struct Consent {
    /// The name of the switch, for screen readers and tests.
    pub switch: fn(&str) -> String,
    /// The switch is on.
    pub on: &'static str,
    /// The switch is off.
    pub off: &'static str,
    /// The customer themselves.
    pub the_customer: &'static str,
    /// A user who is not known by address any more.
    pub somebody: &'static str,
    /// An API key.
    pub api_key: fn(&str) -> String,
    /// The software by itself.
    pub the_system: &'static str,
    /// Before the name of a detection rule.
    pub rule: fn(&str, Option<&str>) -> String,
    /// The words were erased.
    pub words_erased: &'static str,
    /// The settings version in force.
    pub settings_version: fn(i64) -> String,
    /// Nobody asked.
    pub never_asked: fn(&str) -> String,
    /// Asked, no answer yet: words, when.
    pub asked: fn(&str, &str) -> String,
    /// Opted out: how, when.
    pub opted_out: fn(&str, &str) -> String,
    /// Opted in: how, when.
    pub opted_in: fn(&str, &str) -> String,
    /// Held: how, when.
    pub held: fn(&str, &str) -> String,
    /// By writing words.
    pub by_writing: fn(&str) -> String,
    /// By tapping a button.
    pub by_tapping: fn(&str) -> String,
    /// Recorded by somebody, through a channel.
    pub recorded_by: fn(&str, &str) -> String,
    /// WhatsApp's own stop holds.
    pub native_stop_title: &'static str,
    /// What it means.
    pub native_stop_text: &'static str,
    /// No account behind the number.
    pub invalid: &'static str,
    /// An implied consent runs out.
    pub expires: fn(&str) -> String,
    source: fn(Source) -> &'static str,
    by_source: fn(Source) -> &'static str,
    event: fn(SignalKind) -> &'static str,
    kind: fn(MessageKind) -> &'static str,
}

impl Consent {
    pub(super) const ENGLISH: Self = Self {
        switch: |name| format!("Marketing messages for {name}"),
        on: "On",
        off: "Off",
        the_customer: "the customer",
        somebody: "a former team member",
        api_key: |name| format!("API key {name}"),
        the_system: "the system",
        rule: |rule, matched| {
            let rule = english_rule(rule);
            matched.map_or_else(|| format!("rule: {rule}"), |matched| format!("rule: {rule} “{matched}”"))
        },
        words_erased: "The words were erased on the person’s request.",
        settings_version: |version| format!("settings version {version}"),
        never_asked: |name| {
            format!(
                "Nobody has asked {name} about marketing yet, so no marketing is sent under the strict policy."
            )
        },
        asked: |how, when| {
            format!("Asked to be told more {how} on {when} and was asked to confirm; no answer yet.")
        },
        opted_out: |how, when| format!("Opted out {how} on {when}"),
        opted_in: |how, when| format!("Opted in {how} on {when}"),
        held: |how, when| {
            format!(
                "Held since {when}: what came in {how} may mean stop. Marketing is paused until a person decides"
            )
        },
        by_writing: |words| format!("by writing “{words}”"),
        by_tapping: |words| format!("by tapping “{words}”"),
        recorded_by: |channel, who| format!("{channel}, recorded by {who},"),
        native_stop_title: "Stopped inside WhatsApp",
        native_stop_text: "This person used WhatsApp’s own control to stop offers from you. Only they can lift it, in WhatsApp: \
                           open the business profile, then Offers and announcements. Marketing stays off until they do; \
                           order updates and answers still arrive.",
        invalid: "WhatsApp could not deliver the last messages to this number: there seems to be no account behind it, and nothing more is sent. A message from them changes that.",
        expires: |when| format!("This consent is implied and runs out on {when}."),
        source: english_source,
        by_source: english_by_source,
        event: english_event,
        kind: english_kind,
    };

    /// The name of a channel, as in a list of choices.
    #[must_use]
    pub fn source(&self, source: Source) -> &'static str {
        (self.source)(source)
    }

    /// The channel inside a sentence: "Opted in *on paper* on 3 Nov".
    #[must_use]
    pub fn by_source(&self, source: Source) -> &'static str {
        (self.by_source)(source)
    }

    /// What an event says.
    #[must_use]
    pub fn event(&self, kind: SignalKind) -> &'static str {
        (self.event)(kind)
    }

    /// What a message is for.
    #[must_use]
    pub fn kind(&self, kind: MessageKind) -> &'static str {
        (self.kind)(kind)
    }

    /// Who did it.
    #[must_use]
    pub fn actor(&self, actor: &Actor) -> String {
        match actor {
            Actor::Person => self.the_customer.to_owned(),
            Actor::User { email, .. } => email.clone().unwrap_or_else(|| self.somebody.to_owned()),
            Actor::ApiKey { name, .. } => (self.api_key)(name.as_deref().unwrap_or_default()),
            Actor::System => self.the_system.to_owned(),
        }
    }
}

/// A rule as it is stored (`phrase:en.stop_sending`), in words.
fn english_rule(rule: &str) -> String {
    let (tier, place) = rule.split_once(':').unwrap_or((rule, ""));
    let (language, phrase) = place.split_once('.').unwrap_or((place, ""));
    let tier = match tier {
        "keyword" => "keyword",
        "payload" => "button",
        "us_word" => "word that always stops +1 numbers",
        "shipped_keyword" => "keyword",
        "keyword_and_filler" => "keyword with polite words",
        "answer" => "answer to our question",
        "phrase" => "explicit request",
        "typo" => "keyword with a typing mistake",
        "classifier" => "reads like a stop",
        "ambiguous" => "ambiguous words",
        "long_text" => "request inside a long text",
        "stop_sign" => "stop sign",
        other => other,
    };
    let mut text = tier.to_owned();
    if !language.is_empty() {
        text.push_str(" in ");
        text.push_str(english_language(language));
    }
    if !phrase.is_empty() {
        text.push_str(&format!(" ({})", phrase.replace('_', " ")));
    }
    text
}

/// The name of a language.
pub(super) fn english_language(code: &str) -> &'static str {
    match code {
        "en" => "English",
        "es" => "Spanish",
        "pt" => "Portuguese",
        "fr" => "French",
        "de" => "German",
        "it" => "Italian",
        "nl" => "Dutch",
        "hi" => "Hindi",
        "ar" => "Arabic",
        "id" => "Indonesian and Malay",
        "tr" => "Turkish",
        "he" => "Hebrew",
        "ru" => "Russian",
        "zh" => "Chinese",
        "ja" => "Japanese",
        "af" => "Afrikaans",
        "ko" => "Korean",
        _ => "another language",
    }
}

fn english_source(source: Source) -> &'static str {
    match source {
        Source::Keyword => "Keyword on WhatsApp",
        Source::Button => "Button on WhatsApp",
        Source::MetaPreference => "WhatsApp’s own control",
        Source::ApiError131050 => "WhatsApp refused an offer",
        Source::Operator => "Told us in person or in chat",
        Source::Api => "Another system (API)",
        Source::Import => "A list we imported",
        Source::WebForm => "Web form or preference page",
        Source::Phone => "On the phone",
        Source::Paper => "On paper",
        Source::PointOfSale => "At the till",
        Source::Email => "By email",
        Source::Merge => "Two records joined",
        Source::NumberChange => "Number change",
        Source::Deadline => "Nobody decided in time",
        Source::Erasure => "Their data was erased",
    }
}

fn english_by_source(source: Source) -> &'static str {
    match source {
        Source::Keyword => "by keyword on WhatsApp",
        Source::Button => "by a button on WhatsApp",
        Source::MetaPreference => "with WhatsApp’s own control",
        Source::ApiError131050 => "inside WhatsApp, as it told us when it refused an offer,",
        Source::Operator => "on the customer’s word",
        Source::Api => "through another system",
        Source::Import => "by an imported list",
        Source::WebForm => "on a web form",
        Source::Phone => "on the phone",
        Source::Paper => "on paper",
        Source::PointOfSale => "at the till",
        Source::Email => "by email",
        Source::Merge => "when two records of this person were joined and the stricter choice was kept,",
        Source::NumberChange => "with a number change",
        Source::Deadline => "because nobody decided about their words in time,",
        Source::Erasure => "because their data was erased,",
    }
}

fn english_event(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::OptOut => "Asked to stop",
        SignalKind::OptIn => "Opt-in recorded",
        SignalKind::Start => "Asked to start",
        SignalKind::Confirm => "Confirmed the opt-in",
        SignalKind::Hold => "Ambiguous words",
        SignalKind::Release => "Hold released",
        SignalKind::NativeStop => "Stopped offers inside WhatsApp",
        SignalKind::NativeResume => "Allowed offers inside WhatsApp again",
    }
}

fn english_kind(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Marketing => "Marketing",
        MessageKind::Utility => "Order update",
        MessageKind::Authentication => "One-time code",
        MessageKind::Service => "Answer",
        MessageKind::Consent => "Consent answer",
    }
}
