use detection::Certainty;
use domain::consent::State;
use domain::permit::FrequencyCap;
use domain::quiet::Hours;
use domain::role::Role;
use domain::settings::{Field, Problem, Warning};

/// The settings pages.
#[derive(Debug)]
pub struct Settings {
    /// The people who work here.
    pub team_words: super::TeamWords,
    /// Webhooks to other systems.
    pub webhooks: super::Webhooks,
    /// Names the places of the settings.
    pub navigation: &'static str,
    /// A step of the way.
    pub application: &'static str,
    /// A place.
    pub opt_in_out: &'static str,
    /// A place.
    pub connection: &'static str,
    /// A place.
    pub team: &'static str,
    /// A place.
    pub api: &'static str,
    /// The Opt-In/Out System.
    pub system: System,
    /// The keyword lab.
    pub lab: Lab,
    /// Running edited keywords over what came in.
    pub replay: Replay,
    /// Connection, team, API.
    pub admin: Admin,
}

/// The Opt-In/Out System.
#[derive(Debug)]
pub struct System {
    /// What the page is for.
    pub lead: &'static str,
    /// Card.
    pub out_title: &'static str,
    /// Its lead.
    pub out_lead: &'static str,
    /// A field, by the guide.
    pub out_keywords: &'static str,
    /// Its hint.
    pub out_keywords_hint: &'static str,
    /// A field, by the guide.
    pub out_message: &'static str,
    /// Its hint.
    pub out_message_hint: &'static str,
    /// Card.
    pub in_title: &'static str,
    /// Its lead.
    pub in_lead: &'static str,
    /// A field, by the guide.
    pub in_keywords: &'static str,
    /// Its hint.
    pub in_keywords_hint: &'static str,
    /// A field, by the guide.
    pub in_message: &'static str,
    /// Its hint.
    pub in_message_hint: &'static str,
    /// A field.
    pub disclosure: &'static str,
    /// Its hint.
    pub disclosure_hint: &'static str,
    /// Card.
    pub help_title: &'static str,
    /// Its lead.
    pub help_lead: &'static str,
    /// A field.
    pub help_keywords: &'static str,
    /// Its hint.
    pub help_keywords_hint: &'static str,
    /// A field.
    pub help_answer: &'static str,
    /// Its hint.
    pub help_answer_hint: &'static str,
    /// Card.
    pub policies: &'static str,
    /// Its lead.
    pub policies_lead: &'static str,
    /// A choice.
    pub reachable: &'static str,
    /// An alternative.
    pub opted_in_only: &'static str,
    /// What it means.
    pub opted_in_only_hint: &'static str,
    /// An alternative.
    pub not_opted_out: &'static str,
    /// What it means.
    pub not_opted_out_hint: &'static str,
    /// What the law says about it.
    pub law_title: &'static str,
    /// The rest.
    pub law_text: &'static str,
    /// A choice.
    pub ask: &'static str,
    /// What it means.
    pub ask_hint: &'static str,
    /// A choice.
    pub repeats: &'static str,
    /// What it means.
    pub repeats_hint: &'static str,
    /// A choice: when marketing leaves.
    pub hours: &'static str,
    /// What it means.
    pub hours_hint: &'static str,
    /// One of the choices.
    pub hours_word: fn(Option<Hours>) -> String,
    /// A choice: how often.
    pub cap: &'static str,
    /// What it means.
    pub cap_hint: &'static str,
    /// One of the choices.
    pub cap_word: fn(Option<FrequencyCap>) -> String,
    /// A choice.
    pub skip_us: &'static str,
    /// What it means.
    pub skip_us_hint: &'static str,
    /// A choice.
    pub languages: &'static str,
    /// What it means.
    pub languages_hint: &'static str,
    language: fn(&str) -> &'static str,
    /// Names the buttons that insert a variable.
    pub insert: &'static str,
    /// What each variable stands for, in the order of `VARIABLES`.
    pub variables: [&'static str; 4],
    /// Names one of those buttons.
    pub insert_one: fn(&str) -> String,
    /// Above a preview.
    pub preview: &'static str,
    /// Whose phone the preview shows.
    pub preview_person: &'static str,
    /// The button, by the guide.
    pub save: &'static str,
    /// It worked, by the guide.
    pub saved: &'static str,
    /// There are changes.
    pub unsaved: &'static str,
    /// So many problems are left.
    pub problems: fn(usize) -> String,
    /// Goes back to what is saved.
    pub discard: &'static str,
    /// Asked before leaving.
    pub leave: &'static str,
    /// Unsaved changes came back with the page.
    pub restored: &'static str,
    /// Somebody else saved.
    pub conflict_title: &'static str,
    /// What differs.
    pub conflict_text: &'static str,
    /// Nothing differs in the fields.
    pub conflict_same: &'static str,
    /// Takes theirs.
    pub load_theirs: &'static str,
    /// Keeps mine.
    pub keep_mine: &'static str,
    /// The value of a field before and now.
    pub changed: fn(&str, &str) -> String,
    /// Yes.
    pub yes: &'static str,
    /// No.
    pub no: &'static str,
    /// May not change anything.
    pub read_only: &'static str,
    /// Keeps what was typed.
    pub kept: &'static str,
    /// What two versions of a field say: mine, theirs.
    pub differs: fn(&str, &str) -> String,
    /// What is wrong with one keyword.
    pub keyword: fn(Problem, &str) -> String,
    /// A keyword that is understood without being listed.
    pub covered: fn(&str) -> String,
    /// A keyword that may mean something else.
    pub unclear: fn(&str) -> String,
    warning: fn(Warning, &str) -> String,
    field: fn(Field) -> &'static str,
}

/// Running edited keywords over what came in.
#[derive(Debug)]
pub struct Replay {
    /// Card.
    pub title: &'static str,
    /// Its lead.
    pub lead: &'static str,
    /// A button.
    pub run: &'static str,
    /// How many of how many; whether it is one.
    pub summary: fn(&str, &str, bool) -> String,
    /// Not all were read.
    pub cut: &'static str,
    /// Read out between two verdicts.
    pub becomes: &'static str,
    /// So many are not listed.
    pub more: fn(&str) -> String,
}

/// The keyword lab.
#[derive(Debug)]
pub struct Lab {
    /// Card.
    pub title: &'static str,
    /// Its lead.
    pub lead: &'static str,
    /// A field.
    pub text: &'static str,
    /// Its example.
    pub placeholder: &'static str,
    /// A field.
    pub state: &'static str,
    /// A field.
    pub country: &'static str,
    /// Countries, as value and name.
    pub countries: [(&'static str, &'static str); 6],
    /// Nothing typed.
    pub empty: &'static str,
    /// Without scripts.
    pub needs_scripts: &'static str,
    /// Names the steps.
    pub steps: &'static str,
    /// Step: what is compared.
    pub read: &'static str,
    /// Step: what it matches.
    pub matched: &'static str,
    /// Step: consent.
    pub consent: &'static str,
    /// Step: the reply.
    pub reply: &'static str,
    /// Step: marketing.
    pub marketing: &'static str,
    /// Nothing but signs.
    pub nothing: &'static str,
    /// What is compared.
    pub compared: fn(&str) -> String,
    /// A keyword of a list.
    pub keyword: fn(&str, &str) -> String,
    /// A word that always stops +1 numbers.
    pub us_word: fn(&str) -> String,
    /// A word that is always understood, and its language.
    pub shipped: fn(&str, &str) -> String,
    /// A keyword among polite words.
    pub filler: fn(&str) -> String,
    /// A keyword but for a letter.
    pub typo: fn(&str) -> String,
    /// No rule names the words, but the message is like those that ask to stop: the words that weighed most.
    pub classifier: fn(&str) -> String,
    /// An explicit request, and its language.
    pub phrase: fn(&str, &str) -> String,
    /// Words that may mean it.
    pub ambiguous: fn(&str) -> String,
    /// Step: what it means.
    pub meaning: &'static str,
    /// What it means, and how sure that is.
    pub means: fn(&str, &str) -> String,
    /// It means nothing about marketing.
    pub ordinary: &'static str,
    /// How sure.
    pub certainty: fn(Certainty) -> &'static str,
    /// It is a complaint too.
    pub complaint: &'static str,
    /// It asks to delete data too.
    pub erasure: &'static str,
    /// The detector is being loaded.
    pub waiting: &'static str,
    /// It could not be loaded.
    pub unavailable: &'static str,
    /// Names the examples.
    pub examples_label: &'static str,
    /// Messages to try.
    pub examples: [&'static str; 6],
    /// No keyword.
    pub no_match: &'static str,
    /// The state changes.
    pub becomes: fn(&str, &str) -> String,
    /// It stays.
    pub stays: fn(&str) -> String,
    /// No reply: an ordinary message.
    pub no_reply: &'static str,
    /// No reply: said before.
    pub no_reply_repeat: &'static str,
    /// A neutral reply, at most once a day.
    pub repeat_reply: &'static str,
    /// The reply is which message.
    pub sends: fn(&str) -> String,
    /// Marketing may be sent.
    pub may: &'static str,
    /// It may not.
    pub may_not: fn(&str) -> String,
}

/// Connection, team, API.
#[derive(Debug)]
pub struct Admin {
    /// Lead.
    pub connection_lead: &'static str,
    /// None yet.
    pub no_connection: &'static str,
    /// What to do.
    pub no_connection_text: &'static str,
    /// A fact.
    pub webhook: &'static str,
    /// A fact.
    pub phone_number_id: &'static str,
    /// A fact.
    pub waba_id: &'static str,
    /// A fact.
    pub graph: &'static str,
    /// A fact.
    pub throughput: &'static str,
    /// Its value.
    pub per_second: fn(i64) -> String,
    /// State.
    pub active: &'static str,
    /// State.
    pub paused: &'static str,
    /// Card.
    pub add_connection: &'static str,
    /// How.
    pub add_connection_text: &'static str,
    /// Copies.
    pub copy: &'static str,
    /// Copied.
    pub copied: &'static str,
    /// Lead.
    pub team_lead: &'static str,
    /// Column.
    pub email: &'static str,
    /// Column.
    pub role: &'static str,
    /// Column.
    pub may: &'static str,
    /// Marks yourself.
    pub you: &'static str,
    /// Lead.
    pub api_lead: &'static str,
    /// Card.
    pub keys: &'static str,
    /// None.
    pub no_keys: &'static str,
    /// What they are for.
    pub no_keys_text: &'static str,
    /// Column.
    pub key_name: &'static str,
    /// Column.
    pub scope: &'static str,
    /// Column.
    pub created: &'static str,
    /// Column.
    pub last_used: &'static str,
    /// Never.
    pub never: &'static str,
    /// Scope.
    pub read: &'static str,
    /// Scope.
    pub write: &'static str,
    /// Card.
    pub create_key: &'static str,
    /// Its hint.
    pub key_name_hint: &'static str,
    /// The button.
    pub create: &'static str,
    /// The key is there.
    pub key_created: &'static str,
    /// Only once.
    pub key_once: &'static str,
    /// The button.
    pub revoke: &'static str,
    /// Names it.
    pub revoke_one: fn(&str) -> String,
    /// The question.
    pub revoke_question: fn(&str) -> String,
    /// What follows.
    pub revoke_text: &'static str,
    /// It is revoked.
    pub revoked: &'static str,
    /// Card.
    pub docs: &'static str,
    /// Its lead.
    pub docs_text: &'static str,
    /// The link.
    pub open_docs: &'static str,
    /// The link.
    pub open_openapi: &'static str,
    /// Not for this role.
    pub forbidden: &'static str,
    role_name: fn(Role) -> &'static str,
    role_text: fn(Role) -> &'static str,
}

impl System {
    /// The name of a language.
    #[must_use]
    pub fn language(&self, code: &str) -> &'static str {
        (self.language)(code)
    }

