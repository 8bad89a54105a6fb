//! The settings of the business.

mod api;
mod audit;
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
mod links;
mod message_field;
mod replay_card;
mod replies;
mod second_factor;
mod subscriptions;
mod system;
mod team;
mod unsaved;

use leptos::prelude::*;
use leptos_router::components::Redirect;

pub use api::{
    AddSubscription, ApiKey, AuditLog, ChangePassword, Connection, Connections, CreateKey, EndOtherSessions,
    FactorSetup, InviteColleague, Invited, Keys, LANGUAGES, Limits, Links, MadeLink, Member, OptInOut,
    OwnFactor, Refused, RemoveColleague, RemoveReply, RemoveSubscription, Replay, ReplayDelivery,
    ReplayDifference, RevokeKey, SaveReply, SaveSettings, SetColleagueRole, Subscriptions,
    TakeBackInvitation, Team, listened, muted, parse_reachable,
};
pub use audit::AuditPage;
pub use connection::ConnectionPage;
pub use keys::ApiPage;
pub use links::LinksPage;
pub(crate) use replies::PATH as REPLIES_PATH;
pub use replies::RepliesPage;
pub use system::OptInOutPage;
pub use team::TeamPage;

/// Where the Opt-In/Out System is.
pub const OPT_IN_OUT_PATH: &str = "/settings/application/opt-in-out";

/// Leads to the first page of the settings.
#[component]
pub fn SettingsHome() -> impl IntoView {
    view! { <Redirect path=OPT_IN_OUT_PATH/> }
}
