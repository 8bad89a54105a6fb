//! Every word people read, one table a language. A feature has its own part: a struct of texts, and of functions where a text
//! holds a value, so that a missing translation does not compile and word order is the translator's.

mod audit;
mod auth;
mod campaigns;
mod consent;
mod contacts;
mod decisions;
mod errors;
mod inbox;
mod jobs;
mod joining;
mod ledger;
mod links;
mod overview;
mod person;
mod preferences;
mod replies;
mod settings;
mod shell;
mod simulator;
mod team;
mod time;
mod ui;
mod webhooks;

pub use audit::AuditWords;
pub use auth::Auth;
pub use campaigns::Campaigns;
pub use consent::Consent;
pub use contacts::Contacts;
pub use decisions::Decisions;
pub use errors::Errors;
pub use inbox::Inbox;
pub use jobs::Jobs;
pub use joining::JoiningWords;
pub use ledger::Ledger;
pub use links::LinkWords;
pub use overview::Overview;
pub use person::PersonWords;
pub use preferences::Preferences;
pub use replies::ReplyWords;
pub use settings::{Admin, Lab, Settings, System};
pub use shell::Shell;
pub use simulator::Simulator;
pub use team::TeamWords;
pub use time::Time;
pub use ui::Ui;
pub use webhooks::Webhooks;

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// A language the product speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The value of `html[lang]`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    /// The value of `html[dir]`.
    #[must_use]
    pub const fn direction(self) -> &'static str {
        match self {
            Self::English => "ltr",
        }
    }

    /// The words.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
        }
    }
}

/// All words of one language.
#[derive(Debug)]
pub struct Words {
    /// The frame of the pages.
    pub shell: Shell,
    /// What people of the business did.
    pub audit: AuditWords,
    /// Logging in and first setup.
    pub auth: Auth,
    /// The shared parts.
    pub ui: Ui,
    /// What went wrong, and what to do.
    pub errors: Errors,
    /// Times and dates.
    pub time: Time,
    /// How consent is spoken of.
    pub consent: Consent,
    /// Contacts.
    pub contacts: Contacts,
    /// Campaigns.
    pub campaigns: Campaigns,
    /// The inbox.
    pub inbox: Inbox,
    /// What needs a person.
    pub decisions: Decisions,
    /// Files of contacts and changes of many.
    pub jobs: Jobs,
    /// The ledger.
    pub ledger: Ledger,
    /// Links and codes to join and to leave.
    pub links: LinkWords,
    /// The first page.
    pub overview: Overview,
    /// A customer's own page.
    pub preferences: Preferences,
    /// What is kept about a person, and merging records.
    pub person: PersonWords,
    /// The form on a business's own website.
    pub joining: JoiningWords,
    /// The settings.
    pub settings: Settings,
    /// Answers that colleagues give often.
    pub replies: ReplyWords,
    /// The simulated phone.
    pub simulator: Simulator,
}

/// English.
pub static ENGLISH: Words = Words {
    shell: Shell::ENGLISH,
    audit: AuditWords::ENGLISH,
    auth: Auth::ENGLISH,
    ui: Ui::ENGLISH,
    errors: Errors::ENGLISH,
    time: Time::ENGLISH,
    consent: Consent::ENGLISH,
    contacts: Contacts::ENGLISH,
    campaigns: Campaigns::ENGLISH,
    inbox: Inbox::ENGLISH,
    decisions: Decisions::ENGLISH,
    jobs: Jobs::ENGLISH,
    ledger: Ledger::ENGLISH,
    links: LinkWords::ENGLISH,
    overview: Overview::ENGLISH,
    preferences: Preferences::ENGLISH,
    person: PersonWords::ENGLISH,
    joining: JoiningWords::ENGLISH,
    replies: ReplyWords::ENGLISH,
    settings: Settings::ENGLISH,
    simulator: Simulator::ENGLISH,
};

/// The words of the visitor's language.
#[must_use]
pub fn use_words() -> &'static Words {
    use_context::<Language>().unwrap_or_default().words()
}

/// A whole number with separators: `1,000,000`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(-1_234_567), "−1,234,567");
    }
}
