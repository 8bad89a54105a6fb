//! The Opt-In/Out settings.

use domain::audit::Action;
use domain::id::BusinessId;
use domain::ledger::wording_digest;
use domain::live::LiveEvent;
use domain::role::Right;
use domain::settings::{Draft, Settings};
use domain::time::Timestamp;
use store::Tx;

use crate::audit;
use crate::error::is_taken;
use crate::{Caller, Error, Invalid, Service, task};

/// The settings in force, and the business's name.
///
/// # Errors
/// When the caller may not read or the database cannot be reached.
pub async fn load(service: &Service, caller: &Caller) -> Result<(Settings, String), Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        let rules = service.rules(&mut tx, business).await?;
        Ok((rules.settings.clone(), rules.business_name.clone()))
    })
    .await
}

/// Saves a new version on top of `base_version`.
///
/// # Errors
/// [`Error::Invalid`] with every problem; [`Error::Conflict`] when somebody saved since `base_version` was read.
pub async fn save(
    service: &Service,
    caller: &Caller,
    base_version: i64,
    draft: Draft,
) -> Result<Settings, Error> {
    caller.may(Right::WriteSettings)?;
    let draft = draft.tidied();
    let problems = draft.problems(detection::normalise);
    if !problems.is_empty() {
        let invalid = |found: domain::settings::FieldProblem| Invalid {
            field: field_name(found.field),
            code: "settings",
            problem: Some(found),
        };
        return Err(Error::Invalid(problems.into_iter().map(invalid).collect()));
    }
    let (service, caller) = (service.clone(), caller.clone());
    task(async move {
        let now = service.now();
        let mut tx = service.db.write().await?;
        let current =
            store::settings::find_settings(&mut tx, caller.business).await?.ok_or(Error::NotFound)?;
        if current.version != base_version {
            return Err(Error::Conflict);
        }
        if current.draft == draft {
            // Pressing Save twice is not a new version.
            return Ok(current);
        }
        let settings = Settings { version: current.version + 1, draft };
        match store::settings::insert_settings(&mut tx, caller.business, &settings, &caller.name(), now).await
        {
            Err(error) if is_taken(&error) => return Err(Error::Conflict),
            other => other?,
        }
        keep_wordings(&mut tx, caller.business, &settings.draft, now).await?;
        audit::note(&service, &mut tx, &caller, Action::SettingsSaved, settings.version).await?;
        tx.commit().await?;
        service.live.publish(caller.business, vec![LiveEvent::SettingsSaved { version: settings.version }]);
        Ok(settings)
    })
    .await
}

/// Keeps what people may be shown, by digest, for as long as events point to it (R5).
pub(crate) async fn keep_wordings(
    tx: &mut Tx,
    business: BusinessId,
    draft: &Draft,
    now: Timestamp,
) -> Result<(), Error> {
    for text in [&draft.opt_out_confirmation, &draft.opt_in_confirmation, &draft.disclosure] {
        store::settings::insert_wording(tx, business, &wording_digest(text), text, now).await?;
    }
    Ok(())
}

/// The wording with this digest, as it was shown.
///
/// # Errors
/// [`Error::NotFound`] when no such wording was ever kept.
pub async fn wording(
    service: &Service,
    caller: &Caller,
    digest: domain::ledger::Hash,
) -> Result<String, Error> {
    caller.may(Right::Read)?;
    let (service, business) = (service.clone(), caller.business);
    task(async move {
        let mut tx = service.db.read().await?;
        store::settings::find_wording(&mut tx, business, &digest).await?.ok_or(Error::NotFound)
    })
    .await
}

const fn field_name(field: domain::settings::Field) -> &'static str {
    use domain::settings::Field as F;
    match field {
        F::OptOutKeywords => "opt_out_keywords",
        F::OptInKeywords => "opt_in_keywords",
        F::HelpKeywords => "help_keywords",
        F::OptOutConfirmation => "opt_out_confirmation",
        F::OptInConfirmation => "opt_in_confirmation",
        F::HelpAnswer => "help_answer",
        F::Disclosure => "disclosure",
    }
}
