//! What can go wrong between the browser and the server, as codes. No free text travels: a link could otherwise put a
//! stranger's words into our page, and personal data would end in histories and logs. The words are in [`crate::words`].

use std::fmt;
use std::sync::Arc;

use domain::permit::Reason;
use domain::settings::{Field, FieldProblem, Problem};
use domain::template::NewTemplateProblem;
use http::StatusCode;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The one error of every server function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or no longer.
    SignedOut,
    /// The role does not carry the right.
    Forbidden,
    /// There is no such thing, or it belongs to somebody else.
    NotFound,
    /// Fields are wrong: all of them at once.
    Invalid(Vec<FieldError>),
    /// Somebody else saved in between.
    Conflict,
    /// A message or change is not allowed for this person.
    Refused(Reason),
    /// Too many attempts.
    TooMany,
    /// The database or a service behind it cannot be reached.
    Unavailable,
    /// The request never reached the server.
    Transport,
    /// A defect of ours.
    Internal,
}

/// One field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Which field.
    pub field: FieldName,
    /// What is wrong.
    pub code: FieldCode,
}

impl FieldError {
    /// Makes the error.
    #[must_use]
    pub const fn new(field: FieldName, code: FieldCode) -> Self {
        Self { field, code }
    }
}

/// Every field a form of ours can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// The address one logs in with.
    Email,
    /// The password.
    Password,
    /// The name of the business.
    BusinessName,
    /// The country numbers without a country code belong to.
    Region,
    /// The one-time link of the first setup.
    Token,
    /// A contact's name.
    Name,
    /// A contact's number.
    Phone,
    /// How a person agreed.
    Source,
    /// When a person agreed.
    AgreedOn,
    /// A note on how a person agreed.
    Note,
    /// Labels of a contact.
    Tags,
    /// Fields of the business's own.
    Attributes,
    /// The text of a message.
    Text,
    /// What a campaign sends.
    Template,
    /// Values of a template's placeholders.
    Variables,
    /// Whom a campaign is for.
    Audience,
    /// Only people in this state.
    State,
    /// Part of a name, or digits of a number.
    Search,
    /// Numbers, one a line.
    Numbers,
    /// When a campaign begins.
    ScheduleAt,
    /// The language of a template.
    Language,
    /// What a template is for.
    Kind,
    /// Values for a template's review.
    Samples,
    /// A template's footer.
    Footer,
    /// A template's buttons.
    Buttons,
    /// What the columns of a file hold.
    Columns,
    /// A code that changes every half minute.
    Code,
    /// A field of the Opt-In/Out settings.
    Settings(Field),
}

impl FieldName {
    /// The `name` and `id` of the field in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Code => "code",
            Self::Password => "password",
            Self::BusinessName => "business_name",
            Self::Region => "region",
            Self::Token => "token",
            Self::Name => "name",
            Self::Phone => "phone",
            Self::Source => "source",
            Self::AgreedOn => "agreed_on",
            Self::Note => "note",
            Self::Attributes => "attributes",
            Self::Tags => "tags",
            Self::Text => "text",
            Self::Template => "template",
            Self::Variables => "variables",
            Self::Audience => "audience",
            Self::State => "state",
            Self::Search => "search",
            Self::Numbers => "numbers",
            Self::ScheduleAt => "schedule_at",
            Self::Language => "language",
            Self::Kind => "kind",
            Self::Samples => "samples",
            Self::Footer => "footer",
            Self::Buttons => "buttons",
            Self::Columns => "columns",
            Self::Settings(Field::OptOutKeywords) => "opt_out_keywords",
            Self::Settings(Field::OptOutConfirmation) => "opt_out_confirmation",
            Self::Settings(Field::OptInKeywords) => "opt_in_keywords",
            Self::Settings(Field::OptInConfirmation) => "opt_in_confirmation",
            Self::Settings(Field::HelpKeywords) => "help_keywords",
            Self::Settings(Field::HelpAnswer) => "help_answer",
            Self::Settings(Field::Disclosure) => "disclosure",
        }
    }
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// Nothing is there.
    Missing,
    /// It has not the form it must have.
    Malformed,
    /// Fewer characters than the least number.
    TooShort(u32),
    /// More characters than the greatest number.
    TooLong(u32),
    /// More entries than may be.
    TooMany,
    /// A number without its country code, and no country to complete it with.
    NoCountryCode,
    /// No country has this country code.
    UnknownCountryCode,
    /// Too few digits for the country.
    NumberTooShort,
    /// Too many digits for the country.
    NumberTooLong,
    /// The country has no such numbers.
    NotInUse,
    /// A time that has passed.
    Past,
    /// An audience without anybody in it.
    Nobody,
    /// WhatsApp has not approved the template, or no longer.
    NotApproved,
    /// WhatsApp paused the template.
    Paused,
    /// A marketing template without a way out (R41).
    NoWayOut,
    /// A template for one-time codes.
    OnePersonOnly,
    /// A value that names something unknown, or has no text for people of whom it is not known.
    NoAlternative,
    /// No column of a file holds the numbers.
    NoPhoneColumn,
    /// Two columns of a file hold the same.
    Repeated,
    /// A date that is still to come.
    InTheFuture,
    /// The person said no after this date.
    BeforeOptOut,
    /// The person said no on this very date.
    OptedOutThatDay,
    /// There is one with this name.
    Taken,
    /// A code that is not right, or no longer.
    WrongCode,
    /// Email and password do not belong together. Which of them is wrong is not said.
    WrongCredentials,
    /// The link was used or is too old.
    Expired,
    /// WhatsApp would not take it.
    RefusedByWhatsApp,
    /// What is wrong with a new template.
    Template(NewTemplateProblem),
    /// What the settings say.
    Settings(Problem),
}

