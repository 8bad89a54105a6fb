//! The settings of the business.

mod api;
mod command;
mod connection;
mod difference;
mod fields;
mod frame;
mod keys;
mod lab;
mod lab_card;
mod leave_guard;
mod message_field;
mod system;
mod team;
mod unsaved;

use leptos::prelude::*;
use leptos_router::components::Redirect;

pub use api::{
    ApiKey, Connection, Connections, CreateKey, Keys, Member, OptInOut, Refused, RevokeKey, SaveSettings,
    Team, parse_reachable,
};
pub use connection::ConnectionPage;
pub use keys::ApiPage;
pub use system::OptInOutPage;
pub use team::TeamPage;

/// Where the Opt-In/Out System is.
pub const OPT_IN_OUT_PATH: &str = "/settings/application/opt-in-out";

/// Leads to the first page of the settings.
#[component]
pub fn SettingsHome() -> impl IntoView {
    view! { <Redirect path=OPT_IN_OUT_PATH/> }
}
