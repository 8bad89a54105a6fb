//! What a person has to decide or see to.

use domain::id::ReviewId;
use service::review::Decision;

use super::{caller, redirect_plain_form, service};
use crate::decisions::{DECISIONS_PATH, Open, PAGE};
use crate::error::AppError;

pub(crate) async fn list() -> Result<Open, AppError> {
    let (service, caller) = (service()?, caller()?);
    let reviews = service::review::list(&service, &caller, None, PAGE).await?;
    let total = service::review::count(&service, &caller).await?;
    Ok(Open { reviews, total, now: service.now() })
}

pub(crate) async fn decide(review: ReviewId, decision: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let decision = match decision {
        "stop" => Decision::Stop,
        "no_stop" => Decision::NoStop,
        "done" => Decision::Done,
        _ => return Err(AppError::NotFound),
    };
    service::review::decide(&service, &caller, review, decision).await?;
    redirect_plain_form(DECISIONS_PATH);
    Ok(())
}
