//! `serve`: from the command line to a running server, and back to nothing within ten seconds.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use emulator::Emulator;
use service::{Service, auth};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cli::{RoleArg, ServeArgs};
use crate::commands::{DATA_DIR, DEMO_DATA_DIR, Failure, Place, Tuning, open, print_line};
use crate::config::PublicUrl;
use crate::listen::{self, Limits};
use crate::site::SiteFiles;
use crate::state::AppState;
use crate::{demo, health, layers, router};

/// How long requests in flight may take once the server was told to stop. With what the workers take, stopping stays
/// below ten seconds.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);
/// How long all of stopping may take.
const STOP_WITHIN: Duration = Duration::from_millis(9_500);

/// Runs the server until it is told to stop.
///
/// # Errors
/// When the options contradict each other, the address is taken, or the database cannot be opened.
pub async fn serve(options: ServeArgs) -> Result<(), Failure> {
    if options.demo && !options.listen.ip().is_loopback() {
        let text = format!(
            "the demo's password is public: it listens on a loopback address only, not on {}",
            options.listen
        );
        return Err(Failure::Usage(text));
    }
    let listener = bind(options.listen).await?;
    let address = listener.local_addr().context("the socket has no address")?;
    let public_url = options.public_url.clone().unwrap_or_else(|| PublicUrl::local(address));

    let place = Place::find(&options.database, if options.demo { DEMO_DATA_DIR } else { DATA_DIR })?;
    let tuning = Tuning {
        public_url: public_url.as_str().to_owned(),
        default_region: options.default_region,
        pool_size: options.pool_size,
        ingest_batch: usize::from(options.ingest_batch),
    };
    let (web, worker) = parts(&options.role);
    let _lock = if worker { place.only_worker()? } else { None };
    let service = open(&place, tuning).await?;
    let emulator = match options.demo {
        true => Some(demo::prepare(&service, address).await?),
        false => None,
    };
    let setup = match options.demo {
        true => None,
        false => auth::setup_token(&service).await?,
    };

    let stopping = CancellationToken::new();
    let state = state(&options, service.clone(), public_url.clone(), emulator, stopping.clone());
    let workers = worker.then(|| service.start_workers());
    let routes = if web { router(state) } else { layers::with_deadlines(health::routes().with_state(state)) };
    let mut server = tokio::spawn(listen::serve(listener, routes, Limits::default(), stopping.clone()));

    if let Err(error) = announce(&options, address, &public_url, setup.as_deref()) {
        // Whoever started it may have closed its output; that is no reason not to serve.
        tracing::warn!(%error, "the address could not be printed");
    }
    tokio::select! {
        () = told_to_stop() => {}
        ended = &mut server => {
            ended.context("the server ended")?;
        }
    }
    tracing::info!("stopping");
    stopping.cancel();
    let stop = async {
        if tokio::time::timeout(DRAIN_WITHIN, &mut server).await.is_err() {
            tracing::warn!("some requests did not end in time");
            server.abort();
        }
        if let Some(workers) = workers {
            workers.stop().await;
        }
    };
    if tokio::time::timeout(STOP_WITHIN, stop).await.is_err() {
        tracing::warn!("some work did not stop in time; it is recovered at the next start");
    }
    Ok(())
}

fn state(
    options: &ServeArgs,
    service: Service,
    public_url: PublicUrl,
    emulator: Option<Emulator>,
    stopping: CancellationToken,
) -> AppState {
    #[cfg(feature = "embed")]
    let site = SiteFiles::embedded();
    #[cfg(not(feature = "embed"))]
    let site = SiteFiles::in_directory(options.site_dir.clone());
    AppState {
        service,
        site: site.into(),
        public_url,
        metrics_token: options.metrics_token.clone(),
        emulator,
        stopping,
    }
}

/// What this process does: pages and webhooks; sending.
fn parts(roles: &[RoleArg]) -> (bool, bool) {
    let does = |role| roles.contains(&RoleArg::All) || roles.contains(&role);
    (does(RoleArg::Web), does(RoleArg::Worker))
}

fn announce(
    options: &ServeArgs,
    address: SocketAddr,
    public_url: &PublicUrl,
    setup: Option<&str>,
) -> std::io::Result<()> {
    print_line(&format!("listening on http://{address}"))?;
    if options.demo {
        print_line(&format!(
            "demo: open {} and log in as {} with {}",
            public_url.as_str(),
            demo::EMAIL,
            demo::PASSWORD
        ))?;
    }
    if let Some(token) = setup {
        print_line(&format!("first start: open {}/setup?token={token} (valid once)", public_url.as_str()))?;
    }
    Ok(())
}

/// Takes an address and port.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    Ok(listener.with_context(|| format!("cannot listen on {address}"))?)
}

/// Returns when the process is told to stop: SIGTERM or SIGINT.
pub(crate) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let heard = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "a signal cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = heard(SignalKind::terminate()) => {}
        () = heard(SignalKind::interrupt()) => {}
    }
}
