use domain::permit::Reason;
use domain::settings::{Field, Problem, PromoSign};
use domain::template::NewTemplateProblem;

use crate::error::{AppError, FieldCode, FieldError, FieldName};

/// What went wrong, and what to do.
#[derive(Debug)]
pub struct Errors {
    /// Tries again.
    pub try_again: &'static str,
    title: fn(&AppError) -> &'static str,
    remedy: fn(&AppError) -> &'static str,
    field: fn(FieldError) -> String,
    refusal: fn(Reason) -> &'static str,
}

impl Errors {
    pub(super) const ENGLISH: Self = Self {
        try_again: "Try again",
        title: english_title,
        remedy: english_remedy,
        field: english_field,
        refusal: english_refusal,
    };

    /// What happened, in one sentence.
    #[must_use]
    pub fn title(&self, error: &AppError) -> &'static str {
        (self.title)(error)
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn remedy(&self, error: &AppError) -> &'static str {
        (self.remedy)(error)
    }

    /// What is wrong with a field and how to mend it.
    #[must_use]
    pub fn field(&self, error: FieldError) -> String {
        (self.field)(error)
    }

    /// Why a person does not get a message.
    #[must_use]
    pub fn refusal(&self, reason: Reason) -> &'static str {
        (self.refusal)(reason)
    }
}

fn english_title(error: &AppError) -> &'static str {
    match error {
        AppError::SignedOut => "You are logged out",
        AppError::Forbidden => "Your role does not allow this",
        AppError::NotFound => "This is not here",
        AppError::Invalid(fields) => match fields.first().map(|first| first.code) {
            None => "The form could not be read",
            Some(FieldCode::WrongCredentials) => "Email and password do not match",
            Some(FieldCode::WrongCode) => "This code is not right",
            Some(_) if fields.len() == 1 => "One thing needs to be mended",
            Some(_) => "A few things need to be mended",
        },
        AppError::Conflict => "Somebody else saved in the meantime",
        AppError::Refused(reason) => english_refusal(*reason),
        AppError::TooMany => "Too many attempts",
        AppError::Unavailable => "The service is not available right now",
        AppError::Transport => "The server could not be reached",
        AppError::Internal => "Something went wrong on our side",
    }
}

fn english_remedy(error: &AppError) -> &'static str {
    match error {
        AppError::SignedOut => "Log in again to continue.",
        AppError::Forbidden => "Ask an owner or admin of your business to do it, or to change your role.",
        AppError::NotFound => "It may have been removed, or the link may be incomplete.",
        AppError::Invalid(_) => "Check what is marked and send it again.",
        AppError::Conflict => {
            "Reload to see their version, then make your change again. Nothing was overwritten."
        }
        AppError::Refused(_) => "The message was not sent.",
        AppError::TooMany => "Wait a few minutes, then try again.",
        AppError::Unavailable => "Nothing was changed. Try again in a moment.",
        AppError::Transport => "Check your connection and try again.",
        AppError::Internal => "It has been recorded. Try again; if it stays, tell whoever runs this server.",
    }
}

