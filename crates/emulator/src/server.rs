//! Running the emulator on a port of its own.

use std::io;
use std::net::SocketAddr;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::Emulator;

/// An emulator that is being served; stops when told so, not when dropped.
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// Serves the emulator on the listener, in a task of its own.
///
/// # Errors
/// When the listener has no address.
pub async fn serve(listener: TcpListener, emulator: Emulator) -> io::Result<Running> {
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY not set");
        }
    });
    let task = tokio::spawn(async move {
        axum::serve(listener, emulator.router())
            .with_graceful_shutdown(async {
                if stopped.await.is_err() {
                    // Nobody is left who could stop it.
                    std::future::pending::<()>().await;
                }
            })
            .await
    });
    Ok(Running { address, stop, task })
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and the address, without a slash at the end: what a client uses instead of Meta's address.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops accepting, lets running requests finish.
    ///
    /// # Errors
    /// When serving ended with an error.
    pub async fn shutdown(self) -> io::Result<()> {
        // The receiver is only gone when serving has ended already.
        let _ = self.stop.send(());
        self.task.await.map_err(io::Error::other)?
    }
}
