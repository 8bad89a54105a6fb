//! The people who work here.

use domain::id::{InvitationId, UserId};
use domain::role::{Right, Role};
use service::Error;

use super::kept::Kept;
use super::{caller, redirect_plain_form, service, signed_in};
use crate::error::AppError;
use crate::settings::{Invited, Member, Team};

/// Where the page is.
pub(super) const PATH: &str = "/settings/team";

/// New links, until they are shown.
static LINKS: Kept<String> = Kept::new();

pub(crate) async fn list(ticket: &str) -> Result<Team, AppError> {
    let (service, caller) = (service()?, caller()?);
    let members = service::auth::team(&service, &caller).await?;
    let secured = service::second_factor::who(&service, &caller).await?;
    let members = members.into_iter().map(|one| Member {
        id: one.id,
        email: one.email,
        role: one.role,
        second_factor: secured.contains(&one.id),
    });
    let invited = match caller.may(Right::Administer) {
        Ok(()) => service::team::invited(&service, &caller).await?,
        Err(_) => Vec::new(),
    };
    let invited = invited.into_iter().map(|one| Invited {
        id: one.id,
        email: one.email,
        role: one.role,
        expires_at: one.expires_at,
    });
    let link = if ticket.is_empty() { None } else { LINKS.take(signed_in()?.user, ticket) };
    Ok(Team { members: members.collect(), invited: invited.collect(), link })
}

/// Leads back with what was done, or what is wrong.
pub(super) fn lead(done: &str, result: Result<(), Error>) -> Result<(), AppError> {
    match result {
        Ok(()) => redirect_plain_form(&format!("{PATH}?done={done}")),
        Err(Error::Invalid(problems)) => {
            let code = problems.first().map_or("other", |problem| problem.code);
            redirect_plain_form(&format!("{PATH}?problem={code}"));
        }
        Err(Error::Conflict) => redirect_plain_form(&format!("{PATH}?problem=last_owner")),
        Err(Error::TooMany { .. }) => redirect_plain_form(&format!("{PATH}?problem=too_many_attempts")),
        Err(Error::Forbidden(right)) => {
            redirect_plain_form(&format!("{PATH}?problem=forbidden"));
            return Err(Error::Forbidden(right).into());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

pub(crate) async fn invite(email: &str, role: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let role = role.parse::<Role>().map_err(|_| AppError::NotFound)?;
    match service::team::invite(&service, &caller, email, role).await {
        Ok(token) => {
            let link = format!("{}/join?token={token}", service.public_url());
            let ticket = LINKS.keep(signed_in()?.user, link);
            redirect_plain_form(&format!("{PATH}?invited={ticket}"));
            Ok(())
        }
        Err(error) => lead("", Err(error)),
    }
}

pub(crate) async fn take_back(id: InvitationId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    lead("taken_back", service::team::take_back(&service, &caller, id).await)
}

pub(crate) async fn set_role(id: UserId, role: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let role = role.parse::<Role>().map_err(|_| AppError::NotFound)?;
    lead("role", service::team::set_role(&service, &caller, id, role).await)
}

pub(crate) async fn remove(id: UserId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    lead("removed", service::team::remove(&service, &caller, id).await)
}

pub(crate) async fn change_password(current: &str, password: &str) -> Result<(), AppError> {
    let (service, person) = (service()?, signed_in()?);
    let session = super::auth::token().ok_or(AppError::SignedOut)?;
    let changed =
        service::team::change_password(&service, &person.caller, person.user, &session, current, password)
            .await;
    lead("password", changed)
}

pub(crate) async fn end_other_sessions() -> Result<(), AppError> {
    let (service, person) = (service()?, signed_in()?);
    let session = super::auth::token().ok_or(AppError::SignedOut)?;
    lead("sessions", service::team::end_other_sessions(&service, person.user, &session).await.map(drop))
}
