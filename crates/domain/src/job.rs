//! Long work on contacts: reading a file in, changing many at once.

use serde::{Deserialize, Serialize};

use crate::consent::{Consent, Signal, SignalKind, Source, State, UnknownWord, apply};
use crate::contact::ContactQuery;
use crate::id::{ContactId, JobId};
use crate::phone::Region;
use crate::time::{Span, Timestamp};

/// For so long a finished job can be undone.
pub const UNDO_WITHIN: Span = Span::hours(24);

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a person to say what to do, or to go ahead.
    Ready,
    /// A dry run: looks at everything, changes nothing.
    Checking,
    /// At work.
    Running,
    /// All of it is done.
    Done,
    /// Stopped by a person; what was done until then stays, and can be undone.
    Cancelled,
    /// Something made it impossible to go on; what was done until then stays, and can be undone.
    Failed,
    /// What it did is being taken back.
    Undoing,
    /// What it did was taken back.
    Undone,
}

impl JobState {
    const WORDS: [(Self, &'static str); 8] = [
        (Self::Ready, "ready"),
        (Self::Checking, "checking"),
        (Self::Running, "running"),
        (Self::Done, "done"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
        (Self::Undoing, "undoing"),
        (Self::Undone, "undone"),
    ];

    /// The word used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// Whether somebody works on it.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Undoing)
    }

    /// Whether what it did can still be taken back, given when it ended.
    #[must_use]
    pub fn can_be_undone(self, finished_at: Option<Timestamp>, now: Timestamp) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
            && finished_at.is_some_and(|finished| now < finished + UNDO_WITHIN)
    }
}

impl std::str::FromStr for JobState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::WORDS.iter().find(|(_, word)| *word == text).map(|(state, _)| *state).ok_or(UnknownWord)
    }
}

/// What a column of a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// Nothing that is read in.
    #[default]
    Ignore,
    /// The number: what a row is about.
    Phone,
    /// The whole name.
    Name,
    /// The first part of a name; put before [`Column::LastName`].
    FirstName,
    /// The second part of a name.
    LastName,
    /// Labels, separated by commas, semicolons or bars.
    Tags,
    /// Whether the person wants marketing.
    Consent,
    /// When they said so.
    ConsentDate,
    /// How they said so.
    ConsentSource,
}

impl Column {
    /// Every meaning, in the order in which people are offered them.
    pub const ALL: [Self; 9] = [
        Self::Ignore,
        Self::Phone,
        Self::Name,
        Self::FirstName,
        Self::LastName,
        Self::Tags,
        Self::Consent,
        Self::ConsentDate,
        Self::ConsentSource,
    ];

    /// The word used in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Tags => "tags",
            Self::Consent => "consent",
            Self::ConsentDate => "consent_date",
            Self::ConsentSource => "consent_source",
        }
    }

    /// The meaning a word of a form names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == word)
    }

    /// What a heading most likely stands for, whatever program wrote it.
    #[must_use]
    pub fn guess(heading: &str) -> Self {
        let plain: String =
            heading.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let is = |words: &[&str]| words.contains(&plain.as_str());
        let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
        if is(&["first name", "firstname", "given name", "forename", "nombre", "prenom", "prénom", "vorname"])
        {
            Self::FirstName
        } else if is(&[
            "last name",
            "lastname",
            "surname",
            "family name",
            "apellido",
            "apellidos",
            "sobrenome",
            "nom",
            "nachname",
            "cognome",
            "achternaam",
        ]) {
            Self::LastName
        } else if has(&[
            "consent date",
            "opt in date",
            "opted in at",
            "opt out date",
            "subscribed at",
            "consent at",
            "consented at",
        ]) || is(&["since", "date"])
        {
            Self::ConsentDate
        } else if has(&["consent source", "opt in source", "signup source", "consent channel"])
            || is(&["source"])
        {
            Self::ConsentSource
        } else if has(&[
            "consent",
            "opt in",
            "optin",
            "opted in",
            "opt out",
            "subscribed",
            "marketing",
            "permission",
        ]) || is(&["state", "status"])
        {
            Self::Consent
        } else if has(&[
            "phone",
            "mobile",
            "whatsapp",
            "cell",
            "telefon",
            "teléfono",
            "telefone",
            "telephone",
            "téléphone",
            "celular",
            "movil",
            "móvil",
            "handy",
            "msisdn",
            "numero",
            "número",
        ]) || is(&["number", "tel", "no", "wa id", "to"])
        {
            Self::Phone
        } else if is(&[
            "name",
            "full name",
            "fullname",
            "contact",
            "contact name",
            "customer",
            "customer name",
            "nome",
            "naam",
            "nama",
        ]) {
            Self::Name
        } else if is(&["tag", "tags", "label", "labels", "segment", "segments", "group", "groups", "list"]) {
            Self::Tags
        } else {
            Self::Ignore
        }
    }
}

