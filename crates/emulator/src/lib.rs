#![doc = include_str!("../README.md")]

mod bubble;
mod clock;
mod config;
mod control;
mod emulator;
mod faults;
mod graph;
mod graph_error;
mod ids;
mod inbound;
mod limits;
mod media;
mod number;
mod outgoing;
mod page;
mod page_html;
mod people;
mod request_log;
mod send;
mod server;
mod statuses;
mod template_api;
mod templates;
mod webhook;

pub use bubble::{Bubble, Button, ButtonKind, List, Row};
pub use clock::Clock;
pub use config::{Config, Delay, PairLimit, Webhook};
pub use emulator::Emulator;
pub use faults::{ErrorFault, Faults, HttpFault};
pub use inbound::{Delivered, Inbound, InboundError};
pub use people::{Conversation, Customer, Direction, Message, Tick};
pub use request_log::LoggedRequest;
pub use server::{Running, serve};
pub use templates::{Category, TemplateStatus};
pub use webhook::sign;

impl Emulator {
    /// All routes: the Graph API, `/_emulator` and the phone. Can be served at the root or nested under a prefix.
    pub fn router(&self) -> axum::Router {
        axum::Router::new()
            .merge(graph::routes())
            .merge(control::routes())
            .merge(page::routes())
            .layer(axum::middleware::from_fn(page::refuse_other_sites))
            .with_state(self.clone())
    }
}
