//! Links and codes by which people join or leave.

use service::links::{Purpose, Qr};

use super::{caller, service};
use crate::error::AppError;
use crate::settings::{Links, MadeLink};

pub(crate) async fn load(number: &str, keyword: &str) -> Result<Links, AppError> {
    let (service, caller) = (service()?, caller()?);
    let choices = service::links::choices(&service, &caller).await?;
    let wanted = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let link = choices
        .link(wanted(number).as_deref(), wanted(keyword).as_deref())
        // An address of yesterday: its word or number may be gone.
        .or_else(|| choices.link(None, None));
    let made = link.and_then(|link| {
        let Qr { side, path } = Qr::new(&link.url)?;
        Some(MadeLink {
            number: link.number,
            keyword: link.keyword,
            joins: link.purpose == Purpose::Join,
            url: link.url,
            side,
            path,
            form: link.form,
        })
    });
    let numbers = choices.numbers.into_iter().map(|number| number.display).collect();
    Ok(Links { numbers, join: choices.join, leave: choices.leave, made })
}