    /// Something allowed that deserves a second look.
    #[must_use]
    pub fn warning(&self, warning: Warning, word: &str) -> String {
        (self.warning)(warning, word)
    }

    /// The label of a field.
    #[must_use]
    pub fn field(&self, field: Field) -> &'static str {
        (self.field)(field)
    }
}

impl Admin {
    /// The name of a role.
    #[must_use]
    pub fn role_name(&self, role: Role) -> &'static str {
        (self.role_name)(role)
    }

    /// What a role may do.
    #[must_use]
    pub fn role_text(&self, role: Role) -> &'static str {
        (self.role_text)(role)
    }
}

impl Lab {
    /// The states one can try.
    pub const STATES: [State; 3] = [State::Unknown, State::OptedIn, State::OptedOut];
}

impl Settings {
    pub(super) const ENGLISH: Self = Self {
        team_words: super::TeamWords::ENGLISH,
        webhooks: super::Webhooks::ENGLISH,
        navigation: "Settings",
        application: "Application Settings",
        opt_in_out: "Opt-In/Out System",
        connection: "WhatsApp connection",
        team: "Team",
        api: "API & webhooks",
        system: SYSTEM,
        lab: LAB,
        replay: REPLAY,
        admin: ADMIN,
    };
}

const SYSTEM: System = System {
    lead: "The words your customers use to stop and start marketing, and what they are told.",
    out_title: "Opting out",
    out_lead: "Stops marketing only: people who opt out still get answers and order updates.",
    out_keywords: "Opt-Out Keywords",
    out_keywords_hint: "A message of one of these words, polite words around it or not, stops marketing. Requests in other words, such as \
                        “please don’t message me”, are understood as well: try the keyword lab.",
    out_message: "Opt-Out Confirmation Message",
    out_message_hint: "Sent once, right after somebody opts out. It must not promote anything and must name the way back.",
    in_title: "Opting in",
    in_lead: "Brings back people who opted out. From anybody else it is a request, not yet a consent.",
    in_keywords: "Opt-In Keywords",
    in_keywords_hint: "An opted-out customer who writes one of these words gets marketing again.",
    in_message: "Opt-In Confirmation Message",
    in_message_hint: "Sent once, right after somebody opts in. It must say how to stop.",
    disclosure: "Opt-In Question",
    disclosure_hint: "Asked when an unknown person writes an opt-in keyword, with a button to agree. Say who writes, what, and how often.",
    help_title: "Help",
    help_lead: "People who ask for help always get an answer, whatever they decided about marketing.",
    help_keywords: "Help Keywords",
    help_keywords_hint: "A message that is exactly one of these words gets the answer below.",
    help_answer: "Help Answer",
    help_answer_hint: "Say who you are and how to reach a person.",
    policies: "Policies",
    policies_lead: "What counts when a customer said nothing clear.",
    reachable: "Who may get marketing?",
    opted_in_only: "Only people who opted in",
    opted_in_only_hint: "Recommended. What the law asks for almost everywhere.",
    not_opted_out: "Everyone who has not opted out",
    not_opted_out_hint: "Also people who were never asked.",
    law_title: "Most laws ask for more than this",
    law_text: "GDPR and ePrivacy (Europe), CASL (Canada), POPIA (South Africa), the TCPA for marketing texts (USA) and WhatsApp’s own \
               Business Policy ask for an opt-in before the first marketing message. Choose this only if you have that consent \
               on record elsewhere; you carry the proof.",
    ask: "Ask unknown people to confirm",
    ask_hint: "START from somebody who never opted out gets the Opt-In Question first. Off: it counts as an opt-in at once.",
    repeats: "Answer a repeated opt-out",
    repeats_hint: "At most once in 24 hours, and never to numbers that start with +1.",
    hours: "Hours for marketing",
    hours_hint: "By the clock of whoever gets it; of a country with several time zones, when it is so in all of them. What comes too \
                 early or too late waits. Confirmations and order updates leave at any hour.",
    hours_word: |hours| match hours {
        None => "At any hour".to_owned(),
        Some(hours) => {
            format!(
                "{:02}:{:02} to {:02}:{:02}",
                hours.from / 60,
                hours.from % 60,
                hours.to / 60,
                hours.to % 60
            )
        }
    },
    cap: "Most marketing to one person",
    cap_hint: "Whoever got so much is left out of campaigns until the time is over.",
    cap_word: |cap| match cap {
        None => "No limit".to_owned(),
        Some(FrequencyCap { messages: 1, days: 1 }) => "1 message a day".to_owned(),
        Some(FrequencyCap { messages, days: 1 }) => format!("{messages} messages a day"),
        Some(FrequencyCap { messages: 1, days }) => format!("1 message in {days} days"),
        Some(FrequencyCap { messages, days }) => format!("{messages} messages in {days} days"),
    },
    skip_us: "Leave out numbers of the United States",
    skip_us_hint: "WhatsApp has not delivered marketing templates to them since 1 April 2025. Switch it off if that changes. Canada and \
                   the Caribbean are not concerned.",
    languages: "Languages we listen for",
    languages_hint: "Customers write in any language. Switch one off only if its words mean something else in your business. English is always on.",
    language: super::consent::english_language,
    insert: "Insert",
    variables: ["Business name", "First name", "Opt-in keyword", "Opt-out keyword"],
    insert_one: |name| format!("Insert {name}"),
    preview: "Preview",
    preview_person: "Maria Silva",
    save: "Save Changes",
    saved: "Opt-In/Out settings saved successfully",
    unsaved: "You have unsaved changes",
    problems: |count| {
        if count == 1 {
            "1 thing needs to be mended".to_owned()
        } else {
            format!("{count} things need to be mended")
        }
    },
    discard: "Discard changes",
    restored: "Your unsaved changes are back.",
    leave: "You have unsaved changes. Leave without saving?",
    conflict_title: "Someone else saved while you were editing",
    conflict_text: "Nothing was overwritten, and what you typed is still below. They changed:",
    conflict_same: "Their version has the same words, messages and policies.",
    load_theirs: "Load their version",
    keep_mine: "Keep editing mine on top",
    changed: |before, now| format!("was “{before}”, now “{now}”"),
    yes: "yes",
    no: "no",
    read_only: "You can look, but only owners and admins change these settings.",
    kept: "Nothing was saved yet. What you typed is still here.",
    differs: |mine, theirs| format!("yours says “{mine}”, theirs “{theirs}”"),
    keyword: english_keyword,
    covered: |word| format!("“{word}” is understood anyway; you need not list it."),
    unclear: |word| {
        format!(
            "“{word}” may mean something else: without it in your list, a person would be asked to decide."
        )
    },
    warning: english_warning,
    field: english_field,
};

