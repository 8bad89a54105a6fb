//! The second factor: one's own, and that of a colleague who lost it.

use domain::id::UserId;
use service::Error;
use service::links::Qr;
use service::second_factor::{self, Setup};

use super::kept::Kept;
use super::team::{PATH, lead};
use super::{caller, redirect_plain_form, service, signed_in};
use crate::error::AppError;
use crate::settings::{FactorSetup, OwnFactor};

/// Secrets that wait for their first code, until it came.
static SETUPS: Kept<Setup> = Kept::new();
/// Recovery codes, until they were shown.
static RECOVERY: Kept<Vec<String>> = Kept::new();

pub(crate) async fn own(ticket: &str) -> Result<OwnFactor, AppError> {
    let (service, person) = (service()?, signed_in()?);
    let is_on = second_factor::is_on(&service, person.user).await?;
    let setup = SETUPS.look(person.user, ticket).filter(|_| !is_on).and_then(|Setup { secret, uri }| {
        let Qr { side, path } = Qr::new(&uri)?;
        Some(FactorSetup { secret, side, path })
    });
    let recovery = RECOVERY.take(person.user, ticket).unwrap_or_default();
    Ok(OwnFactor { is_on, setup, recovery })
}

pub(crate) async fn begin() -> Result<(), AppError> {
    let (service, person) = (service()?, signed_in()?);
    let setup = second_factor::begin(&service, person.user, &person.email).await?;
    let ticket = SETUPS.keep(person.user, setup);
    redirect_plain_form(&format!("{PATH}?factor={ticket}"));
    Ok(())
}

pub(crate) async fn confirm(ticket: &str, code: &str) -> Result<(), AppError> {
    let (service, person) = (service()?, signed_in()?);
    let session = super::auth::token().ok_or(AppError::SignedOut)?;
    match second_factor::confirm(&service, &person.caller, person.user, &session, code).await {
        Ok(codes) => {
            SETUPS.take(person.user, ticket);
            let ticket = RECOVERY.keep(person.user, codes);
            redirect_plain_form(&format!("{PATH}?factor={ticket}&done=factor_on"));
            Ok(())
        }
        // The secret is still the same: the next code may be right.
        Err(Error::Invalid(_)) => {
            let ticket = crate::auth::percent_encoded(ticket);
            redirect_plain_form(&format!("{PATH}?factor={ticket}&problem=wrong_code"));
            Ok(())
        }
        Err(error) => lead("", Err(error)),
    }
}

pub(crate) async fn turn_off(password: &str, code: &str) -> Result<(), AppError> {
    let (service, person) = (service()?, signed_in()?);
    match second_factor::turn_off(&service, &person.caller, person.user, password, code).await {
        Err(Error::Invalid(problems)) if problems.iter().any(|problem| problem.field == "code") => {
            redirect_plain_form(&format!("{PATH}?problem=wrong_code"));
            Ok(())
        }
        done => lead("factor_off", done),
    }
}

pub(crate) async fn turn_off_for(id: UserId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    lead("factor_off_for", second_factor::turn_off_for(&service, &caller, id).await)
}
