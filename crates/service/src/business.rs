//! Businesses.

use domain::id::BusinessId;
use domain::limits;
use domain::settings::{Draft, Settings};
use store::Tx;
use store::access::Business;

use crate::{Error, Service, task};

/// Makes a business with the default settings.
///
/// # Errors
/// When the name is empty or too long.
pub async fn create(service: &Service, name: &str, handle: Option<&str>) -> Result<BusinessId, Error> {
    let (service, name, handle) = (service.clone(), valid_name(name)?, handle.map(str::to_owned));
    task(async move {
        let mut tx = service.db.write().await?;
        let business = insert(&service, &mut tx, name, handle, None).await?;
        tx.commit().await?;
        Ok(business)
    })
    .await
}

/// The business with this id or handle.
///
/// # Errors
/// When the database cannot be reached.
pub async fn find(service: &Service, id_or_handle: &str) -> Result<Option<BusinessId>, Error> {
    let (service, wanted) = (service.clone(), id_or_handle.to_owned());
    task(async move {
        let mut tx = service.db.read().await?;
        let found = match wanted.parse() {
            Ok(id) => store::access::find_business(&mut tx, id).await?,
            Err(_) => store::access::find_business_by_handle(&mut tx, &wanted).await?,
        };
        Ok(found.map(|business| business.id))
    })
    .await
}

pub(crate) fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::invalid("business_name", "empty"));
    }
    if name.chars().count() > limits::BUSINESS_NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid("business_name", "too_long"));
    }
    Ok(name.to_owned())
}

pub(crate) async fn insert(
    service: &Service,
    tx: &mut Tx,
    name: String,
    handle: Option<String>,
    region: Option<String>,
) -> Result<BusinessId, Error> {
    let now = service.now();
    let id = BusinessId::from_uuid(service.clock.uuid());
    store::access::insert_business(tx, &Business { id, handle, name, region }, now).await?;
    store::ledger::insert_head(tx, id).await?;
    let settings = Settings { version: 1, draft: Draft::default() };
    store::settings::insert_settings(tx, id, &settings, "system", now).await?;
    crate::settings::keep_wordings(tx, id, &settings.draft, now).await?;
    Ok(id)
}