/// In which order a date in figures is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `2026-11-25`, the only order that is never taken for another.
    #[default]
    YearFirst,
    /// `25/11/2026`
    DayFirst,
    /// `11/25/2026`
    MonthFirst,
}

impl DateOrder {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::YearFirst, Self::DayFirst, Self::MonthFirst];

    /// The word used in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::YearFirst => "year_first",
            Self::DayFirst => "day_first",
            Self::MonthFirst => "month_first",
        }
    }

    /// The order a word of a form names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == word)
    }

    /// Reads a date, with or without a time after it, as UTC. A date with the year first is read in every order.
    #[must_use]
    pub fn read(self, text: &str) -> Option<Timestamp> {
        let text = text.trim();
        if let Some(at) = Timestamp::parse_rfc3339(text) {
            return Some(at);
        }
        let (date, time) = text.split_once([' ', 'T']).map_or((text, ""), |(date, time)| (date, time.trim()));
        let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
        let [first, second, third] = parts.as_slice() else { return None };
        let (year, month, day) = match self {
            _ if first.len() == 4 => (first, second, third),
            Self::DayFirst if third.len() == 4 => (third, second, first),
            Self::MonthFirst if third.len() == 4 => (third, first, second),
            _ => return None,
        };
        let time = match time.len() {
            0 => "00:00:00".to_owned(),
            4 | 5 => format!("{time:0>5}:00"),
            7 | 8 => format!("{time:0>8}"),
            _ => return None,
        };
        Timestamp::parse_rfc3339(&format!("{year}-{month:0>2}-{day:0>2}T{time}Z"))
    }
}

/// What a cell says about marketing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// They want it.
    In,
    /// They do not.
    Out,
}

/// Reads a cell about consent. Empty is no wish; what is not understood is an error rather than a guess.
///
/// # Errors
/// When the words are neither a yes nor a no.
pub fn read_wish(text: &str) -> Result<Option<Wish>, UnknownWord> {
    let word = text.trim().to_lowercase().replace(['-', '_'], " ");
    Ok(match word.as_str() {
        "" | "unknown" | "n/a" | "na" | "null" | "none" | "pending" | "?" => None,
        "yes"
        | "y"
        | "true"
        | "t"
        | "1"
        | "in"
        | "opted in"
        | "opt in"
        | "optin"
        | "opted in (confirmed)"
        | "subscribed"
        | "subscribe"
        | "active"
        | "confirmed"
        | "agreed"
        | "granted"
        | "on"
        | "si"
        | "sí"
        | "sim"
        | "oui"
        | "ja"
        | "da"
        | "x" => Some(Wish::In),
        "no" | "n" | "false" | "f" | "0" | "out" | "opted out" | "opt out" | "optout" | "unsubscribed"
        | "unsubscribe" | "stop" | "stopped" | "inactive" | "denied" | "declined" | "revoked"
        | "withdrawn" | "blocked" | "never" | "off" | "não" | "nao" | "non" | "nein" | "nee" | "held"
        | "suppressed" | "do not contact" | "dnc" => Some(Wish::Out),
        _ => return Err(UnknownWord),
    })
}

