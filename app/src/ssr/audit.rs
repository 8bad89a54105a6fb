//! What people of the business did.

use domain::audit::Action;
use service::audit::{self, AuditQuery};

use super::{caller, service};
use crate::error::AppError;
use crate::settings::AuditLog;

pub(crate) async fn list(who: String, what: &str, before: &str) -> Result<AuditLog, AppError> {
    let (service, caller) = (service()?, caller()?);
    let people = audit::people(&service, &caller).await?;
    let query = AuditQuery {
        actor: Some(who).filter(|who| !who.is_empty()),
        action: Action::from_word(what),
        before: before.parse().ok(),
    };
    let (entries, more) = audit::list(&service, &caller, query).await?;
    let people = people.into_iter().map(|(id, email)| (id.to_string(), email)).collect();
    Ok(AuditLog { entries, people, more, now: service.now() })
}
