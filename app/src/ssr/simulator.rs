//! What the business knows of the customer whose phone the simulator shows.

use domain::consent::State;
use domain::contact::ContactQuery;
use domain::phone::Phone;

use super::{caller, service, signed_in};
use crate::error::AppError;
use crate::simulator::{Known, People};

/// Customers to choose from: a few of each kind.
const PICK: [(State, u32); 2] = [(State::OptedIn, 4), (State::OptedOut, 2)];
/// Events shown beside the phone.
const EVENTS: usize = 5;

pub(crate) async fn people() -> Result<People, AppError> {
    let (service, caller) = (service()?, caller()?);
    if !signed_in()?.demo {
        return Ok(People::default());
    }
    let mut people = Vec::new();
    for (state, limit) in PICK {
        let query = ContactQuery { state: Some(state), limit, ..ContactQuery::default() };
        let page = service::contacts::list(&service, &caller, &query).await?;
        people.extend(
            page.rows
                .into_iter()
                .filter_map(|contact| Some((contact.phone.as_ref()?.to_string(), contact.label()))),
        );
    }
    Ok(People(people))
}

pub(crate) async fn known(phone: &str) -> Result<Known, AppError> {
    let (service, caller) = (service()?, caller()?);
    let now = service.now();
    let Ok(phone) = Phone::from_e164(phone) else {
        return Ok(Known { contact: None, events: Vec::new(), now });
    };
    let query = ContactQuery { phone: Some(phone), limit: 1, ..ContactQuery::default() };
    let contact = service::contacts::list(&service, &caller, &query).await?.rows.pop();
    let mut events = match &contact {
        Some(contact) => service::contacts::events(&service, &caller, contact.id).await?,
        None => Vec::new(),
    };
    events.truncate(EVENTS);
    Ok(Known { contact, events, now })
}