/// What a wish in a file comes to for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it is so already.
    AsBefore,
    /// A signal to record, which leads to another state.
    Record(Signal),
    /// They opted out, or their words wait for a decision: a file does not change that (R12).
    KeptOut,
    /// A yes without a way in which it was given is no consent (R2).
    WithoutEvidence,
}

/// A file can lower a permission and never raises one of somebody who opted out, whatever dates it gives. A no without a date counts
/// from now on; one with a date leaves a later yes of the person alone.
#[must_use]
pub fn effect_of(
    consent: &Consent,
    wish: Wish,
    date: Option<Timestamp>,
    evidence: Option<Source>,
    now: Timestamp,
) -> Effect {
    let state = consent.state();
    match wish {
        Wish::Out => {
            let since = consent.since().map_or(now, |(since, _)| since.max(now));
            let occurred_at = date.map_or(since, |date| date.min(now));
            let signal = Signal { kind: SignalKind::OptOut, source: Source::Import, occurred_at };
            let change = apply(consent, &signal);
            if change.changed_state() { Effect::Record(signal) } else { Effect::AsBefore }
        }
        Wish::In if matches!(state, State::OptedOut | State::Held) || consent.native_stop() => {
            Effect::KeptOut
        }
        Wish::In if state == State::OptedIn => Effect::AsBefore,
        Wish::In => {
            let Some(source) = evidence else { return Effect::WithoutEvidence };
            let occurred_at = date.map_or(now, |date| date.min(now));
            let signal = Signal { kind: SignalKind::OptIn, source, occurred_at };
            let change = apply(consent, &signal);
            if change.to == State::OptedIn { Effect::Record(signal) } else { Effect::KeptOut }
        }
    }
}

/// How people in a file agreed, on the word of whoever imports it: the evidence of every row that says yes and names no source of its
/// own (R2, R8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// The channel.
    pub source: Source,
    /// What they were told and how they agreed.
    pub note: String,
    /// When, where a row has no date of its own.
    pub agreed_on: Option<Timestamp>,
}

/// How a file is read, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPlan {
    /// What the file was called.
    pub file_name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The encoding, by its WHATWG name.
    pub encoding: String,
    /// What separates columns: one character of ASCII.
    pub delimiter: char,
    /// The first line holds headings.
    pub has_heading: bool,
    /// What each column holds.
    pub columns: Vec<Column>,
    /// Where numbers without a country code are from.
    pub region: Option<Region>,
    /// How dates in figures are written.
    pub dates: DateOrder,
    /// Labels for everybody in the file.
    pub tags: Vec<String>,
    /// A name in the file replaces one that is there.
    pub replace_names: bool,
    /// Everybody in the file without a wish of their own agreed.
    pub all_agreed: bool,
    /// How they agreed.
    pub attestation: Option<Attestation>,
    /// Only look, change nothing.
    pub dry_run: bool,
}

/// The encodings a file may be read in, by their WHATWG names; the usual ones first.
pub const ENCODINGS: [&str; 22] = [
    "UTF-8",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "ISO-8859-2",
    "ISO-8859-5",
    "ISO-8859-7",
    "KOI8-U",
    "UTF-16LE",
    "UTF-16BE",
    "Shift_JIS",
    "EUC-JP",
    "GBK",
    "Big5",
    "EUC-KR",
];

/// One change of many contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum BulkAction {
    /// Stop marketing, on the customers' word.
    OptOut,
    /// Put a label on them.
    Tag {
        /// Which.
        tag: String,
    },
    /// Take a label off.
    Untag {
        /// Which.
        tag: String,
    },
    /// Stop all communication.
    Block,
    /// Allow communication again; consent is another matter and stays.
    Unblock,
}

impl BulkAction {
    /// Whether it can be taken back. An opt-out cannot: only the person may opt in again.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        !matches!(self, Self::OptOut)
    }
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plan {
    /// Reads a file in.
    Import(ImportPlan),
    /// Changes many.
    Bulk {
        /// What is done.
        action: BulkAction,
        /// These, when there are any; else everybody who matches the query.
        contacts: Vec<ContactId>,
        /// Who matches.
        query: ContactQuery,
    },
}

