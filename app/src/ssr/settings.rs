//! The Opt-In/Out settings, and what of a refused form waits for the page that shows it again.

use domain::settings::{Draft, Policies, Settings, split_keywords};

use super::kept::Kept;
use super::{caller, redirect_plain_form, service, signed_in};
use crate::error::AppError;
use crate::settings::limits;
use crate::settings::{
    Limits, OPT_IN_OUT_PATH, OptInOut, Refused, Replay, ReplayDifference, muted, parse_reachable,
};

/// Drafts that were refused, until they are shown again.
static REFUSED: Kept<Refused> = Kept::new();

/// The fields of the form as they are submitted; keywords one a line, or with commas.
pub(crate) struct Form {
    pub(crate) opt_out_keywords: String,
    pub(crate) opt_out_confirmation: String,
    pub(crate) opt_in_keywords: String,
    pub(crate) opt_in_confirmation: String,
    pub(crate) help_keywords: String,
    pub(crate) help_answer: String,
    pub(crate) disclosure: String,
    pub(crate) reachable: String,
    pub(crate) ask_to_confirm: bool,
    pub(crate) answer_repeats: bool,
    pub(crate) limits: Limits,
    pub(crate) listen: Option<Vec<String>>,
}

impl From<Form> for Draft {
    fn from(form: Form) -> Self {
        Self {
            opt_out_keywords: split_keywords(&form.opt_out_keywords),
            opt_out_confirmation: form.opt_out_confirmation,
            opt_in_keywords: split_keywords(&form.opt_in_keywords),
            opt_in_confirmation: form.opt_in_confirmation,
            help_keywords: split_keywords(&form.help_keywords),
            help_answer: form.help_answer,
            disclosure: form.disclosure,
            policies: Policies {
                reachable: parse_reachable(&form.reachable),
                ask_to_confirm: form.ask_to_confirm,
                answer_repeats: form.answer_repeats,
                hours: limits::parse_hours(&form.limits.hours),
                frequency_cap: limits::parse_cap(&form.limits.frequency_cap),
                skip_us_numbers: form.limits.skip_us_numbers,
            },
            muted_languages: form.listen.map(|listen| muted(&listen)).unwrap_or_default(),
        }
        .tidied()
    }
}

pub(crate) async fn opt_in_out(ticket: &str) -> Result<OptInOut, AppError> {
    let (service, caller) = (service()?, caller()?);
    let (settings, business_name) = service::settings::load(&service, &caller).await?;
    let refused = if ticket.is_empty() { None } else { REFUSED.look(signed_in()?.user, ticket) };
    Ok(OptInOut { settings, business_name, refused })
}

pub(crate) async fn save(base_version: i64, draft: Draft) -> Result<Settings, AppError> {
    let (service, caller) = (service()?, caller()?);
    match service::settings::save(&service, &caller, base_version, draft.clone()).await {
        Ok(saved) => {
            redirect_plain_form(&format!("{OPT_IN_OUT_PATH}?saved=1"));
            Ok(saved)
        }
        Err(error) => {
            let error = AppError::from(error);
            let first = match &error {
                AppError::Invalid(fields) => fields.first().map_or("", |first| first.field.as_str()),
                AppError::Conflict => "",
                _ => return Err(error),
            };
            let conflict = error == AppError::Conflict;
            let ticket = REFUSED.keep(signed_in()?.user, Refused { draft, base_version, conflict });
            // The fragment takes the reader, and the focus, to the first field at fault.
            redirect_plain_form(&format!("{OPT_IN_OUT_PATH}?draft={ticket}#{first}"));
            Err(error)
        }
    }
}

pub(crate) async fn replay(
    opt_out: &str,
    opt_in: &str,
    help: &str,
    listen: Option<Vec<String>>,
) -> Result<Replay, AppError> {
    let (service, caller) = (service()?, caller()?);
    let draft = Draft {
        opt_out_keywords: split_keywords(opt_out),
        opt_in_keywords: split_keywords(opt_in),
        help_keywords: split_keywords(help),
        muted_languages: listen.map(|listen| muted(&listen)).unwrap_or_default(),
        ..Draft::default()
    };
    let found = service::replay::run(&service, &caller, draft).await?;
    let listed = found
        .listed
        .into_iter()
        .map(|one| ReplayDifference {
            contact: one.contact,
            contact_label: one.contact_label,
            words: one.words,
            before: one.before,
            after: one.after,
        })
        .collect();
    Ok(Replay { messages: found.messages, cut: found.cut, different: found.different, listed })
}