fn english_field(error: FieldError) -> String {
    let name = english_name(error.field);
    match error.code {
        FieldCode::Missing => format!("{name} is missing. Fill it in."),
        FieldCode::Malformed => match error.field {
            FieldName::Email => {
                "This is not an email address. It needs a name, an @ and a domain.".to_owned()
            }
            FieldName::Phone => "This is not a phone number. Start with + and the country code.".to_owned(),
            FieldName::Attributes => {
                "Your own fields: write one a line, as a name, a colon and the value.".to_owned()
            }
            FieldName::Language => "This is no language code. Write one such as en, pt or pt-br.".to_owned(),
            _ => format!("{name} cannot be read. Check it."),
        },
        FieldCode::TooShort(least) => format!("{name} is too short. Use at least {least} characters."),
        FieldCode::TooLong(limit) => format!("{name} is too long. Use at most {limit} characters."),
        FieldCode::TooMany => format!("{name}: there are too many. Remove some."),
        FieldCode::NoCountryCode => format!("{name} needs its country code. Start with +, for example +44."),
        FieldCode::UnknownCountryCode => {
            format!("{name}: no country has this country code. Check the digits after the +.")
        }
        FieldCode::NumberTooShort => format!("{name} is too short for its country. Some digits are missing."),
        FieldCode::NumberTooLong => format!("{name} is too long for its country. Check the digits."),
        FieldCode::NotInUse => format!("{name}: no number of this form exists in its country. Check the digits."),
        FieldCode::Past => format!("{name} has passed. Choose a time to come, or leave it empty to send at once."),
        FieldCode::Nobody => "There is nobody in this audience. Choose other labels, another filter or other numbers.".to_owned(),
        FieldCode::NotApproved => "WhatsApp has not approved this template, or no longer. Choose another one.".to_owned(),
        FieldCode::Paused => {
            "WhatsApp paused this template, because people complained or did not read it. Choose another one, or wait.".to_owned()
        }
        FieldCode::NoWayOut => {
            "This marketing template has no way out. Add one of your opt-out keywords to its text, its footer or a button."
                .to_owned()
        }
        FieldCode::OnePersonOnly => "This template is for one-time codes, which go to one person at a time.".to_owned(),
        FieldCode::NoAlternative => {
            "Use {{first_name|…}}, {{name|…}} or {{phone|…}}, each with the text for people of whom it is not known: {{first_name|there}}."
                .to_owned()
        }
        FieldCode::InTheFuture => format!("{name} is still to come. Choose today or an earlier day."),
        FieldCode::BeforeOptOut => {
            "This person opted out after that day, and the later decision counts. Record only an agreement given since."
                .to_owned()
        }
        FieldCode::OptedOutThatDay => {
            "This person opted out on that day, and a date alone cannot say that they agreed afterwards. Record an agreement of a \
             later day with its date, and one of today without a date."
                .to_owned()
        }
        FieldCode::WrongCredentials => "Check both and try again.".to_owned(),
        FieldCode::Taken => "There is one with this name already. Choose another one.".to_owned(),
        FieldCode::WrongCode => "Type the code that your app shows now; each works once. A recovery code will do, too.".to_owned(),
        FieldCode::Expired => "This link was used or is too old.".to_owned(),
        FieldCode::RefusedByWhatsApp => {
            "WhatsApp did not take this template: perhaps it has one of this name in this language already, or deleted one lately. Choose \
             another name."
                .to_owned()
        }
        FieldCode::NoPhoneColumn => "Choose which column holds the phone numbers.".to_owned(),
        FieldCode::Repeated if error.field == FieldName::Attributes => {
            "Your own fields: a name stands there twice. Keep one of the lines.".to_owned()
        }
        FieldCode::Repeated => "Two columns say they hold the same. Choose each meaning once.".to_owned(),
        FieldCode::Template(problem) => english_template(name, problem),
        FieldCode::Settings(problem) => english_problem(name, problem),
    }
}

fn english_template(name: &str, problem: NewTemplateProblem) -> String {
    match problem {
        NewTemplateProblem::Empty => format!("{name} is missing. Fill it in."),
        NewTemplateProblem::TooLong(limit) => format!("{name}: use at most {limit} characters."),
        NewTemplateProblem::Signs => {
            format!("{name} may hold only lower-case letters, digits and underscores, such as autumn_news.")
        }
        NewTemplateProblem::Numbering => {
            format!("{name}: number the placeholders {{{{1}}}}, {{{{2}}}}, {{{{3}}}} in the order they stand.")
        }
        NewTemplateProblem::Edge => {
            format!("{name} must not begin or end with a placeholder. Put a word before or after it.")
        }
        NewTemplateProblem::Samples => format!("{name}: write one for each placeholder, one a line."),
        NewTemplateProblem::Placeholder => format!("{name} cannot hold placeholders."),
        NewTemplateProblem::TooMany => format!("{name}: use at most three."),
        NewTemplateProblem::Duplicate => format!("{name}: the same words stand twice. Remove one."),
        NewTemplateProblem::NoWayOut => {
            "A marketing template needs a way out. Name one of your opt-out keywords here, in the text or on a button.".to_owned()
        }
    }
}

