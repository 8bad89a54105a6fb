//! Answers that colleagues give often.

use domain::id::SavedReplyId;
use domain::saved_reply::SavedReply;
use service::saved_replies;

use super::returned::give_back;
use super::{caller, redirect_plain_form, service};
use crate::error::{AppError, FieldName};
use crate::settings::REPLIES_PATH;

pub(crate) async fn list() -> Result<Vec<SavedReply>, AppError> {
    let (service, caller) = (service()?, caller()?);
    Ok(saved_replies::list(&service, &caller).await?)
}

pub(crate) async fn save(id: &str, name: &str, text: &str) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    let known: Option<SavedReplyId> = match id {
        "" => None,
        id => Some(id.parse().map_err(|_| AppError::NotFound)?),
    };
    match saved_replies::save(&service, &caller, known, name, &text.replace("\r\n", "\n")).await {
        Ok(_) => {
            redirect_plain_form(REPLIES_PATH);
            Ok(())
        }
        Err(error) => {
            let path = match id {
                "" => REPLIES_PATH.to_owned(),
                id => format!("{REPLIES_PATH}?edit={}", crate::auth::percent_encoded(id)),
            };
            Err(give_back(error.into(), &path, &[(FieldName::Name, name), (FieldName::Text, text)]))
        }
    }
}

pub(crate) async fn remove(id: SavedReplyId) -> Result<(), AppError> {
    let (service, caller) = (service()?, caller()?);
    saved_replies::remove(&service, &caller, id).await?;
    redirect_plain_form(REPLIES_PATH);
    Ok(())
}