impl Plan {
    /// The word used in the database.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Import(_) => "import",
            Self::Bulk { .. } => "bulk",
        }
    }

    /// Whether what it does can be taken back.
    #[must_use]
    pub const fn can_be_undone(&self) -> bool {
        match self {
            Self::Import(_) => true,
            Self::Bulk { action, .. } => action.can_be_undone(),
        }
    }
}

/// How far a job is, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Bytes of the file read, or contacts looked at.
    pub done: u64,
    /// Of how many.
    pub of: u64,
    /// Rows read, without the headings.
    pub rows: u64,
    /// New contacts.
    pub added: u64,
    /// Contacts that were here and changed.
    pub updated: u64,
    /// Contacts that were here and are as before.
    pub unchanged: u64,
    /// Rows about somebody who was in the file before.
    pub duplicates: u64,
    /// People who are opted in now and were not.
    pub opted_in: u64,
    /// People who are opted out now and were not.
    pub opted_out: u64,
    /// People the file calls opted in who opted out, and stay so.
    pub kept_out: u64,
    /// People the file calls opted in without saying how they agreed: recorded as unknown.
    pub without_evidence: u64,
    /// People whose data was erased: not added again.
    pub erased: u64,
    /// Rows that could not be read.
    pub errors: u64,
    /// Bytes of the file of errors that are certain: a restart goes on from there.
    pub errors_bytes: u64,
    /// The last contact looked at.
    pub last: Option<ContactId>,
    /// Contacts taken back.
    pub undone: u64,
    /// Contacts that an undo left alone, because something happened to them since.
    pub undo_kept: u64,
}

/// Long work on contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Where it stands.
    pub state: JobState,
    /// What it does.
    pub plan: Plan,
    /// How far it is. After a dry run, what would come of it.
    pub progress: Progress,
    /// What went wrong with all of it, as a code the page has words for.
    pub problem: Option<String>,
    /// The result of a dry run of this very plan is shown.
    pub checked: bool,
    /// Asked to stop.
    pub stopping: bool,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// When it went to work.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Why a row of a file was not read in as it stands, as a code the page has words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowProblem {
    /// No number.
    NoPhone,
    /// Not a number.
    NotANumber,
    /// No country code, and no country given for the file.
    NoCountryCode,
    /// No country has this code.
    UnknownCountryCode,
    /// Too few digits.
    TooShort,
    /// Too many digits.
    TooLong,
    /// Not a number of that country.
    NotInUse,
    /// A name that is too long.
    NameTooLong,
    /// Characters nobody can see.
    ControlCharacters,
    /// A label that is too long, or too many.
    Tags,
    /// Neither a yes nor a no.
    Consent,
    /// Not a date in the order given, or one in the future.
    Date,
    /// More columns than the headings.
    TooManyColumns,
    /// A line that is too long.
    LineTooLong,
    /// Quotation marks that do not come in pairs.
    Quotes,
    /// Bytes that are no text in the file's encoding.
    Encoding,
    /// The person opted out: their choice stands.
    KeptOut,
    /// Says yes without saying how they agreed.
    WithoutEvidence,
    /// The person's data was erased.
    Erased,
}