fn english_problem(name: &str, problem: Problem) -> String {
    match problem {
        Problem::Empty => format!("{name} must not be empty."),
        Problem::TooLong { limit } => format!("{name} is too long. Use at most {limit} characters."),
        Problem::TooMany { limit } => format!("{name} has too many words. Keep at most {limit}."),
        Problem::KeywordEmpty { index } => {
            format!("{name}: word {} holds only signs. Remove it or write letters.", index + 1)
        }
        Problem::KeywordTooLong { index, limit } => {
            format!("{name}: word {} is too long. Use at most {limit} characters.", index + 1)
        }
        Problem::Duplicate { index } => {
            format!("{name}: word {} is in the list twice. Remove one.", index + 1)
        }
        Problem::InTwoLists { index, other } => format!(
            "{name}: word {} is also in {}. Keep it in one list only.",
            index + 1,
            english_name(FieldName::Settings(other))
        ),
        Problem::StopMissing => format!("{name} must contain STOP. Add it back."),
        Problem::UnknownVariable => {
            format!(
                "{name} contains a variable that does not exist. Use one of those listed below the field."
            )
        }
        Problem::Promotional { sign } => {
            format!("{name} {}. Confirmations must not promote anything; remove it.", {
                match sign {
                    PromoSign::Percent => "contains a percentage",
                    PromoSign::Price => "contains a price",
                    PromoSign::Link => "contains a link",
                    PromoSign::SaleWord => "contains a word that sells",
                }
            })
        }
        Problem::NoOptInWord => {
            format!("{name} must name one of your Opt-In Keywords, so that people know the way back.")
        }
        Problem::NoOptOutWord => {
            format!("{name} must name one of your Opt-Out Keywords, so that people know how to stop.")
        }
    }
}

fn english_name(field: FieldName) -> &'static str {
    match field {
        FieldName::Code => "Code",
        FieldName::Email => "Email",
        FieldName::Password => "Password",
        FieldName::BusinessName => "Business name",
        FieldName::Region => "Country",
        FieldName::Token => "The setup link",
        FieldName::Name => "Name",
        FieldName::Phone => "Phone number",
        FieldName::Source => "How the person agreed",
        FieldName::AgreedOn => "Date of the agreement",
        FieldName::Note => "Note",
        FieldName::Tags => "Tags",
        FieldName::Attributes => "Your own fields",
        FieldName::Text => "Message",
        FieldName::Template => "Template",
        FieldName::Variables => "What is filled in",
        FieldName::Audience => "Who gets it",
        FieldName::State => "Consent",
        FieldName::Search => "Search",
        FieldName::Numbers => "The list of numbers",
        FieldName::ScheduleAt => "The time",
        FieldName::Language => "Language",
        FieldName::Kind => "What it is for",
        FieldName::Samples => "Samples",
        FieldName::Footer => "Footer",
        FieldName::Buttons => "Buttons",
        FieldName::Columns => "The columns",
        FieldName::Settings(Field::OptOutKeywords) => "Opt-Out Keywords",
        FieldName::Settings(Field::OptOutConfirmation) => "Opt-Out Confirmation Message",
        FieldName::Settings(Field::OptInKeywords) => "Opt-In Keywords",
        FieldName::Settings(Field::OptInConfirmation) => "Opt-In Confirmation Message",
        FieldName::Settings(Field::HelpKeywords) => "Help Keywords",
        FieldName::Settings(Field::HelpAnswer) => "Help Answer",
        FieldName::Settings(Field::Disclosure) => "Opt-In Question",
    }
}

fn english_refusal(reason: Reason) -> &'static str {
    match reason {
        Reason::OptedOut => "This person opted out of marketing",
        Reason::NoOptIn => "This person never agreed to marketing",
        Reason::Pending => "This person was asked and has not confirmed yet",
        Reason::Held => "Marketing is paused until somebody decides what this person meant",
        Reason::NativeStop => "This person stopped offers inside WhatsApp",
        Reason::Blocked => "This contact is blocked",
        Reason::Erased => "This person’s data was erased",
        Reason::Expired => "This person’s consent has run out",
        Reason::Invalid => "There is no WhatsApp account behind this number",
        Reason::WindowClosed => "The 24-hour window is closed: only a template can be sent",
        Reason::Late => "It is too late for this message to make sense",
        Reason::Capped => "WhatsApp limits how much marketing this person gets",
        Reason::Cancelled => "The campaign was cancelled before this person’s turn came",
        Reason::Duplicate => "The same person is in the audience under another record",
        Reason::FrequencyCap => "This person got as much marketing lately as you allow",
        Reason::QuietHours => "It is outside the hours in which you send marketing, where this person is",
        Reason::UsNumber => "WhatsApp delivers no marketing to numbers of the United States",
        Reason::Promotion => "It reads like a promotion, and this person asked for no marketing",
    }
}