fn english_keyword(problem: Problem, word: &str) -> String {
    match problem {
        Problem::KeywordEmpty { .. } => format!("“{word}” holds only signs. Remove it, or write letters."),
        Problem::KeywordTooLong { limit, .. } => {
            format!("“{word}” is too long. A keyword has at most {limit} characters.")
        }
        Problem::Duplicate { .. } => format!("“{word}” is in this list twice. Remove one."),
        Problem::InTwoLists { other, .. } => {
            format!("“{word}” is also in {}. Keep it in one list only.", english_field(other))
        }
        _ => format!("“{word}” cannot be used."),
    }
}

fn english_field(field: Field) -> &'static str {
    match field {
        Field::OptOutKeywords => "Opt-Out Keywords",
        Field::OptOutConfirmation => "Opt-Out Confirmation Message",
        Field::OptInKeywords => "Opt-In Keywords",
        Field::OptInConfirmation => "Opt-In Confirmation Message",
        Field::HelpKeywords => "Help Keywords",
        Field::HelpAnswer => "Help Answer",
        Field::Disclosure => "Opt-In Question",
    }
}

fn english_warning(warning: Warning, word: &str) -> String {
    match warning {
        Warning::NoBusinessName { field } => {
            format!("{} does not say who writes. Add your business name.", english_field(field))
        }
        Warning::OrdinaryWord { field, .. } => {
            let list = english_field(field);
            format!(
                "“{word}” is an everyday word: a customer who answers with it alone would trigger {list}."
            )
        }
        Warning::BotCommand { field, .. } => {
            let list = english_field(field);
            format!(
                "“{word}” is what people type to move around in a chat menu. In {list} it would do more than that."
            )
        }
        Warning::LooserThanTheLaw => {
            "Most laws ask for an opt-in before the first marketing message.".to_owned()
        }
    }
}

