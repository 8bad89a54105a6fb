//! From the verbs' errors to codes for the browser. What went wrong inside is logged here, once, and stays here.

use domain::limits;
use domain::settings::FieldProblem;
use service::{Error, Invalid};

use crate::error::{AppError, FieldCode, FieldError, FieldName};

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(problems) => Self::Invalid(problems.into_iter().map(field_error).collect()),
            Error::NotFound => Self::NotFound,
            Error::Conflict => Self::Conflict,
            Error::Forbidden(_) => Self::Forbidden,
            Error::SignedOut => Self::SignedOut,
            Error::TooMany { .. } => Self::TooMany,
            Error::Refused(reason) => Self::Refused(reason),
            Error::Unavailable => Self::Unavailable,
            Error::Internal(cause) => {
                tracing::error!(error = format!("{cause:#}"), "a request failed");
                Self::Internal
            }
        }
    }
}

fn field_error(invalid: Invalid) -> FieldError {
    if let Some(problem) = invalid.problem {
        return FieldProblem::into(problem);
    }
    let field = match invalid.field {
        "email" => FieldName::Email,
        "password" => FieldName::Password,
        "business_name" => FieldName::BusinessName,
        "region" => FieldName::Region,
        "phone" | "to" => FieldName::Phone,
        "source" => FieldName::Source,
        "note" | "wording" | "evidence" => FieldName::Note,
        "text.body" => FieldName::Text,
        "code" => FieldName::Code,
        "token" => FieldName::Token,
        "tags" => FieldName::Tags,
        "language" => FieldName::Language,
        "attributes" => FieldName::Attributes,
        "occurred_at" => FieldName::AgreedOn,
        "template" => FieldName::Template,
        "template.variables" => FieldName::Variables,
        "audience" => FieldName::Audience,
        "audience.tags" => FieldName::Tags,
        "audience.phones" => FieldName::Numbers,
        "columns" => FieldName::Columns,
        "agreed_on" => FieldName::AgreedOn,
        "schedule_at" => FieldName::ScheduleAt,
        _ => FieldName::Name,
    };
    FieldError::new(field, code_of(field, invalid.code))
}

/// What is wrong with a field, by the verbs' word for it.
pub(super) fn code_of(field: FieldName, code: &str) -> FieldCode {
    match code {
        "empty" | "required" => FieldCode::Missing,
        "too_short" if field == FieldName::Password => FieldCode::TooShort(limit(limits::PASSWORD_LEAST)),
        "too_short" => FieldCode::NumberTooShort,
        "too_long" if field == FieldName::Phone => FieldCode::NumberTooLong,
        "no_country_code" => FieldCode::NoCountryCode,
        "unknown_country_code" => FieldCode::UnknownCountryCode,
        "not_in_use" => FieldCode::NotInUse,
        "too_many" => FieldCode::TooMany,
        "in_the_future" => FieldCode::InTheFuture,
        "too_long" => FieldCode::TooLong(limit(longest(field))),
        "past" => FieldCode::Past,
        "no_phone" => FieldCode::NoPhoneColumn,
        "repeated" => FieldCode::Repeated,
        "nobody" => FieldCode::Nobody,
        "not_found" | "not_approved" if field == FieldName::Template => FieldCode::NotApproved,
        "paused" => FieldCode::Paused,
        "taken" => FieldCode::Taken,
        "wrong" if field == FieldName::Code => FieldCode::WrongCode,
        "no_way_out" => FieldCode::NoWayOut,
        "authentication" => FieldCode::OnePersonOnly,
        "no_alternative" => FieldCode::NoAlternative,
        _ => FieldCode::Malformed,
    }
}

const fn longest(field: FieldName) -> usize {
    match field {
        FieldName::Password => service::auth::PASSWORD_MAX,
        FieldName::BusinessName => limits::BUSINESS_NAME,
        FieldName::Note => limits::NOTE,
        FieldName::Text => domain::outbound::TEXT_LIMIT,
        FieldName::Tags => domain::limits::TAG,
        FieldName::Attributes => domain::limits::ATTRIBUTE,
        FieldName::Variables => limits::VARIABLE,
        _ => limits::CONTACT_NAME,
    }
}

fn limit(characters: usize) -> u32 {
    u32::try_from(characters).unwrap_or(u32::MAX)
}
