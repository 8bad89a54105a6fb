//! `emulator`: the Cloud API emulator alone.

use emulator::{Config, Emulator, Webhook};
use tokio::net::TcpListener;

use super::{Failure, print_line};
use crate::cli::EmulatorArgs;
use crate::config::Secret;
use crate::serve::{bind, told_to_stop};

/// Serves the emulator until told to stop.
pub(super) async fn emulator(options: EmulatorArgs) -> Result<(), Failure> {
    let listener: TcpListener = bind(options.listen).await?;
    let webhook = options
        .webhook_url
        .zip(options.app_secret.as_ref().map(Secret::expose))
        .map(|(url, app_secret)| Webhook { url, app_secret: app_secret.to_owned() });
    let running = emulator::serve(listener, Emulator::new(Config { webhook, ..Config::default() })).await?;
    print_line(&format!("listening on http://{}", running.local_addr()))?;
    told_to_stop().await;
    running.shutdown().await?;
    Ok(())
}