const LAB: Lab = Lab {
    title: "Keyword lab",
    lead: "Write what a customer might write and see what would happen, with the settings as they are on this page.",
    text: "Message from the customer",
    placeholder: "Stop!",
    state: "They are",
    country: "Their number is from",
    countries: [
        ("GB", "United Kingdom"),
        ("US", "USA or Canada (+1)"),
        ("IN", "India"),
        ("BR", "Brazil"),
        ("DE", "Germany"),
        ("ZA", "South Africa"),
    ],
    empty: "Type something to see each step. Nothing is sent.",
    needs_scripts: "The lab runs in your browser and needs JavaScript.",
    steps: "What the system would do",
    read: "We read",
    matched: "It matches",
    consent: "Marketing consent",
    reply: "We reply",
    marketing: "From now on",
    nothing: "Nothing but signs: no word to compare.",
    compared: |words| format!("“{words}”, without capitals, punctuation and emoji."),
    keyword: |word, list| format!("“{word}”, one of your {list}."),
    us_word: |word| {
        format!(
            "“{word}”, a word that always stops marketing to +1 numbers by US law, whatever your lists say."
        )
    },
    shipped: |word, language| format!("“{word}”, a word in {language} that is always understood."),
    filler: |word| format!("“{word}” and nothing but polite words around it."),
    typo: |word| format!("“{word}”, but for one letter."),
    classifier: |words| format!("No rule, but it reads like a stop: “{words}” weighed most."),
    phrase: |words, language| format!("“{words}”, an explicit request in {language}."),
    ambiguous: |words| format!("“{words}”, which may mean a stop or something else."),
    meaning: "It means",
    means: |verdict, certainty| format!("{verdict} ({certainty})."),
    ordinary: "Nothing about marketing: an ordinary message for your team.",
    certainty: |certainty| match certainty {
        Certainty::Certain => "certain",
        Certainty::Clear => "clear",
        Certainty::Likely => "likely",
        Certainty::Unclear => "a person has to decide; marketing pauses until then",
    },
    complaint: "It is a complaint as well: somebody is asked to look at it.",
    erasure: "It also asks to delete data: somebody is asked to see to it.",
    waiting: "Loading the detector…",
    unavailable: "The detector could not be loaded. Check your connection and type again.",
    examples_label: "Examples to try",
    examples: [
        "stop pls",
        "no me escriban más",
        "Where is the bus stop?",
        "not interested",
        "ＳＴＯＰ",
        "delete my data",
    ],
    no_match: "None of your keywords, and no request of another kind.",
    becomes: |from, to| format!("{from} → {to}"),
    stays: |state| format!("Stays: {state}."),
    no_reply: "Nothing automatic; a person answers.",
    no_reply_repeat: "Nothing: they were told already.",
    repeat_reply: "A short note that marketing is off already, at most once in 24 hours.",
    sends: |name| format!("{name}:"),
    may: "Marketing may be sent.",
    may_not: |reason| format!("No marketing: {reason}."),
};