impl RowProblem {
    /// The code used in the file of errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPhone => "no_number",
            Self::NotANumber => "not_a_number",
            Self::NoCountryCode => "no_country_code",
            Self::UnknownCountryCode => "unknown_country_code",
            Self::TooShort => "number_too_short",
            Self::TooLong => "number_too_long",
            Self::NotInUse => "number_not_in_use",
            Self::NameTooLong => "name_too_long",
            Self::ControlCharacters => "invisible_characters",
            Self::Tags => "tags_not_usable",
            Self::Consent => "consent_not_understood",
            Self::Date => "date_not_understood",
            Self::TooManyColumns => "too_many_columns",
            Self::LineTooLong => "line_too_long",
            Self::Quotes => "quotation_marks",
            Self::Encoding => "not_text",
            Self::KeptOut => "opted_out_stays",
            Self::WithoutEvidence => "no_evidence",
            Self::Erased => "erased_stays",
        }
    }

    /// What happened and what to do, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoPhone => "There is no number in this row.",
            Self::NotANumber => "This is not a phone number: write digits, with the country code.",
            Self::NoCountryCode => {
                "The country code is missing: write +27… or choose a country for the file."
            }
            Self::UnknownCountryCode => "No country has this code: check the digits after the plus.",
            Self::TooShort => "Digits are missing from this number.",
            Self::TooLong => "This number has too many digits.",
            Self::NotInUse => {
                "No phone of this country can have this number: check the country chosen for the file."
            }
            Self::NameTooLong => "This name is longer than 200 characters.",
            Self::ControlCharacters => "There are invisible control characters in this cell.",
            Self::Tags => "A tag has at most 50 characters, and a person at most 50 tags.",
            Self::Consent => {
                "Neither a yes nor a no: write yes, no, opted_in or opted_out, or leave it empty."
            }
            Self::Date => "This is no date in the order chosen for the file, or one in the future.",
            Self::TooManyColumns => {
                "This row has more columns than the headings: is there a separator inside a cell without quotation marks?"
            }
            Self::LineTooLong => "This row is longer than 256 kB.",
            Self::Quotes => "A quotation mark in this row is never closed.",
            Self::Encoding => "This row holds bytes that are no text in the file’s encoding.",
            Self::KeptOut => "This person opted out. Their choice stands: only they can change it.",
            Self::WithoutEvidence => {
                "Opted in by the file, but how they agreed is not said: recorded as unknown."
            }
            Self::Erased => "This person’s data was erased at some time. They were not added again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_common_programs_are_understood() {
        for (heading, column) in [
            ("Phone Number", Column::Phone),
            ("mobile_phone", Column::Phone),
            ("WhatsApp", Column::Phone),
            ("Teléfono móvil", Column::Phone),
            ("First Name", Column::FirstName),
            ("Nachname", Column::LastName),
            ("Full name", Column::Name),
            ("Tags", Column::Tags),
            ("Accepts Marketing", Column::Consent),
            ("opt_in", Column::Consent),
            ("Consent Date", Column::ConsentDate),
            ("opt-in source", Column::ConsentSource),
            ("state", Column::Consent),
            ("Company", Column::Ignore),
            ("", Column::Ignore),
        ] {
            assert_eq!(Column::guess(heading), column, "{heading}");
        }
    }

    #[test]
    fn a_yes_is_a_yes_and_what_is_neither_is_asked_about() {
        for (text, wish) in [
            ("Yes", Some(Wish::In)),
            ("opted_in", Some(Wish::In)),
            ("1", Some(Wish::In)),
            (" opted-out ", Some(Wish::Out)),
            ("FALSE", Some(Wish::Out)),
            ("STOP", Some(Wish::Out)),
            ("", None),
            ("unknown", None),
        ] {
            assert_eq!(read_wish(text), Ok(wish), "{text}");
        }
        assert!(read_wish("maybe").is_err());
        assert!(read_wish("2").is_err());
    }

    #[test]
    fn dates_are_read_in_the_order_given_and_never_guessed() {
        let day = Timestamp::parse_rfc3339("2026-11-05T00:00:00Z");
        assert_eq!(DateOrder::DayFirst.read("05/11/2026"), day);
        assert_eq!(DateOrder::DayFirst.read("5.11.2026"), day);
        assert_eq!(DateOrder::MonthFirst.read("11/5/2026"), day);
        assert_eq!(DateOrder::YearFirst.read("2026-11-05"), day);
        assert_eq!(DateOrder::DayFirst.read("2026-11-05"), day);
        assert_eq!(DateOrder::YearFirst.read("05/11/2026"), None);
        assert_eq!(DateOrder::MonthFirst.read("25/11/2026"), None);
        assert_eq!(DateOrder::DayFirst.read("05/11/26"), None);
        let noon = Timestamp::parse_rfc3339("2026-11-05T12:30:00Z");
        assert_eq!(DateOrder::DayFirst.read("05/11/2026 12:30"), noon);
        assert_eq!(DateOrder::YearFirst.read("2026-11-05T12:30:00Z"), noon);
        assert_eq!(
            DateOrder::YearFirst.read("2026-11-05 9:05"),
            Timestamp::parse_rfc3339("2026-11-05T09:05:00Z")
        );
    }

    fn after(signals: &[(SignalKind, i64)]) -> Consent {
        signals.iter().fold(Consent::NONE, |consent, (kind, seconds)| {
            let occurred_at = Timestamp::from_seconds(*seconds);
            apply(&consent, &Signal { kind: *kind, source: Source::Keyword, occurred_at }).consent
        })
    }

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    #[test]
    fn r12_a_file_never_raises_somebody_who_opted_out_whatever_dates_it_gives() {
        let evidence = Some(Source::Paper);
        for consent in [
            after(&[(SignalKind::OptOut, 10)]),
            after(&[(SignalKind::Hold, 10)]),
            after(&[(SignalKind::OptIn, 5), (SignalKind::NativeStop, 10)]),
        ] {
            for date in [None, Some(Timestamp::from_seconds(5)), Some(Timestamp::from_seconds(500))] {
                assert_eq!(effect_of(&consent, Wish::In, date, evidence, NOW), Effect::KeptOut);
            }
        }
    }

    #[test]
    fn r2_a_yes_counts_only_with_the_way_it_was_given() {
        let nobody = Consent::NONE;
        assert_eq!(effect_of(&nobody, Wish::In, None, None, NOW), Effect::WithoutEvidence);
        let signal = Signal { kind: SignalKind::OptIn, source: Source::Paper, occurred_at: NOW };
        assert_eq!(effect_of(&nobody, Wish::In, None, Some(Source::Paper), NOW), Effect::Record(signal));
        let agreed = after(&[(SignalKind::OptIn, 5)]);
        assert_eq!(effect_of(&agreed, Wish::In, None, None, NOW), Effect::AsBefore);
    }

    #[test]
    fn a_file_lowers_a_permission_from_now_on_or_from_the_date_it_gives() {
        let agreed = after(&[(SignalKind::OptIn, 500)]);
        let recorded = |effect| match effect {
            Effect::Record(signal) => Some((signal.kind, signal.occurred_at.seconds())),
            _ => None,
        };
        let out = |date| recorded(effect_of(&agreed, Wish::Out, date, None, NOW));
        assert_eq!(out(None), Some((SignalKind::OptOut, 1_000)));
        assert_eq!(out(Some(Timestamp::from_seconds(600))), Some((SignalKind::OptOut, 600)));
        assert_eq!(out(Some(Timestamp::from_seconds(400))), None, "the person agreed after it");
        assert_eq!(
            out(Some(Timestamp::from_seconds(9_000))),
            Some((SignalKind::OptOut, 1_000)),
            "no date is ahead of us"
        );
        // An agreement that looks later by another clock is lowered too.
        let ahead = after(&[(SignalKind::OptIn, 2_000)]);
        assert!(matches!(effect_of(&ahead, Wish::Out, None, None, NOW), Effect::Record(_)));
        let gone = after(&[(SignalKind::OptOut, 10)]);
        assert_eq!(effect_of(&gone, Wish::Out, None, None, NOW), Effect::AsBefore);
    }

    #[test]
    fn an_end_can_be_undone_for_a_day() {
        let end = Timestamp::from_seconds(1_000_000);
        assert!(JobState::Done.can_be_undone(Some(end), end + Span::hours(23)));
        assert!(!JobState::Done.can_be_undone(Some(end), end + Span::hours(24)));
        assert!(!JobState::Running.can_be_undone(None, end));
        assert!(
            !Plan::Bulk { action: BulkAction::OptOut, contacts: vec![], query: ContactQuery::default() }
                .can_be_undone()
        );
    }
}
