use domain::contact::{ConsentEvent, Contact};
use domain::time::Timestamp;
use leptos::server;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Customers whose phone can be opened: number and name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People(pub Vec<(String, String)>);

/// What the business knows of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The contact, once there is one.
    pub contact: Option<Contact>,
    /// The latest consent events, newest first.
    pub events: Vec<ConsentEvent>,
    /// When it was read.
    pub now: Timestamp,
}

/// A few customers to choose from.
#[server(name = PeopleFn, input = Json)]
pub async fn people() -> Result<People, AppError> {
    crate::ssr::simulator::people().await
}

/// What the business knows of the customer with this number.
#[server(name = KnownFn, input = Json)]
pub async fn known(phone: String) -> Result<Known, AppError> {
    crate::ssr::simulator::known(&phone).await
}
