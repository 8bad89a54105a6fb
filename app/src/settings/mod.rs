//! The settings of the business.

mod api;
mod command;
mod connection;
mod detector;
mod difference;
mod fields;
mod frame;
mod keys;
mod lab;
mod lab_card;
mod leave_guard;
pub(crate) mod limits;
mod message_field;
mod replay_card;
mod subscriptions;
mod system;
mod team;
mod unsaved;

use leptos::prelude::*;
use leptos_router::components::Redirect;

pub use api::{
    AddSubscription, ApiKey, ChangePassword, Connection, Connections, CreateKey, EndOtherSessions,
    InviteColleague, Invited, Keys, LANGUAGES, Limits, Member, OptInOut, Refused, RemoveColleague,
    RemoveSubscription, Replay, ReplayDelivery, ReplayDifference, RevokeKey, SaveSettings, SetColleagueRole,
    Subscriptions, TakeBackInvitation, Team, listened, muted, parse_reachable,
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