const REPLAY: Replay = Replay {
    title: "Check against real messages",
    lead: "Runs the keywords as they are on this page over what customers wrote in the last 90 days. Nothing is saved or sent.",
    run: "Check now",
    summary: |different, messages, one| {
        let would = if one { "message would be" } else { "messages would be" };
        format!("{different} {would} understood differently, of {messages} read.")
    },
    cut: "Only the newest 50,000 messages were read.",
    becomes: "becomes",
    more: |count| format!("And {count} more."),
};

const ADMIN: Admin = Admin {
    connection_lead: "The numbers that receive and send for your business.",
    no_connection: "No number connected yet",
    no_connection_text: "Nothing is received or sent until you connect a WhatsApp number with the command below.",
    webhook: "Webhook URL",
    phone_number_id: "Phone number ID",
    waba_id: "Business account ID",
    graph: "Graph API",
    throughput: "Throughput",
    per_second: |count| format!("up to {count} messages a second"),
    active: "Connected",
    paused: "Sending paused",
    add_connection: "Connect a number",
    add_connection_text: "Take the values from Meta’s dashboard (WhatsApp › API setup), run this where the server runs, then enter the \
                          webhook URL it prints and your verify token under WhatsApp › Configuration, and subscribe to messages. \
                          Secrets go in files, so that they stay out of your shell’s history.",
    copy: "Copy",
    copied: "Copied",
    team_lead: "Who may log in, and what they may do.",
    email: "Email",
    role: "Role",
    may: "May",
    you: "You",
    api_lead: "For your shop, your CRM and everything else that should know or change consent.",
    keys: "API keys",
    no_keys: "No keys yet",
    no_keys_text: "A key lets another system read contacts and consent, record choices and send messages for this business.",
    key_name: "Name",
    scope: "May",
    created: "Created",
    last_used: "Last used",
    never: "Never",
    read: "Read",
    write: "Read and write",
    create_key: "Create a key",
    key_name_hint: "What will use it, such as “Web shop”.",
    create: "Create key",
    key_created: "This is the new key",
    key_once: "Copy it now: it is shown only this once and cannot be read again.",
    revoke: "Revoke",
    revoke_one: |name| format!("Revoke {name}"),
    revoke_question: |name| format!("Revoke the key “{name}”?"),
    revoke_text: "Whatever uses it is refused from that moment. This cannot be undone; create a new key instead.",
    revoked: "The key is revoked",
    docs: "Documentation",
    docs_text: "Contacts, consent and messages over REST, with examples; webhooks from WhatsApp arrive at the URL of each connection.",
    open_docs: "API documentation",
    open_openapi: "OpenAPI description",
    forbidden: "Only owners and admins see and make keys.",
    role_name: |role| match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Agent => "Agent",
        Role::Viewer => "Viewer",
    },
    role_text: |role| match role {
        Role::Owner => "Everything, including people and keys",
        Role::Admin => "Everything but other owners",
        Role::Agent => "Contacts, consent on a customer’s word, messages",
        Role::Viewer => "Look, change nothing",
    },
};