impl From<FieldProblem> for FieldError {
    fn from(problem: FieldProblem) -> Self {
        Self { field: FieldName::Settings(problem.field), code: FieldCode::Settings(problem.problem) }
    }
}

impl AppError {
    /// The HTTP status it travels with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(_) | Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Transport => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The fields at fault, if it is about fields.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(fields) => fields,
            _ => &[],
        }
    }

    /// What is wrong with one field, if anything is.
    #[must_use]
    pub fn field(&self, name: FieldName) -> Option<FieldError> {
        self.fields().iter().find(|error| error.field == name).copied()
    }
}

/// For logs and for the traits that ask for it; people read [`crate::words`].
impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignedOut => "signed out",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::Invalid(_) => "invalid",
            Self::Conflict => "conflict",
            Self::Refused(_) => "refused",
            Self::TooMany => "too many attempts",
            Self::Unavailable => "unavailable",
            Self::Transport => "not reached",
            Self::Internal => "internal",
        })
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Transport,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid(Vec::new()),
            // On the server it is the request that cannot be read, in the browser the answer.
            ServerFnErrorErr::Deserialization(_) if crate::on_server() => Self::Invalid(Vec::new()),
            _ => Self::Internal,
        }
    }

    fn status_code(&self) -> StatusCode {
        self.status()
    }
}

/// Sets the status of the page being rendered. The server puts it into the context; in the browser there is none.
#[derive(Clone)]
pub struct ResponseStatus(Arc<dyn Fn(StatusCode) + Send + Sync>);

impl ResponseStatus {
    /// Wraps what sets the status.
    pub fn new(set: impl Fn(StatusCode) + Send + Sync + 'static) -> Self {
        Self(Arc::new(set))
    }

    /// Sets the status.
    pub fn set(&self, status: StatusCode) {
        (self.0)(status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_survive_the_wire() {
        let problem = FieldProblem { field: Field::OptInKeywords, problem: Problem::Duplicate { index: 2 } };
        for error in [
            AppError::Invalid(vec![
                problem.into(),
                FieldError::new(FieldName::Email, FieldCode::TooLong(254)),
            ]),
            AppError::Refused(Reason::OptedOut),
            AppError::TooMany,
        ] {
            let wire = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<AppError>(&wire).unwrap(), error, "{wire}");
        }
    }

    #[test]
    fn every_status_is_the_agreed_one() {
        let status = |error: AppError| error.status().as_u16();
        assert_eq!(status(AppError::SignedOut), 401);
        assert_eq!(status(AppError::Forbidden), 403);
        assert_eq!(status(AppError::NotFound), 404);
        assert_eq!(status(AppError::Invalid(vec![])), 422);
        assert_eq!(status(AppError::Conflict), 409);
        assert_eq!(status(AppError::Refused(Reason::Held)), 422);
        assert_eq!(status(AppError::TooMany), 429);
        assert_eq!(status(AppError::Unavailable), 503);
        assert_eq!(status(AppError::Transport), 503);
        assert_eq!(status(AppError::Internal), 500);
    }
}
