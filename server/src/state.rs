//! What every route can reach.

use std::sync::Arc;

use emulator::Emulator;
use service::Service;
use tokio_util::sync::CancellationToken;

use crate::config::{PublicUrl, Secret};
use crate::site::SiteFiles;

/// The application as routes see it. Clones share everything.
#[derive(Clone)]
pub struct AppState {
    /// The verbs.
    pub service: Service,
    /// The built site.
    pub site: Arc<SiteFiles>,
    /// The origin under which people reach the server.
    pub public_url: PublicUrl,
    /// What `/metrics` asks for; without one it answers loopback only.
    pub metrics_token: Option<Secret>,
    /// Plays WhatsApp under `/emulator`, in demo mode.
    pub emulator: Option<Emulator>,
    /// Cancelled when the server is told to stop: streams end then.
    pub stopping: CancellationToken,
}

impl AppState {
    /// Whether this server runs the demo.
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        self.emulator.is_some()
    }
}
